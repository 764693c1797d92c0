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
from examrunner.storage.readers.bank_files import NOT_BANKS
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
    missing: str = ""
    """What `banks` of the session that one stands in lacks, so that the bank would be asked."""


def new_bank(reading: str, course: str | None = None, folder: Path | None = None) -> NewBank:
    """Write the beginning of a bank.

    The catalogue is the one named, else that of the session one stands in, which without a course
    has the titles of its reviews, else the one of the folder, else one below `questionbanks` that
    has the reading. The folder is the one named, else the session's first one for banks, else the
    catalogue's. Raises WrongUsage where the reading is no id or not in it, Refused where the bank
    is there already, Environment where the disk says no, BadInput where files cannot be read.
    """
    from examrunner.storage.writers.bank_skeleton import skeleton
    from examrunner.storage.writers.json_schema import FILE, schema_bytes

    if not is_id(reading) or reading in NOT_BANKS:
        raise WrongUsage(f"{reading} cannot be an id.", "Name a reading as course.yaml does.")
    place, catalogue = _catalogue(reading, course, folder)
    known = catalogue.by_id().get(reading) if catalogue else None
    if catalogue and known is None:
        near = difflib.get_close_matches(reading, catalogue.by_id(), n=3)
        near = near or [name for name in catalogue.by_id() if reading in name][:3]
        hint = f"Did you mean {', '.join(near)}?" if near else f"Add it to {place} first."
        raise WrongUsage(f"No reading of {place} has the id {reading}.", hint)
    listed = _listed()
    target = folder or (place.parent if place else Path())
    if folder is None and course is None and listed:
        target = listed[0]
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
    is_asked = listed is None or target.resolve() in [one.resolve() for one in listed]
    missing = "" if is_asked else _near(target)
    return NewBank(file, known.title if known else "", None if has_schema else schema, missing)


def _typed(file: Path) -> str:
    """Return a path as it is typed in a command from here; none begins with somebody's home."""
    return safe(shlex.quote(_near(file)))


def _near(path: Path) -> str:
    """Return a path as it is reached from here."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return str(path)


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
        return _of_session(Path())
    if folder is not None and (folder / COURSE_FILE).is_file():
        return folder / COURSE_FILE, _read(folder / COURSE_FILE)
    found = [(path, _read(path)) for path in sorted(SHELVES.glob(f"*/{COURSE_FILE}"))]
    for path, course in found:
        if reading in course.by_id():
            return path, course
    return found[0] if found and folder is None else (None, None)


def _of_session(folder: Path) -> tuple[Path, Course]:
    from examrunner.domain.course.catalogue import Course
    from examrunner.services.prepare import REVIEWS, prepare, resolve
    from examrunner.storage.readers.session_files import demand_settings

    settings = demand_settings(folder)
    if settings.course:
        own = resolve(folder, settings.course)
        return own, _read(own)
    readings = tuple(prepare(folder).readings.values())
    return folder / REVIEWS, Course(settings.session, readings=readings)


def _listed() -> list[Path] | None:
    """Return the folders for banks of the session that one stands in; None outside of one."""
    from examrunner.services.prepare import bank_folders
    from examrunner.storage.readers.session_files import demand_settings

    here = Path()
    return bank_folders(here, demand_settings(here)) if is_session(here) else None


def _read(path: Path) -> Course:
    course, problems = read_course(path)
    if course is None:
        raise BadInput(problems)
    return course
