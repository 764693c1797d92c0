"""Settled scores into a Canvas course: shown against what it has, handed over, recorded.

The comparison and its refusals are those of a file. A receipt and an event say what has left; then
Canvas is asked what came of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from time import sleep
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, ExamError, Refused, WrongUsage
from examrunner.domain.problems import BadInput, Problem, error, warning
from examrunner.domain.text import clean, counted
from examrunner.services import export, export_into
from examrunner.services.canvas_live import assignment_of, demand_named, offers
from examrunner.services.folders import EXPORTS
from examrunner.services.ports import ClockPort, Watch, unwatched
from examrunner.services.results import read_results
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.interrupts import held
from examrunner.storage.live.shapes import Assignment, Person, plain
from examrunner.storage.readers.canvas import Column, ColumnKind, Gradebook, propose_column
from examrunner.storage.readers.tables import Row
from examrunner.storage.writers.row_owners import (
    CANVAS,
    EMAIL,
    LOGIN,
    SIS,
    RowId,
    RowTexts,
    find_rows,
)
from examrunner.storage.writers.uploads import Change, Target, Upload, compare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from examrunner.domain.exam.settings import Absent
    from examrunner.services.results import Results
    from examrunner.storage.live.course import Live  # noqa: TC004  importing it needs the extra

FORM = "canvas-live"
RECEIPT = "examrunner-canvas-live/1"
POLLS = (0.5, *(1.0,) * 9, *(3.0,) * 97)
"""Seconds between two looks at a job: five minutes in all."""
DONE, FAILED = "completed", "failed"
WHO, SCORE = 1, 5
"""Where Canvas's id and the score stand in a row made of one student."""
ROOM = 65_536
"""Bytes that must be free for a receipt before anything is sent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change in Canvas; nothing has been sent yet."""

    live: Live
    assignment: Assignment
    shown: export_into.Plan

    @property
    def changes(self) -> dict[str, Change]:
        """What would be sent, by Canvas's ids of students."""
        return {one.row.cells[WHO]: one for one in self.shown.upload.changes}


@dataclass(frozen=True, slots=True)
class Sent:
    """Scores that have left, what the record says of it, and what came of it."""

    written: export.Written
    missing: tuple[str, ...]
    """Names of students whose new score Canvas does not show."""
    fault: ExamError | None = None
    """What went wrong after scores had left."""


def _target(listed: Sequence[Assignment], named: str | None) -> Assignment:
    """Return the assignment meant, or the only one that is an oral or a final exam."""
    if named is not None:
        return assignment_of(listed, named)
    columns = (
        Column(place, one.header, ColumnKind.ASSIGNMENT, one.title)
        for place, one in enumerate(listed)
    )
    found = propose_column(Gradebook((), 0, tuple(columns), ()))
    if found is None:
        raise WrongUsage("Which assignment takes the scores?", offers(listed))
    return listed[found.index]


def plan(
    folder: Path,
    results: Results,
    live: Live,
    named: str | None,
    *,
    absent: Absent | None = None,
    force: bool = False,
) -> Plan:
    """Compare the settled scores with what Canvas has.

    Raises Refused where nothing has been examined or the assignment is anonymous, WrongUsage where
    it is not clear which assignment is meant.
    """
    export.demand_ledger(results)
    target = _target(live.assignments(), named)
    demand_named([target])
    rows = _score_rows(live, target)
    into = export_into.Into(export_into.CANVAS, absent=absent, force=force)
    marks = export.marks(results, absent)
    careful = _compared(live, target, rows, results, marks, force=False)
    upload = _compared(live, target, rows, results, marks, force=True) if force else careful
    names = {one.row.line: one.name for one in rows}
    compared = export_into.Compared(
        upload, len(careful.overwrites) if force else 0, names.__getitem__, lambda _: b""
    )
    return Plan(live, target, export_into.plan_of(folder, results, into, marks, compared))


def _score_rows(live: Live, target: Assignment) -> list[RowTexts]:
    """Return a row for each student who has the assignment, with the score in Canvas."""
    cells = {one.user: one.cell for one in live.submissions([target])}
    people = (one for one in live.people() if one.canvas_id in cells)
    return [_row_of(line, one, cells[one.canvas_id]) for line, one in enumerate(people, 1)]


def _row_of(line: int, one: Person, cell: str) -> RowTexts:
    ids = (
        RowId(CANVAS, "Canvas id", one.canvas_id),
        RowId(SIS, "SIS id", one.sis_id),
        RowId(LOGIN, "login", one.login),
        RowId(EMAIL, "e-mail address", one.email),
    )
    row = Row(line, (one.name, *(each.text for each in ids), cell))
    return RowTexts(row, ids, one.name)


def _compared(
    live: Live,
    target: Assignment,
    rows: Sequence[RowTexts],
    results: Results,
    marks: export.Marks,
    *,
    force: bool,
) -> Upload:
    students = [one.student for one in results.results]
    points = "" if target.points is None else plain(target.points)
    column = Column(SCORE, target.header, ColumnKind.ASSIGNMENT, target.title, target.id, points)
    lost = "the assignment is not assigned to them, or they have left the course"
    foreign = Target(
        "canvas", "Canvas", column, tuple(one.row for one in rows), live.words, None, lost
    )
    upload = compare(
        foreign,
        find_rows(rows, students),
        students,
        marks.scores,
        excused=marks.excused,
        force=force,
        problems=_remarks(live, target, marks),
    )
    placeless = tuple(replace(one, line=None, column=None) for one in upload.problems)
    return replace(upload, problems=placeless)


