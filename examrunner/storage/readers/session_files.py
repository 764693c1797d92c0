"""session.yaml: the settings of an exam day, read and written."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from examrunner.domain.exam.settings import AUTO, Settings
from examrunner.domain.problems import BadInput, Problem, error
from examrunner.domain.text import safe
from examrunner.storage.files import write_atomically
from examrunner.storage.readers.cache import read_file
from examrunner.storage.readers.session_text import settings_text
from examrunner.storage.readers.typed import Report, Rules, check_ids, read_typed
from examrunner.storage.readers.yaml_tree import EMPTY, Mapping, read_tree

if TYPE_CHECKING:
    from datetime import time
    from pathlib import Path

    from examrunner.domain.exam.settings import ExamRules

SESSION_FILE = "session.yaml"
VERDICTS = ("pass", "edge", "fail")
_SPACING = re.compile(r"auto|[0-9]{1,4}")
_DATABASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,60}\.db|[A-Z_][A-Z0-9_]{0,63}")
"""Never a path, nor the name of another file of the session."""
_MORE_THAN_NOTHING = (
    ("minutes", "`none` means no time limit"),
    ("absent_after", "`none` means that it is never offered"),
)
_NEVER_NEGATIVE = (
    ("changeover_seconds", ""),
    ("reserve", "0 keeps no slot free"),
    ("anchor_every", "0 means never"),
)
_UNFIT = re.compile(r"[^A-Za-z0-9._@+-]+")


def read_settings(folder: Path) -> tuple[Settings | None, list[Problem]]:
    """Return the settings of a session folder, and everything wrong with its session.yaml.

    Without that file all settings are the defaults. Paths in it are as written: the caller
    resolves them against the folder.
    """
    path = folder / SESSION_FILE
    name = session_name(folder)
    if not folder.is_dir():
        told = "there is no such session folder"
        return None, [error(told, file=str(folder), rule="unreadable")]
    if not path.exists() and not path.is_symlink():
        return Settings(session=name), []

    def read(data: bytes, file: str) -> tuple[Settings | None, list[Problem]]:
        return _read(data, file, name)

    return read_file(Settings, path, name, read)


def demand_settings(folder: Path) -> Settings:
    """Return the settings of a session folder. Raises BadInput where they cannot be read."""
    settings, problems = read_settings(folder)
    if settings is None:
        raise BadInput(problems)
    return settings


def session_name(folder: Path) -> str:
    """Return an id made from the name of a folder."""
    plain = unicodedata.normalize("NFKD", folder.resolve().name).encode("ascii", "ignore")
    name = _UNFIT.sub("-", plain.decode("ascii")).lstrip("._@+-")[:64].rstrip("-")
    return name or "session"


def _read(data: bytes, file: str, name: str) -> tuple[Settings | None, list[Problem]]:
    root, problems = read_tree(data, file)
    if root is None and [problem.rule for problem in problems] == [EMPTY]:
        root, problems = Mapping(1, 1), []
    if root is None:
        return None, problems

    def fill_in(data: dict[str, Any]) -> None:
        data.setdefault("session", name)

    rules = Rules(may_miss={Settings: frozenset({"session"})}, complete={Settings: fill_in})
    report = Report(file, root)
    settings = read_typed(Settings, report, rules)
    if settings is not None:
        _check_names(settings, report)
        _check_exam(settings, report)
        _check_reviews(settings, report)
        _check_window(settings, report)
        _check_breaks(settings.exam, report)
        _check_sheet(settings, report)
    return (None if report.problems else settings), problems + report.sorted()


def _check_names(settings: Settings, report: Report) -> None:
    check_ids(report, [(("session",), settings.session)])
    if not _SPACING.fullmatch(settings.draw.spacing):
        told = f"spacing must be {AUTO} or a number, not `{safe(settings.draw.spacing[:60])}`"
        report.at(("draw", "spacing"), told, "0 is the plain uniform draw")
    if "://" in settings.database:
        told = "database must not hold an address: it may contain a password"
        hint = "put the address into an environment variable and name that here"
        report.at(("database",), told, hint)
    elif not _DATABASE.fullmatch(settings.database):
        told = f"database must be a file of this folder, not `{safe(settings.database[:60])}`"
        hint = "a name that ends in .db, or that of an environment variable in capitals"
        report.at(("database",), told, hint)


def _check_exam(settings: Settings, report: Report) -> None:
    exam = settings.exam
    for name, hint in _MORE_THAN_NOTHING:
        length = getattr(exam, name)
        if length is not None and length <= timedelta(0):
            report.at(("exam", name), f"{name} must be more than 0", hint)
    for name, hint in _NEVER_NEGATIVE:
        if getattr(exam, name) < 0:
            report.at(("exam", name), f"{name} cannot be negative", hint)
    if exam.papers_per_student < 1:
        report.at(("exam", "papers_per_student"), "papers_per_student must be at least 1")
    for n, (verdict, _) in enumerate(exam.points):
        if verdict not in VERDICTS:
            told = f"`{safe(verdict[:60])}` is no verdict"
            report.at(("exam", "points", n), told, f"the verdicts are {', '.join(VERDICTS)}")


def _check_reviews(settings: Settings, report: Report) -> None:
    if settings.reviews is not None:
        rules = settings.reviews
        for name, number in (("required", rules.required), ("from_calendar", rules.from_calendar)):
            if number is not None and number < 0:
                report.at(("reviews", name), f"{name} cannot be negative")


def _check_window(settings: Settings, report: Report) -> None:
    window = settings.exam.window
    if window is None:
        return
    if window.end <= window.start:
        told = f"the window ends at {window.end:%H:%M}, before it has begun"
        report.at(("exam", "window", "end"), told, "times are on the 24-hour clock")
    if not is_timezone(window.timezone):
        told = f"there is no time zone `{safe(window.timezone[:60])}`"
        report.at(("exam", "window", "timezone"), told, _nearest_timezone(window.timezone))


def _check_breaks(exam: ExamRules, report: Report) -> None:
    window = exam.window
    if exam.breaks and window is None:
        hint = "give the session its hours: window: {start: 09:00, end: 11:00}"
        report.at(("exam", "breaks"), "breaks need a window to lie in", hint)
        return
    earlier: list[tuple[int, int]] = []
    for n, one in enumerate(exam.breaks):
        place = ("exam", "breaks", n)
        begin = _second_of(one.at)
        end = begin + int(one.minutes.total_seconds())
        if begin == end:
            report.at((*place, "minutes"), f"the break at {one.at:%H:%M} has no length")
        elif window and (begin < _second_of(window.start) or end > _second_of(window.end)):
            told = f"the break at {one.at:%H:%M} lies outside the window"
            hours = f"it must lie between {window.start:%H:%M} and {window.end:%H:%M}"
            report.at((*place, "at"), told, hours)
        elif any(begin < other_end and other < end for other, other_end in earlier):
            report.at((*place, "at"), f"the break at {one.at:%H:%M} overlaps another one")
        earlier.append((begin, end))


def _second_of(at: time) -> int:
    return (at.hour * 60 + at.minute) * 60 + at.second


def is_timezone(name: str) -> bool:
    """Say whether the machine knows a time zone."""
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _nearest_timezone(name: str) -> str:
    import difflib
    import zoneinfo

    near = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=1)
    return f"did you mean {near[0]}?" if near else "write it like America/Chicago"


def _check_sheet(settings: Settings, report: Report) -> None:
    if not settings.sheet:
        report.at(("sheet",), "a sheet needs at least one kind of question", "{core: 1}")
    for n, (kind, count) in enumerate(settings.sheet):
        if not kind:
            report.at(("sheet", n), "a kind has no name")
        if count < 1:
            hint = "delete a kind that is not asked"
            report.at(("sheet", n), f"{safe(kind[:60])} must be at least 1", hint)
    if not settings.eligible.types:
        hint = "such as [paper, blog]"
        report.at(("eligible", "types"), "no type of reading is eligible", hint)


def write_settings(path: Path, settings: Settings) -> None:
    """Write a session.yaml that explains itself and reads back as the same settings."""
    write_atomically(path, settings_text(settings).encode())
