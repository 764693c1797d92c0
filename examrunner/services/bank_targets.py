"""Which files are meant by the paths that somebody names, and what they are judged by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import WrongUsage
from examrunner.domain.exam.settings import Settings
from examrunner.domain.problems import BadInput, Problem, Severity, error, has_errors
from examrunner.services.folders import ROSTER_FILE, SETTINGS_FILE, is_session
from examrunner.storage.readers.bank_files import bank_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examrunner.domain.course.catalogue import Course

SHELVES = Path("questionbanks")
"""Where folders of banks stand, seen from the folder in which the program is started."""
COURSE_FILE = "course.yaml"
APPROVALS = "approvals.yaml"
OTHERS = (COURSE_FILE, APPROVALS, "exposure.yaml")
PAPER = "paper"
NOTHING = "name banks, a folder of them or a session"
SEE_SETTINGS = "see `banks` in session.yaml"
FIRST = 10_000
"""Bytes of a bank in which its reading is named."""
MOST_NAMED = 5
"""So many folders are proposed."""


@dataclass(slots=True)
class Target:
    """The files that are meant."""

    files: list[Path] = field(default_factory=list)
    """Banks, and what else is kept beside them, each once."""
    folders: list[Path] = field(default_factory=list)
    """Folders whose every bank is meant."""
    session: Path | None = None
    settings: Settings | None = None
    """Of the session, where one is meant."""
    problems: list[Problem] = field(default_factory=list)
    """What is wrong with the paths themselves."""

    session_files = (SETTINGS_FILE, ROSTER_FILE)

    def looked_at(self) -> list[Path]:
        """Return every file that what is said rests on."""
        beside = [folder / COURSE_FILE for folder in {path.parent for path in self.files}]
        own = [self.session / name for name in self.session_files] if self.session else []
        return [*self.files, *beside, *own, *self.beside()]

    def beside(self) -> list[Path]:
        """Return the banks that stand beside those that are meant."""
        around = {path.parent for path in self.files} - {*self.folders}
        meant = {*self.files}
        found = (path for folder in sorted(around) for path in bank_paths(folder)[0])
        return [path for path in found if path not in meant]

    def readings(self, folder: Path) -> frozenset[str] | None:
        """Return the ids of the course that banks of a folder belong to; None without one."""
        course = self._course(folder)
        return frozenset(course.by_id()) if course else None

    def posts(self, folder: Path) -> frozenset[str]:
        """Return the ids of the readings in which a place is a heading or a time: no papers.

        Without a course any reading may be one.
        """
        course = self._course(folder)
        if course is None:
            return frozenset(path.stem for path in self.files if path.parent == folder)
        return frozenset(one.id for one in course.readings if one.type != PAPER)

    def _course(self, folder: Path) -> Course | None:
        course = None
        if self.session and self.settings and self.settings.course:
            course = _course(self.session / self.settings.course)
        return course or _course(folder / COURSE_FILE)

    def names(self) -> tuple[str, ...]:
        """Return the names of the session's students: they must not stand in a bank."""
        if self.session is None or not (self.session / ROSTER_FILE).is_file():
            return ()
        from examrunner.storage.readers.rosters import read_roster

        return tuple(one.name for one in read_roster(self.session / ROSTER_FILE).students)


def targets(paths: Sequence[Path]) -> Target:
    """Return the files that are meant.

    With none named they are the `usual` ones. A path that means none is a problem of the target.
    """
    target = Target()
    for path in paths or usual():
        if path.is_dir():
            _add_named(target, path)
        elif path.is_file():
            target.files.append(path)
        else:
            told = "there is no such file or folder"
            target.problems.append(error(told, NOTHING, file=str(path), rule="unreadable"))
    target.files = list(dict.fromkeys(target.files))
    return target


