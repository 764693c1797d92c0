"""Scores leave the program: a table for people, and an upload for Canvas.

What would change is shown first and written only when it is confirmed. Only settled scores are
written: a blank is never a zero. Notes and reasons never leave. Each file is recorded in the
ledger, without the lease, so that an export is possible beside a running exam.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.exam.events import Exported, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.domain.problems import BadInput, Problem, Severity
from examrunner.services.day import local
from examrunner.services.folders import EXPORTS
from examrunner.services.results import Result, Results, read_results
from examrunner.storage.database.drafts import Draft
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.interrupts import held
from examrunner.storage.readers.canvas import Column, Gradebook, propose_column, read_gradebook
from examrunner.storage.writers.canvas import Upload, plan_upload, render_upload
from examrunner.storage.writers.score_tables import Value, render_scores

if TYPE_CHECKING:
    from datetime import datetime

    from examrunner.services.ports import ClockPort

CSV = "csv"
CANVAS = "canvas"
ASKED, YES, FORCE = "asked", "yes", "force"
"""How an export was confirmed: by a person who saw it, beforehand, or with overwriting."""
HEADER = (
    "student_id",
    "name",
    "email",
    "section",
    "status",
    "verdict",
    "score",
    "paper",
    "origin",
    "seconds",
    "decided_at",
    "examiner",
    "record",
)
"""Columns of the table for people; the last one says on which state of the record it rests."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A student who is not in the file, and why."""

    student: Student
    why: str


