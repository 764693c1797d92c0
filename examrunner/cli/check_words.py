"""What `check` says: problems grouped by what they are about, not one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import quoted
from examrunner.cli.output import problems_data
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.problems import Severity
from examrunner.domain.text import counted
from examrunner.services.checking import NO_BANK, Checked, excluded

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.cli.output import Output
    from examrunner.domain.problems import Problem
    from examrunner.services.prepare import Prepared

HEADS = {
    "too-few-reviews": "too few reviews",
    "too-few-from-calendar": "too few reviews from the calendar",
    "nothing-eligible": "nothing to be drawn",
    "too-few-papers": "fewer papers to be drawn than attempts",
    "unknown-title": "titles that no reading of the course has",
    "unknown-student": "reviews of people who are not on the roster",
    "ambiguous-student": "reviews of people who could be several students",
    "reviewed-twice": "reviews handed in twice",
    "not-a-reading": "assignments that are no readings",
}
"""Rules whose problems stand together below a heading; the others stand on their own."""


def check_data(checked: Checked, phase: SessionPhase) -> dict[str, Any]:
    """Return the data of `check --json`."""
    data = problems_data(checked.problems)
    prepared = checked.prepared
    if prepared is None:
        return data
    return {
        **data,
        "session": prepared.settings.session,
        "committed": phase is not SessionPhase.DRAFT,
        "students": len(prepared.students),
        "reviews": len(prepared.reviews),
        "papers": len(_papers(prepared)),
        "without_bank": [
            {"reading": name, "drawn_by_anyone": round(float(chance), 4)}
            for name, chance in prepared.without_bank()
        ],
    }


def say_check(checked: Checked, phase: SessionPhase, folder: Path, out: Output) -> None:
    """Say everything that is wrong, errors first, and what will happen."""
    errors = [one for one in checked.problems if one.severity is Severity.ERROR]
    warnings = [one for one in checked.problems if one.severity is Severity.WARNING]
    for head, found in (("errors", errors), ("warnings", warnings)):
        listed = [one for one in found if one.rule != NO_BANK]
        if listed:
            out.say(f"{len(listed)} {head if len(listed) > 1 else head[:-1]}")
            _say_grouped(listed, out)
            out.say()
    prepared = checked.prepared
    if prepared is not None:
        _say_bankless(prepared, out)
        _say_excluded(prepared, out)
    if not checked.is_ok:
        if phase in (SessionPhase.DRAFT, SessionPhase.COMMITTED):
            out.say("not ok: the day cannot begin before the errors are gone.")
        else:
            out.say("not ok: the errors stand in the way of what is taken in from these files.")
        say_record(phase, out)
        return
    assert prepared is not None
    _say_ok(prepared, out)
    say_record(phase, out)
    if phase is not SessionPhase.DRAFT:
        out.say(f"What they change: {quoted('update', folder, '--preview')}")
    out.say(f"Next: {quoted('open', folder)}")


def say_record(phase: SessionPhase, out: Output) -> None:
    """Say that the record counts in the place of the files, once there is one."""
    if phase is SessionPhase.COMMITTED:
        out.say("The session is committed: its record counts, and changes in the files only once")
        out.say("it is committed again: examrunner commit --why other.")
    elif phase is not SessionPhase.DRAFT:
        out.say("The session has been opened: its record counts, and changes in the files do not.")


def _say_grouped(problems: list[Problem], out: Output) -> None:
    out.problems((one for one in problems if one.rule not in HEADS), indent=2)
    for rule, head in HEADS.items():
        found = [one for one in problems if one.rule == rule]
        if not found:
            continue
        out.say(f"{head} ({len(found)})", indent=2)
        hints = {one.hint for one in found}
        shared = found[0].hint if len(hints) == 1 else ""
        for one in found:
            tail = f"; {one.hint}" if one.hint and not shared else ""
            out.say(f"{one.text}{tail}", indent=4)
        if shared:
            out.say(f"-> {shared}", indent=4)


def _say_bankless(prepared: Prepared, out: Output) -> None:
    found = [one for one in prepared.problems if one.rule == NO_BANK]
    if not found:
        return
    ranked = prepared.without_bank()
    papers = len(_papers(prepared))
    out.say(f"{found[0].severity}: {len(ranked)} of {papers} papers have no bank; {found[0].hint}")
    rows = [
        (f"{float(chance):.0%}", prepared.readings[name].title if name in prepared.readings else "")
        for name, chance in ranked
    ]
    out.table(("drawn by anyone", "paper"), rows, indent=2)
    out.say()


def _say_excluded(prepared: Prepared, out: Output) -> None:
    found = excluded(prepared)
    if not found:
        return
    out.say(f"papers without a bank are not drawn; that changes the lists of {len(found)} students")
    rows = [
        (one.name, one.left + one.excluded, one.left, f"1 in {one.left}" if one.left else "none")
        for one in found
    ]
    out.table(("student", "papers", "left", "each drawn"), rows, indent=2)
    out.say()


def _say_ok(prepared: Prepared, out: Output) -> None:
    sizes = [len(papers) for papers in prepared.lists().values() if papers]
    exam = prepared.settings.exam
    span = f"{min(sizes)} to {max(sizes)}" if sizes and min(sizes) < max(sizes) else ""
    chosen = f"drawn from {span or (sizes[0] if sizes else 'no')} papers"
    count = "one paper" if exam.papers_per_student == 1 else f"{exam.papers_per_student} papers"
    out.say(
        f"ok: {counted(len(prepared.students), 'student')}, "
        f"{counted(len(prepared.reviews), 'review')}. "
        f"Each is examined on {count}, {chosen}."
    )


def _papers(prepared: Prepared) -> set[str]:
    return {name for papers in prepared.lists().values() for name in papers}
