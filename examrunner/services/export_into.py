"""Scores for a learning management system: what would change, and the file that changes just that.

Most forms start from a file of the system: it says whose row is whose and what stands there
already. What would change is shown first and written only when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.errors import Refused, WrongUsage
from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.settings import Absent
from examrunner.domain.problems import BadInput, Problem, Severity, warning
from examrunner.services import export
from examrunner.services.export import ASKED, FORCE, YES, Marks, Written
from examrunner.services.ports import ClockPort, Watch, unwatched
from examrunner.services.results import Result, Results, read_results
from examrunner.storage.readers.canvas import Column, propose_column, read_gradebook
from examrunner.storage.readers.grade_files import GradeFile, System, read_grade_file
from examrunner.storage.writers import canvas, grade_uploads
from examrunner.storage.writers.uploads import Upload

if TYPE_CHECKING:
    from examrunner.storage.readers.canvas import Gradebook

CANVAS, ONEROSTER = "canvas", "oneroster"
MOODLE, BRIGHTSPACE, BLACKBOARD = map(str, System)
FORMS = (CANVAS, MOODLE, BRIGHTSPACE, BLACKBOARD, ONEROSTER)
EXCUSING = (CANVAS, ONEROSTER)
"""Forms whose file can say that a student is excused."""
WITHOUT_FILE = (MOODLE, BRIGHTSPACE)
"""Forms that can also be made from the class list alone."""
NAMES = {
    CANVAS: "Canvas",
    MOODLE: "Moodle",
    BRIGHTSPACE: "Brightspace",
    BLACKBOARD: "Blackboard",
    ONEROSTER: "the system",
}
PRETEND = warning(
    "this is a rehearsal: its scores are made up", "write them nowhere", rule="rehearsal-score"
)


@dataclass(frozen=True, slots=True)
class Into:
    """What a person asked for; each form looks at its own parts."""

    form: str
    source: Path | None = None
    """The file, or for OneRoster the archive or folder, of the system. It is only read."""
    column: str | None = None
    """Header, title or id of what takes the scores; the item's name where there is no file."""
    force: bool = False
    """Also replace other scores that the system has."""
    absent: Absent | None = None
    """What the absent get, where this export is to differ from the session's setting."""
    key: str | None = None
    """By what Moodle is to know the students: email, sis or login."""
    feedback: bool = False
    """For Moodle: paper and verdict in a column of their own."""
    class_id: str | None = None
    category: str | None = None
    period: str | None = None
    """For OneRoster: sourcedIds, where the set has several."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a file leaves open."""

    question: str
    answers: tuple[tuple[str, Into], ...]
    """The words of each, and what is asked for with it."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A student who is not in the file, and why."""

    student: Student
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an upload would change; nothing has been written yet."""

    folder: Path
    results: Results
    into: Into
    marks: Marks
    upload: Upload
    overwritten: int
    """How many of the changes replace another score that the system has."""
    left_out: tuple[LeftOut, ...]
    strangers: tuple[str, ...]
    """Who stands in the file and not in the class."""
    render: Callable[[ClockPort], bytes]

    @property
    def system(self) -> str:
        """How people call the system."""
        return NAMES[self.into.form]

    @property
    def column(self) -> str:
        """The column's header, as exported."""
        return self.upload.column.header

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Why no file can be written."""
        return tuple(one for one in self.upload.problems if one.severity is Severity.ERROR)

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What is worth a look about the column and its points."""
        return tuple(
            one
            for one in self.upload.problems
            if one.severity is Severity.WARNING and one.rule.endswith(("-column", "-score"))
        )

    def diff(self) -> list[tuple[str, str, str]]:
        """Return name, score before and score after of each student in the file."""
        called = self.results.called()
        return [
            (called[one.student.student_id], one.old or "-", one.new) for one in self.upload.changes
        ]

    def refusal(self) -> str:
        """Return why there is nothing to write; empty where there is something."""
        named = self.system[:1].upper() + self.system[1:]
        if self.upload.changes:
            return ""
        if self.upload.overwrites:
            return f"{named} has other scores, and they are overwritten only on purpose."
        if self.upload.unchanged:
            return f"{named} has all these scores already."
        if self.upload.not_in_file or self.upload.conflicts:
            return "No settled score has a row to go to: see why each student is left out."
        return "There is no settled score to write."

    def confirmed(self, *, asked: bool) -> str:
        """Return how the ledger says that this was confirmed."""
        if self.overwritten:
            return FORCE
        return ASKED if asked else YES


