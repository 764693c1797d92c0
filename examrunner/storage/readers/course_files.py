"""course.yaml: the catalogue of readings, the calendar, the review rules, the fallback bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.course.catalogue import CalendarItem, Course, Reading, ReviewRules
from examrunner.domain.problems import Problem, warning
from examrunner.domain.text import fold, safe
from examrunner.storage.readers.bank_files import BANK_RULES, check_bank
from examrunner.storage.readers.cache import read_file
from examrunner.storage.readers.typed import MOST, Report, Rules, check_ids, read_typed
from examrunner.storage.readers.yaml_tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RULES = Rules(
    hints=BANK_RULES.hints,
    renamed={
        **BANK_RULES.renamed,
        Reading: {"kind": "type"},
        CalendarItem: {"kind": "type"},
        ReviewRules: {"minimum_from_calendar": "from_calendar"},
    },
    may_miss=BANK_RULES.may_miss,
    complete=BANK_RULES.complete,
    custom=BANK_RULES.custom,
)


def read_course(path: Path) -> tuple[Course | None, list[Problem]]:
    """Return a course, or None where a problem is an error, and everything wrong with the file."""
    return read_file(Course, path, "", _read)


def _read(data: bytes, file: str) -> tuple[Course | None, list[Problem]]:
    root, problems = read_tree(data, file)
    if root is None:
        return None, problems
    report = Report(file, root)
    course = read_typed(Course, report, RULES)
    if course is None or not _sound(course, report):
        return None, problems + report.sorted()
    return course, problems + _shared_titles(course, report)


def _sound(course: Course, report: Report) -> bool:
    """Report what makes the course unusable."""
    check_ids(report, [(("id",), course.id)])
    check_ids(report, [(("readings", n, "id"), item.id) for n, item in enumerate(course.readings)])
    ids = course.by_id()
    for d, day in enumerate(course.calendar):
        for n, item in enumerate(day.items):
            if item.reading is not None and item.reading not in ids and not report.is_full:
                told = f"no reading has the id `{safe(item.reading[:64])}`"
                report.at(("calendar", d, "items", n, "reading"), told, _nearest(item.reading, ids))
    rules = course.reviews
    for name, number in (("required", rules.required), ("from_calendar", rules.from_calendar)):
        if number is not None and number < 0:
            report.at(("reviews", name), f"{name} cannot be negative")
    if course.fallback is not None:
        check_bank(course.fallback, report, ("fallback",))
    return not report.problems


def _nearest(name: str, ids: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, ids, n=1)
    return f"did you mean `{near[0]}`?" if near else "add it under `readings`"


def _shared_titles(course: Course, report: Report) -> list[Problem]:
    """Warn of two readings with one name: reviews of them cannot be told apart by title."""
    owners: dict[str, str] = {}
    problems: list[Problem] = []
    for n, reading in enumerate(course.readings):
        names = {fold(name) for name in (reading.title, *reading.also_titled, *reading.aliases)}
        for name in sorted(names - {""}):
            first = owners.setdefault(name, reading.id)
            if first != reading.id and len(problems) < MOST:
                told = f"`{reading.id}` and `{first}` are both known as `{safe(name[:60])}`"
                node = report.find(("readings", n, "title"))
                place = {"line": node.line, "column": node.column}
                hint = "a review by that title will have to be matched by hand"
                problems.append(
                    warning(told, hint, file=report.file, rule="same-title", **place),
                )
    return problems