def usual() -> list[Path]:
    """Return what is meant where nobody names anything: the session one stands in, else `shelves`.

    Raises WrongUsage where there is neither.
    """
    found = [Path()] if is_session(Path()) else shelves()
    if not found:
        raise WrongUsage(
            "No bank is named, and there is none here or below questionbanks.", NOTHING
        )
    return found


def shelves() -> list[Path]:
    """Return the folders with something below `questionbanks`, else the folder one stands in.

    The latter only where it has banks: any folder of a programmer holds files that end in .yaml.
    """
    below = sorted(path for path in SHELVES.glob("*") if not path.name.startswith("."))
    found = [path for path in below if path.is_dir() and _files(path)[0]]
    return found or [path for path in (Path(),) if _has_bank(path)]


def _has_bank(folder: Path) -> bool:
    """Say whether a file of a folder looks like a bank."""
    return any(_looks_like_bank(path) for path in bank_paths(folder)[0])


def _looks_like_bank(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return any(line.startswith(b"reading:") for line in file.read(FIRST).splitlines())
    except OSError:
        return False


def no_bank(path: Path) -> Problem:
    """Return the problem that a path means no bank, with what to name instead."""
    if is_session(path):
        return error("this session has no bank", SEE_SETTINGS, file=str(path), rule="banks")
    deep = (one for pattern in ("*", "*/*") for one in path.glob(pattern))
    below = sorted(
        str(one)
        for one in deep
        if not any(part.startswith(".") for part in one.relative_to(path).parts)
        if one.is_dir() and (is_session(one) or _has_bank(one))
    )
    hint = f"name {' or '.join(below[:MOST_NAMED])}" if below else NOTHING
    return error("there is no bank in this folder", hint, file=str(path), rule="banks")


def bank_files(paths: Sequence[Path]) -> list[Path]:
    """Return the banks that are meant. Raises BadInput where a path means none."""
    target = targets(paths)
    wrong = [one for one in target.problems if one.severity is Severity.ERROR]
    files = [path for path in target.files if path.name not in OTHERS]
    if not files and not wrong:
        wrong = [no_bank(path) for path in paths or usual()]
    if wrong:
        raise BadInput(wrong)
    return files


def _files(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Return the banks of a folder and what is kept beside them, and what is wrong with it."""
    banks, problems = bank_paths(folder)
    others = [folder / name for name in OTHERS if (folder / name).is_file()]
    return sorted([*banks, *others]), problems


def _add_named(target: Target, folder: Path) -> None:
    """Add what a folder or session means; to mean no bank is an error unless there is a catalogue.

    A course that is begun has no bank yet; its catalogue is still worth a look.
    """
    own = Target()
    add = _add_session if is_session(folder) else _add_folder
    add(own, folder)
    if all(path.name in OTHERS for path in own.files) and not has_errors(own.problems):
        missing = no_bank(folder)
        severity = Severity.WARNING if own.files else Severity.ERROR
        own.problems.append(replace(missing, severity=severity))
    target.files += own.files
    target.folders += own.folders
    target.problems += own.problems
    if own.session is not None:
        target.session, target.settings = own.session, own.settings


def _add_folder(target: Target, folder: Path) -> None:
    files, problems = _files(folder)
    target.files += files
    target.folders.append(folder)
    target.problems += problems


def _add_session(target: Target, folder: Path) -> None:
    from examrunner.services.prepare import bank_folders
    from examrunner.storage.readers.session_files import read_settings

    settings, problems = read_settings(folder)
    target.problems += problems
    if settings is not None:
        target.session, target.settings = folder, settings
        for one in bank_folders(folder, settings):
            _add_folder(target, one)


def _course(path: Path) -> Course | None:
    if not path.is_file():
        return None
    about = path.stat()
    return _read_course(path, about.st_mtime_ns, about.st_size)


@cache
def _read_course(path: Path, _changed: int, _size: int) -> Course | None:
    """Return a course, read anew only when it changed."""
    from examrunner.storage.readers.course_files import read_course

    return read_course(path)[0]