@dataclass(frozen=True, slots=True)
class Compared:
    """A file of the system, the column in it, and what an upload would do."""

    upload: Upload
    overwritten: int
    name: Callable[[int], str]
    """The name in a row of the file, given by its line."""
    render: Callable[[ClockPort], bytes]


def plan(
    folder: Path,
    results: Results,
    into: Into,
    watch: Watch = unwatched,
) -> Plan:
    """Compare the results with a file of the system.

    Raises Refused where nothing has been examined, BadInput where the file cannot be read,
    WrongUsage where it is not clear which column is meant.
    """
    export.demand_ledger(results)
    marks = export.marks(results, into.absent)
    watch(f"comparing {len(results.results):,} students")
    return plan_of(folder, results, into, marks, _compared(results, into, marks))


def plan_of(folder: Path, results: Results, into: Into, marks: Marks, compared: Compared) -> Plan:
    """Return the plan of a comparison: also who is left out and why, and who is a stranger."""
    upload = compared.upload
    if results.settings.is_rehearsal:
        upload = replace(upload, problems=(*upload.problems, PRETEND))
    excused = marks.excused if into.form not in EXCUSING else frozenset()
    strangers = tuple(compared.name(row.line) for row in compared.upload.not_in_class)
    left_out = (
        *_unsettled(results, marks),
        *_unexcusable(results, excused, NAMES[into.form]),
        *_not_uploaded(compared.upload, NAMES[into.form]),
    )
    return Plan(
        folder,
        results,
        into,
        marks,
        upload,
        compared.overwritten,
        left_out,
        strangers,
        compared.render,
    )


def _compared(results: Results, into: Into, marks: Marks) -> Compared:
    students = [one.student for one in results.results]
    if into.form == ONEROSTER:
        from examrunner.services import export_oneroster

        found = export_oneroster.find(results, into)
        return _twice(
            lambda force: found.plan(students, marks, force=force),
            into,
            found.name,
            found.render_archive,
        )
    if into.form == CANVAS:
        book = read_gradebook(_source(into))
        column = _column(book, into)
        rows = {row.line: row for row in book.rows}
        return _twice(
            lambda force: canvas.plan_upload(
                book, column, students, marks.scores, excused=marks.excused, force=force
            ),
            into,
            lambda line: book.name(rows[line]),
            lambda upload, _: canvas.render_upload(book, upload),
        )
    grades = _grades(students, into)
    column = _column(grades.book, into)
    lines = {row.line: row for row in grades.book.rows}
    feedback = _feedback(results) if into.feedback else None
    return _twice(
        lambda force: grade_uploads.plan_scores(
            grades, column, students, marks.scores, key=into.key, force=force
        ),
        into,
        lambda line: grades.who(lines[line]),
        lambda upload, _: grade_uploads.render_grades(grades, upload, into.key, feedback),
    )


def _twice(
    planned: Callable[[bool], Upload],
    into: Into,
    name: Callable[[int], str],
    render: Callable[[Upload, ClockPort], bytes],
) -> Compared:
    """Return the plan as asked for; with force, also how much it overwrites."""
    careful = planned(False)  # noqa: FBT003  force or not is the only thing asked
    upload = planned(True) if into.force else careful  # noqa: FBT003
    overwritten = len(careful.overwrites) if into.force else 0
    return Compared(upload, overwritten, name, lambda clock: render(upload, clock))


def _source(into: Into) -> Path:
    if into.source is None:
        raise WrongUsage(
            f"Which file of {NAMES[into.form]} takes the scores?", "--into FILE names it."
        )
    return into.source


def _grades(students: list[Student], into: Into) -> GradeFile:
    system = System(into.form)
    if into.source is not None or into.form not in WITHOUT_FILE:
        return read_grade_file(system, _source(into))
    if not into.column:
        hint = f'--column "Oral exam" names it; --into FILE starts from a file of {system.called}.'
        raise WrongUsage(f"What is the item called in {system.called}?", hint)
    return grade_uploads.from_roster(system, students, into.column, into.key)


