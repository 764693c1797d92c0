"""The content: what `check` finds in the files, and how they differ from what was committed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from examrunner.domain.plain import canonical, to_plain
from examrunner.domain.problems import BadInput, Severity
from examrunner.domain.text import counted, some
from examrunner.services.doctor.record import command
from examrunner.services.doctor.rules import Class
from examrunner.services.folders import REVIEWS_FILE, ROSTER_FILE, SETTINGS_FILE, is_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.domain.course.catalogue import Course
    from examrunner.domain.problems import Problem
    from examrunner.services.committed import Stored
    from examrunner.services.doctor.found import Notes
    from examrunner.services.prepare import Prepared
    from examrunner.storage.database.drafts import Person

MOST = 4
"""So many kinds of problems are told one by one."""
WITHOUT_NAMES = {
    "too-few-reviews": "too few reviews",
    "too-few-from-calendar": "too few reviews from the calendar",
    "nothing-eligible": "students without a paper that may be drawn",
    "too-few-papers": "students with fewer papers to be drawn than attempts",
    "unknown-student": "reviews of people who are not on the roster",
    "ambiguous-student": "reviews of people who could be several students",
    "reviewed-twice": "reviews handed in twice",
}
"""Rules whose texts name students: only counted here, `check` names them."""


def look_at_draft(notes: Notes, folder: Path) -> Prepared | None:
    """Tell what `check` finds, and return what the files hold."""
    from examrunner.services.checking import check

    found = check(folder)
    _tell(notes, folder, [one for one in found.problems if one.severity is Severity.ERROR])
    _tell(notes, folder, [one for one in found.problems if one.severity is Severity.WARNING])
    if found.prepared is not None and not found.problems:
        students = counted(len(found.prepared.students), "student")
        reviews = counted(len(found.prepared.reviews), "review")
        notes.ok("check", f"{students}, {reviews}, nothing to remark")
    return found.prepared


def _tell(notes: Notes, folder: Path, problems: list[Problem]) -> None:
    """Tell of errors, or of warnings, kind by kind."""
    kinds = list(dict.fromkeys(one.rule for one in problems))
    hint = f"All of them: {command('check', folder)}"
    is_all = len(kinds) == len(problems) <= MOST and not set(kinds) & WITHOUT_NAMES.keys()
    for kind in kinds[:MOST]:
        alike = [one for one in problems if one.rule == kind]
        words = _words(kind, alike)
        last = hint if not is_all and kind == kinds[:MOST][-1] else ""
        if alike[0].severity is Severity.ERROR:
            notes.error("check", words, last)
        else:
            notes.warn("check", words, last)
    if len(kinds) > MOST:
        rest = sum(one.rule not in kinds[:MOST] for one in problems)
        notes.warn("check", f"and {counted(rest, 'problem')} of other kinds")


def _words(kind: str, alike: list[Problem]) -> str:
    if kind in WITHOUT_NAMES:
        return f"{WITHOUT_NAMES[kind]}: {len(alike)}"
    first = alike[0]
    place = ":".join(str(part) for part in (first.file, first.line) if part)
    more = f" (and {len(alike) - 1} more like it)" if len(alike) > 1 else ""
    return f"{place}: {first.text}{more}" if place else f"{first.text}{more}"


def class_of(prepared: Prepared) -> Class:
    """Return a draft session's class."""
    from examrunner.services.commit import spacing_of

    sizes = [len(papers) for papers in prepared.lists().values()]
    course = prepared.course
    return Class(
        prepared.students,
        tuple(sizes),
        len({name for papers in prepared.lists().values() for name in papers}),
        len(prepared.without_bank()),
        spacing_of(prepared),
        (prepared.settings.reviews or course.reviews) if course else None,
    )


# --- a session that is committed -----------------------------------------------------------


def committed_class(stored: Stored, people: list[Person]) -> Class:
    """Return a committed session's class."""
    papers = {name for own in stored.eligible.values() for name in own}
    has_course = stored.settings.course is not None
    return Class(
        tuple(one.student for one in people),
        tuple(len(stored.eligible.get(one.key, ())) for one in people),
        len(papers),
        len(papers & stored.without_bank),
        stored.commitment.h,
        (stored.settings.reviews or stored.course.reviews) if has_course else None,
    )


def look_at_changes(notes: Notes, folder: Path, stored: Stored, people: list[Person]) -> None:
    """Tell which files are no longer as they were committed: the record counts."""
    from examrunner.services.prepare import prepare

    if not is_session(folder):
        words = f"Neither {SETTINGS_FILE} nor {ROSTER_FILE} is here: nothing can be opened."
        notes.error("files", words, "Bring one of them back; the record counts, not they.")
        return
    try:
        prepared = prepare(folder)
    except BadInput as bad:
        words = f"The files cannot be read any more: {counted(len(bad.problems), 'problem')}."
        hint = f"The record counts, so the exam can go on. See: {command('check', folder)}"
        notes.warn("files", words, hint)
        return
    changed = list(_changes(prepared, stored, people))
    if changed:
        words = f"Changed since the commit: {some(changed)}."
        notes.warn("files", words, "The record counts; the changes mean nothing for this session.")
    else:
        notes.ok("files", "as they were committed; the record counts")


def _changes(prepared: Prepared, stored: Stored, people: list[Person]) -> Iterator[str]:
    from examrunner.services.begin import kept_spacing
    from examrunner.services.commit import banks_of, with_spacing

    prepared = with_spacing(prepared, kept_spacing(stored, prepared))
    if _text(prepared.settings) != _text(stored.settings):
        yield SETTINGS_FILE
    if [one.student for one in people] != list(prepared.students):
        yield ROSTER_FILE
    now: dict[str, dict[str, object]] = {one.student_id: {} for one in prepared.students}
    for review in prepared.reviews:
        now[review.student_id][review.reading_id] = review.submitted_on
    before = {one.student.student_id: dict(stored.reviewed.get(one.key, {})) for one in people}
    if any(now.get(who, {}) != own for who, own in before.items()):
        yield REVIEWS_FILE
    if _is_other_course(prepared, stored.course):
        yield "course.yaml"
    hashes = banks_of(prepared).documents
    banks = [name for name, sha in stored.banks.items() if hashes.get(name, sha) != sha]
    if banks:
        yield f"the questions on {some(sorted(banks))}"


def _is_other_course(prepared: Prepared, before: Course) -> bool:
    """Say whether the course is another, as far as both name the same readings."""
    readings = before.by_id()
    if any(readings.get(name, one) != one for name, one in prepared.readings.items()):
        return True
    now = prepared.course
    if now is None:
        return False
    return _text(replace(now, readings=(), fallback=None)) != _text(
        replace(before, readings=(), fallback=None)
    )


def _text(value: object) -> str:
    return canonical(to_plain(value))
