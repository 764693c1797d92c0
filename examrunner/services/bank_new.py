"""A new bank for a reading: a commented beginning, and the schema that editors check it by."""

from __future__ import annotations

import difflib
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.domain.errors import Refused, WrongUsage, refused_by_machine
from examrunner.domain.problems import BadInput
from examrunner.domain.text import is_id, safe
from examrunner.services.bank_targets import COURSE_FILE, SHELVES
from examrunner.services.create import course_file
from examrunner.services.folders import is_session
from examrunner.storage.files import write_atomically
from examrunner.storage.readers.course_files import read_course

if TYPE_CHECKING:
    from examrunner.domain.course.catalogue import Course

READABLE = 0o644
"""Banks are shared, e.g. by git; they hold nothing about students."""


@dataclass(frozen=True, slots=True)
class NewBank:
    """What was written."""

    file: Path
    title: str
    """Empty where no catalogue knows the reading."""
    schema: Path | None
    """None where one stood there already."""


def new_bank(reading: str, course: str | None = None, folder: Path | None = None) -> NewBank:
    """Write the beginning of a bank.

    The catalogue is the one named, else that of the session one stands in, else the one of the
    folder, else one below `questionbanks` that has the reading. Raises WrongUsage where the reading
    is no id or not in it, Refused where the bank is there already, Environment where the disk says
    no, BadInput where the catalogue cannot be read.
    """
    from examrunner.storage.writers.bank_skeleton import skeleton
    from examrunner.storage.writers.json_schema import FILE, schema_bytes

    if not is_id(reading):
        raise WrongUsage(f"{reading} cannot be an id.", "Name a reading as course.yaml does.")
    place, catalogue = _catalogue(reading, course, folder)
    known = catalogue.by_id().get(reading) if catalogue else None
    if catalogue and known is None:
        near = difflib.get_close_matches(reading, catalogue.by_id(), n=3)
        hint = f"Did you mean {', '.join(near)}?" if near else "Add it to course.yaml first."
        raise WrongUsage(f"No reading of {place} has the id {reading}.", hint)
    target = folder or (place.parent if place else Path())
    file, schema = target / f"{reading}.yaml", target / FILE
    if file.exists() or file.is_symlink():
        raise Refused(f"{file} is there already.", "Nothing was changed.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        has_schema = schema.exists()
        if not has_schema:
            write_atomically(schema, schema_bytes(), READABLE)
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(skeleton(reading, known, _typed(file)))
        file.chmod(READABLE)
    except FileExistsError as fault:
        raise Refused(f"{file} is there already.", "Nothing was changed.") from fault
    except OSError as fault:
        raise refused_by_machine(fault) from fault
    return NewBank(file, known.title if known else "", None if has_schema else schema)


def _typed(file: Path) -> str:
    """Return a path as it is typed in a command from here; none begins with somebody's home."""
    try:
        near = Path(os.path.relpath(file))
    except ValueError:  # another drive of Windows
        near = file
    return safe(shlex.quote(str(near)))


def write_schema(target: Path) -> Path:
    """Write the schema to a file, or into a folder under its usual name; return the file.

    An older schema is replaced. Raises Refused where another file stands there, Environment where
    the disk says no.
    """
    from examrunner.services.own_files import write_again
    from examrunner.storage.writers.json_schema import FILE, schema_bytes

    def title(schema: Any) -> object:
        return schema["title"]

    file = target / FILE if target.is_dir() else target
    write_again(file, schema_bytes(), title, "schema of banks")
    return file


def _catalogue(
    reading: str, named: str | None, folder: Path | None
) -> tuple[Path | None, Course | None]:
    """Return the catalogue that knows a reading, and its file."""
    if named is not None:
        path = course_file(named)
        return path, _read(path)
    if folder is None and is_session(Path()):
        own = _of_session(Path())
        if own is not None:
            return own, _read(own)
    if folder is not None and (folder / COURSE_FILE).is_file():
        return folder / COURSE_FILE, _read(folder / COURSE_FILE)
    found = [(path, _read(path)) for path in sorted(SHELVES.glob(f"*/{COURSE_FILE}"))]
    for path, course in found:
        if reading in course.by_id():
            return path, course
    return found[0] if found and folder is None else (None, None)


def _of_session(folder: Path) -> Path | None:
    from examrunner.services.prepare import resolve
    from examrunner.storage.readers.session_files import demand_settings

    settings = demand_settings(folder)
    return resolve(folder, settings.course) if settings.course else None


def _read(path: Path) -> Course:
    course, problems = read_course(path)
    if course is None:
        raise BadInput(problems)
    return course