def choice(into: Into) -> Choice | None:
    """Return what the file leaves open; None where it is clear or was said."""
    if into.form == ONEROSTER:
        from examrunner.services import export_oneroster

        return export_oneroster.choice(into)
    if into.column is not None:
        return None
    if into.form == CANVAS:
        book = read_gradebook(_source(into))
    else:
        book = read_grade_file(System(into.form), _source(into)).book
    headers = [one.header for one in book.assignments()]
    if propose_column(book) or not headers:
        return None
    answers = tuple((one, replace(into, column=one)) for one in headers)
    return Choice("which column takes the scores?", answers)


def _column(book: Gradebook, into: Into) -> Column:
    offered, named = book.assignments(), into.column
    listed = "\n".join(f'--column "{one.header}"' for one in offered)
    listed = listed or "It has no column that takes scores."
    if into.source is None:
        return offered[0]
    if named is None:
        proposed = propose_column(book)
        if proposed is None:
            raise WrongUsage("Which column takes the scores?", listed)
        return proposed
    text = named.strip()
    for found in (
        [one for one in book.columns if one.header == named],
        [one for one in offered if text in (one.id, one.title, one.header.strip())],
    ):
        if len(found) == 1:
            return found[0]
        if found and len({one.header for one in found}) == 1:
            return found[0]  # it stands twice, and is refused with the reason
    raise WrongUsage(f"The gradebook has no single column {named!r}.", listed)


def _feedback(results: Results) -> dict[str, str]:
    """Return for each student the verdicts, each with the paper's title."""
    return {
        one.student.student_id: "; ".join(
            f"{attempt.verdict or 'no verdict'}: {results.title(attempt.reading)}"
            for attempt in one.attempts
            if attempt.phase is Phase.DECIDED
        )
        for one in results.results
    }


# --- who is left out -----------------------------------------------------------------------


def _unsettled(results: Results, marks: Marks) -> list[LeftOut]:
    listed = (one for one in results.results if one.student.student_id not in marks.scores)
    return [
        LeftOut(one.student, _why(one))
        for one in listed
        if one.student.student_id not in marks.excused
    ]


def _why(result: Result) -> str:
    verdicts = {one.verdict for one in result.attempts if one.phase is Phase.DECIDED}
    if result.status != "done":
        return {"waiting": "not examined yet", "examining": "the exam is still going on"}.get(
            result.status, result.status
        )
    if Verdict.EDGE in verdicts:
        return "edge: to be decided in a second look"
    return "no verdict with points"


def _unexcusable(results: Results, excused: frozenset[str], system: str) -> list[LeftOut]:
    why = f"excused: a file for {system} cannot say so; mark it there by hand"
    return [
        LeftOut(one.student, why) for one in results.results if one.student.student_id in excused
    ]


def _not_uploaded(upload: Upload, system: str) -> list[LeftOut]:
    named = system[:1].upper() + system[1:]
    return [
        *(LeftOut(one.student, one.text) for one in upload.conflicts),
        *(
            LeftOut(one.student, f"{named} has {one.old}, not {one.new}")
            for one in upload.overwrites
        ),
        *(LeftOut(one, "the gradebook has no row of theirs") for one in upload.not_in_file),
    ]


# --- writing -------------------------------------------------------------------------------


def write(planned: Plan, out: Path, clock: ClockPort, actor: str, *, asked: bool) -> Written:
    """Write the upload that was shown, and record it.

    Raises Refused where there is nothing to write, the file is there already or the scores have
    changed since they were shown, Environment where the disk says no. Nothing is written then.
    """
    if planned.errors:
        raise BadInput(planned.errors)
    if planned.refusal():
        raise Refused(planned.refusal())
    now = read_results(planned.folder)
    if export.marks(now, planned.into.absent) != planned.marks:
        raise Refused("The scores have changed since they were shown.", "Look at them again.")
    data = planned.render(clock)
    count = len(planned.upload.changes)
    confirmed = planned.confirmed(asked=asked)
    what = export.exported(planned.into.form, out, data, count, now.head, confirmed)
    return export.write_file(out, data, what, now, folder=planned.folder, clock=clock, actor=actor)