def _remarks(live: Live, target: Assignment, marks: export.Marks) -> list[Problem]:
    """Refuse an assignment that takes no scores; remark on one that shows them otherwise."""
    said, found = f"'{target.header}'", []
    if target.grading == "not_graded":
        text = f"{said} is not graded: Canvas keeps no scores for it"
        found.append(error(text, "give it points in Canvas", file=live.words, rule="canvas-column"))
    if not target.points:
        text = f"{said} is worth 0 points: numbers may show as incomplete"
        hint = "give the assignment its points in Canvas first"
        found.append(warning(text, hint, file=live.words, rule="canvas-column"))
    elif target.grading == "pass_fail" and any(
        0 < one < target.points for one in marks.scores.values()
    ):
        text = f"{said} is complete or incomplete: a part of the points shows as all of them"
        found.append(warning(text, file=live.words, rule="canvas-column"))
    if not target.is_published:
        text = f"{said} is not published: Canvas may take no scores for it"
        found.append(warning(text, "publish it first", file=live.words, rule="canvas-column"))
    return found


def send(
    planned: Plan,
    out: Path,
    clock: ClockPort,
    actor: str,
    *,
    asked: bool,
    told: Watch = unwatched,
) -> Sent:
    """Give Canvas the scores that were shown, and record it; then wait for what comes of it.

    Raises BadInput or Refused where nothing may be sent, or something has changed here or in Canvas
    since it was shown. The receipt `out` and its event are there once scores have left.
    """
    now = _demand_sendable(planned)
    export.demand_new(out)
    _demand_room(out, planned.shown.folder)
    with held():
        written, jobs, fault = _hand_over(planned, now, out, clock, actor, asked=asked)
    if fault is not None:
        return Sent(written, (), fault)
    try:
        failed = _awaited(planned.live, jobs, told)
        arrived = _in_canvas(planned)
    except ExamError as lost:
        hint = "The scores are sent and recorded. Run this again: it shows what Canvas has."
        return Sent(written, (), Environment(lost.message, hint))
    changes = planned.changes.items()
    missing = (one.student.name for user, one in changes if arrived.get(user) != one.new)
    return Sent(written, tuple(missing), failed)


def _demand_sendable(planned: Plan) -> Results:
    """Return the results as they are now, which are those that were shown."""
    shown = planned.shown
    if shown.errors:
        raise BadInput(shown.errors)
    if shown.refusal():
        raise Refused(shown.refusal())
    now = read_results(shown.folder)
    if export.marks(now, shown.into.absent) != shown.marks:
        raise Refused("The scores have changed since they were shown.", "Look at them again.")
    there = _in_canvas(planned)
    if any(there.get(user) != one.row.cells[SCORE] for user, one in planned.changes.items()):
        raise Refused("Canvas has other scores than were shown.", "Look at them again.")
    return now


def _in_canvas(planned: Plan) -> dict[str, str]:
    """Return the scores that Canvas has now, by its ids of students."""
    return {one.user: one.cell for one in planned.live.submissions([planned.assignment])}


def _hand_over(
    planned: Plan, now: Results, out: Path, clock: ClockPort, actor: str, *, asked: bool
) -> tuple[export.Written, list[str], ExamError | None]:
    """Send, then write receipt and event. Raises ExamError where nothing has left."""
    scores = {user: one.new for user, one in planned.changes.items()}
    left, jobs, fault = planned.live.hand_over(planned.assignment, scores)
    data = _receipt(planned, now, left, jobs)
    confirmed = planned.shown.confirmed(asked=asked)
    what = export.exported(FORM, out, data, len(left), now.head, confirmed)
    folder = planned.shown.folder
    try:
        written = export.write_file(out, data, what, now, folder=folder, clock=clock, actor=actor)
    except ExamError as full:
        text = f"{counted(len(left), 'score')} went to Canvas, and that could not be recorded."
        raise Environment(text, f"{full.message}\nNote what was sent, and when.") from full
    return written, jobs, fault


def _demand_room(out: Path, folder: Path) -> None:
    """Raise Environment where no receipt could be written: nothing is sent then."""
    try:
        if out.parent.resolve() == (folder / EXPORTS).resolve():
            make_private(out.parent)
        write_atomically(out, b" " * ROOM)
        out.unlink()
    except OSError as fault:
        raise Environment(
            f"{out} cannot be written: {fault.strerror or fault}.", "Nothing was sent."
        ) from fault


def _receipt(planned: Plan, now: Results, left: Sequence[str], jobs: Sequence[str]) -> bytes:
    """Return what has left, for whom and where to, as data."""
    changes = planned.changes
    receipt = {
        "format": RECEIPT,
        "record": now.vouched,
        "canvas": planned.live.host,
        "course": planned.live.id,
        "assignment": {"id": planned.assignment.id, "title": planned.assignment.title},
        "jobs": list(jobs),
        "sent": [
            {
                "student": changes[user].student.student_id,
                "canvas_id": user,
                "old": changes[user].old,
                "new": changes[user].new,
            }
            for user in left
        ],
    }
    return (json.dumps(receipt, indent=2, ensure_ascii=False) + "\n").encode()


def _awaited(live: Live, jobs: Sequence[str], told: Watch) -> ExamError | None:
    """Wait for Canvas to work through its jobs. Returns what it says went wrong."""
    waits = iter(POLLS)
    for number, job in enumerate(jobs):
        while True:
            state, percent, words = live.progress(job)
            told("Canvas enters the scores", (number + percent / 100) / len(jobs))
            if state == FAILED:
                why = f" It says: {clean(words)[:300]}" if words else ""
                return ExamError(f"Canvas did not take all scores.{why}")
            if state == DONE:
                break
            pause = next(waits, None)
            if pause is None:
                hint = "Run this again later: it shows what Canvas has."
                return Environment("Canvas is still entering the scores.", hint)
            sleep(pause)
    return None