@dataclass(frozen=True, slots=True)
class CanvasExport:
    """What an upload for Canvas would change; nothing has been written yet."""

    folder: Path
    results: Results
    gradebook: Gradebook
    upload: Upload
    overwritten: int
    """How many of the changes replace another score that Canvas has."""
    left_out: tuple[LeftOut, ...]

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
            if one.severity is Severity.WARNING and one.rule in ("canvas-column", "canvas-score")
        )

    def diff(self) -> list[tuple[str, str, str]]:
        """Return name, score before and score after of each student in the file."""
        return [(one.student.name, one.old or "-", one.new) for one in self.upload.changes]

    def lines(self) -> list[str]:
        """Return in words what would change, and who is not in the file."""
        changed = [f"{name}: {old} -> {new}" for name, old, new in self.diff()]
        missing = [f"not in the file: {one.student.name}, {one.why}" for one in self.left_out]
        same = len(self.upload.unchanged)
        kept = [f"{same} scores stand in Canvas already"] if same else []
        return changed + kept + missing

    def refusal(self) -> str:
        """Return why there is nothing to write; empty where there is something."""
        if self.upload.changes:
            return ""
        if self.upload.overwrites:
            return "Canvas has other scores, and they are overwritten only on purpose."
        if self.upload.unchanged:
            return "Canvas has all these scores already."
        return "There is no settled score to write."

    def confirmed(self, *, asked: bool) -> str:
        """Return how the ledger says that this was confirmed."""
        if self.overwritten:
            return FORCE
        return ASKED if asked else YES


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written and recorded."""

    file: Path
    sha256: str
    scores: int
    record: str
    """The state of the record that it rests on: number of events and head."""


# --- what would be written -----------------------------------------------------------------


def settled(results: Results) -> dict[str, Decimal]:
    """Return the settled scores by student id."""
    return {
        one.student.student_id: Decimal(one.score)
        for one in results.results
        if one.score is not None
    }


def plan_canvas(
    folder: Path,
    results: Results,
    gradebook: Path,
    column: str | None = None,
    *,
    force: bool = False,
) -> CanvasExport:
    """Compare the results with an instructor's own Canvas export.

    Raises Refused where nothing has been examined, BadInput where the export cannot be read,
    WrongUsage where it is not clear which column is meant.
    """
    demand_ledger(results)
    book = read_gradebook(gradebook)
    chosen = _column(book, column)
    students = [one.student for one in results.results]
    scores = settled(results)
    careful = plan_upload(book, chosen, students, scores)
    upload = plan_upload(book, chosen, students, scores, force=True) if force else careful
    overwritten = len(careful.overwrites) if force else 0
    left_out = (*_unsettled(results), *_not_uploaded(upload))
    return CanvasExport(folder, results, book, upload, overwritten, left_out)


def column_choices(gradebook: Path, column: str | None) -> list[str]:
    """Return the columns to choose from; none where one is named or only one fits."""
    if column is not None:
        return []
    book = read_gradebook(gradebook)
    return [] if propose_column(book) else [one.header for one in book.assignments()]


def demand_ledger(results: Results) -> None:
    """Raise Refused in a draft session."""
    if results.stored is None:
        raise Refused("Nothing has been examined yet: there is no record to export.")


def _column(book: Gradebook, named: str | None) -> Column:
    offered = book.assignments()
    listed = "\n".join(f'--column "{one.header}"' for one in offered) or "It has no assignments."
    if named is None:
        proposed = propose_column(book)
        if proposed is None:
            raise WrongUsage("Which column takes the scores?", listed)
        return proposed
    text = named.strip()
    for found in (
        [one for one in book.columns if one.header == named],
        [one for one in offered if text in (one.id, one.title)],
    ):
        if len(found) == 1:
            return found[0]
    raise WrongUsage(f"The gradebook has no single column {named!r}.", listed)


def _unsettled(results: Results) -> list[LeftOut]:
    return [LeftOut(one.student, _why(one)) for one in results.results if one.score is None]


def _why(result: Result) -> str:
    verdicts = {one.verdict for one in result.attempts if one.phase is Phase.DECIDED}
    if result.status != "done":
        return {"waiting": "not examined yet", "examining": "the exam is still going on"}.get(
            result.status, result.status
        )
    if Verdict.EDGE in verdicts:
        return "edge: to be decided in a second look"
    return "no verdict with points"


def _not_uploaded(upload: Upload) -> list[LeftOut]:
    return [
        *(LeftOut(one.student, one.text) for one in upload.conflicts),
        *(
            LeftOut(one.student, f"Canvas has {one.old}, not {one.new}")
            for one in upload.overwrites
        ),
        *(LeftOut(one, "the gradebook has no row of theirs") for one in upload.not_in_file),
    ]


def csv_bytes(results: Results) -> bytes:
    """Return the table for people: everyone with status and score, without notes."""
    return render_scores(HEADER, [_row(one, results) for one in results.results])


def _row(result: Result, results: Results) -> list[Value]:
    decided = [one for one in result.attempts if one.phase is Phase.DECIDED]
    begun = [one for one in result.attempts if one.reading is not None]
    times = [one.decided_at for one in decided if one.decided_at is not None]
    used = [one.used for one in decided if one.used is not None]
    student = result.student
    return [
        student.student_id,
        student.name,
        student.email,
        student.section,
        result.status,
        "; ".join(str(one.verdict or "none") for one in decided),
        result.score,
        "; ".join(results.title(one.reading) for one in begun),
        "; ".join(str(one.origin) for one in begun if one.origin),
        round(sum(used)) if used and len(used) == len(decided) else None,
        local(results.settings, times[-1]).isoformat(timespec="seconds") if times else None,
        "; ".join(dict.fromkeys(one.examiner for one in begun if one.examiner)),
        results.vouched,
    ]


# --- writing -------------------------------------------------------------------------------


def write_canvas(
    export: CanvasExport, out: Path, clock: ClockPort, actor: str, *, asked: bool
) -> Written:
    """Write the upload that was shown, and record it.

    Raises Refused where there is nothing to write, the file is there already or the scores have
    changed since they were shown, Environment where the disk says no. Nothing is written then.
    """
    if export.errors:
        raise BadInput(export.errors)
    if export.refusal():
        raise Refused(export.refusal())
    now = read_results(export.folder)
    if settled(now) != settled(export.results):
        raise Refused("The scores have changed since they were shown.", "Look at them again.")
    data = render_upload(export.gradebook, export.upload)
    count = len(export.upload.changes)
    what = _exported(CANVAS, out, data, count, now.head, export.confirmed(asked=asked))
    return _write(out, data, what, now, folder=export.folder, clock=clock, actor=actor)


def write_csv(
    folder: Path, results: Results, out: Path, clock: ClockPort, actor: str, *, asked: bool
) -> Written:
    """Write the table for people, and record it. Raises as `write_canvas` does."""
    demand_ledger(results)
    data = csv_bytes(results)
    confirmed = ASKED if asked else YES
    what = _exported(CSV, out, data, len(settled(results)), results.head, confirmed)
    return _write(out, data, what, results, folder=folder, clock=clock, actor=actor)


def demand_new(out: Path) -> None:
    """Raise Refused where a file would be overwritten."""
    if out.exists() or out.is_symlink():
        raise Refused(f"{out} is there already.", "Nothing was written. Name another file.")


def default_out(folder: Path, form: str, now: datetime) -> Path:
    """Return a file below `exports` that is not there yet."""
    stem = f"{form}-{now.astimezone():%Y-%m-%d-%H%M}"
    place = folder / EXPORTS
    out = place / f"{stem}.csv"
    number = 1
    while out.exists():
        number += 1
        out = place / f"{stem}-{number}.csv"
    return out


def _exported(  # noqa: PLR0917  in the order of the event's fields
    form: str, out: Path, data: bytes, scores: int, head: str, confirmed: str
) -> Exported:
    return Exported(form, out.name, sha256(data).hexdigest(), scores, head, confirmed)


@held()
def _write(
    out: Path,
    data: bytes,
    what: Exported,
    results: Results,
    *,
    folder: Path,
    clock: ClockPort,
    actor: str,
) -> Written:
    """Write the file and then the event; without the event there is no file.

    A signal that ends the program waits until both are there.
    """
    from examrunner.storage.database.ledger import Ledger

    demand_new(out)
    try:
        if out.parent.resolve() == (folder / EXPORTS).resolve():
            make_private(out.parent)
        write_atomically(out, data)
    except OSError as fault:
        raise Environment(f"{out} cannot be written: {fault.strerror or fault}.") from fault
    try:
        settings = results.settings
        with Ledger.open(folder / settings.database, settings.session, create=False) as ledger:
            ledger.append([Draft(what)], clock.now(), actor, leased=False)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return Written(out, what.sha256, what.scores, results.vouched)
