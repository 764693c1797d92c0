"""Scores leave the program: tables and data for people, in files that are never overwritten.

Only settled scores are written: a blank is never a zero, unless the session says what an absent
student gets. Each file is recorded in the ledger with the state of the record that it rests on,
without the lease, so that an export is possible beside a running exam.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.events import Exported
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.settings import Absent
from examrunner.services.day import local
from examrunner.services.folders import EXPORTS
from examrunner.services.ports import ClockPort, Watch, unwatched
from examrunner.services.results import Result, Results, as_json
from examrunner.storage.database.drafts import Draft, NotSaved
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.interrupts import held
from examrunner.storage.writers.score_tables import Value, render_scores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


CSV, XLSX, JSON = "csv", "xlsx", "json"
ENDINGS = {XLSX: ".xlsx", JSON: ".json", "oneroster": ".zip", "canvas-live": ".json"}
"""What the files of a form end in, where that is not .csv."""
ASKED, YES, FORCE = "asked", "yes", "force"
"""How an export was confirmed: by a person who saw it, beforehand, or with overwriting."""
ABSENT = "absent"
"""The status of a student who did not come."""
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
FORMAT = "examrunner-results/1"
ABOUT = {
    "record": "number of events and head of the chain on which these data rest",
    "score": "points as the session's rules give them; null while it is not settled, never zero",
    "status": "waiting, examining, done, absent, postponed or void",
    "attempts": "one for each paper; origin says whether it was drawn, assigned or chosen by hand",
    "verdict": "pass, fail or edge; an edge is decided in a second look",
    "verdicts": "every verdict that was given, the last one counts",
    "seconds": "time that ran, without pauses; null where the clock did not run",
    "allowed": "seconds that were allowed, extra time included; null without a limit",
    "suggested": "what the marks suggest, derived anew; it was never applied",
    "times": "in UTC, as 2024-12-13T15:00:00Z",
}
"""Words on the data that stand in the file beside them."""
PRIVATE = frozenset(("notes", "reason", "text"))
"""Fields that hold an examiner's own words; they leave only when that is asked for."""
TOLD_EVERY = 2_000
"""Rows after which somebody who watches is told."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What an export writes for whom."""

    scores: dict[str, Decimal] = field(default_factory=dict)
    """By student id."""
    excused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written and recorded."""

    file: Path
    sha256: str
    scores: int
    record: str
    """The state of the record that it rests on: number of events and head."""


# --- what is written -----------------------------------------------------------------------


def settled(results: Results) -> dict[str, Decimal]:
    """Return the settled scores by student id."""
    return {
        one.student.student_id: Decimal(one.score)
        for one in results.results
        if one.score is not None
    }


def marks(results: Results, absent: Absent | None = None) -> Marks:
    """Return what is written for whom: settled scores, and what the absent get.

    `absent` is said for one export; without it the session's own setting counts.
    """
    rule = absent or results.settings.export.absent
    missing = [one.student.student_id for one in results.results if was_absent(one)]
    scores = settled(results)
    if rule is Absent.ZERO:
        scores |= dict.fromkeys(missing, Decimal(0))
    return Marks(scores, frozenset(missing if rule is Absent.EXCUSED else ()))


def was_absent(result: Result) -> bool:
    """Say whether a student was absent from all of the exam."""
    decided = any(one.phase is Phase.DECIDED for one in result.attempts)
    return result.status == ABSENT and not decided


def demand_ledger(results: Results) -> None:
    """Raise Refused in a draft session."""
    if results.stored is None:
        raise Refused("Nothing has been examined yet: there is no record to export.")


def table_rows(
    results: Results, absent: Absent | None = None, watch: Watch = unwatched
) -> Iterator[list[Value]]:
    """Give the rows of the table for people: everyone with status and score, without notes."""
    scores, total = marks(results, absent).scores, len(results.results)
    for number, one in enumerate(results.results):
        if number % TOLD_EVERY == 0:
            watch(f"row {number:,} of {total:,}", number / total)
        yield _row(one, results, scores.get(one.student.student_id))


def csv_bytes(results: Results, absent: Absent | None = None, watch: Watch = unwatched) -> bytes:
    """Return the table for people as CSV."""
    return render_scores(HEADER, table_rows(results, absent, watch))


def xlsx_bytes(results: Results, absent: Absent | None = None, watch: Watch = unwatched) -> bytes:
    """Return the table for people as a workbook."""
    from examrunner.storage.writers.workbook import render_workbook

    return render_workbook("scores", HEADER, table_rows(results, absent, watch))


def json_bytes(results: Results, *, notes: bool = False) -> bytes:
    """Return the results as data, with words on what they mean.

    Notes and reasons are an examiner's own words; without `notes` their fields are not there.
    """
    import json

    data = as_json(results)
    told = data if notes else _without_words(data)
    document = {"format": FORMAT, "about": ABOUT, "record": results.vouched, **told}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _without_words(data: Any) -> Any:
    """Return data without the fields that hold words of an examiner."""
    if isinstance(data, dict):
        return {key: _without_words(one) for key, one in data.items() if key not in PRIVATE}
    return [_without_words(one) for one in data] if isinstance(data, list) else data


def _row(result: Result, results: Results, score: Decimal | None) -> list[Value]:
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
        score,
        "; ".join(results.title(one.reading) for one in begun),
        "; ".join(str(one.origin) for one in begun if one.origin),
        round(sum(used)) if used and len(used) == len(decided) else None,
        local(results.settings, times[-1]).isoformat(timespec="seconds") if times else None,
        "; ".join(dict.fromkeys(one.examiner for one in begun if one.examiner)),
        results.vouched,
    ]


# --- writing -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """How a file for people is made; for each form the parts that it knows."""

    form: str = CSV
    absent: Absent | None = None
    """What the absent get, where this export is to differ from the session's setting."""
    notes: bool = False
    """Data with an examiner's own words."""


def write_table(
    folder: Path,
    results: Results,
    table: Table,
    out: Path,
    *,
    clock: ClockPort,
    actor: str,
    asked: bool,
    watch: Watch = unwatched,
) -> Written:
    """Write a file for people, and record it. Raises as `write_file` does."""
    demand_ledger(results)
    demand_new(out)
    if table.form == JSON:
        data = json_bytes(results, notes=table.notes)
    else:
        make = xlsx_bytes if table.form == XLSX else csv_bytes
        data = make(results, table.absent, watch)
    count = len(marks(results, table.absent).scores)
    confirmed = ASKED if asked else YES
    what = exported(table.form, out, data, count, results.head, confirmed)
    return write_file(out, data, what, results, folder=folder, clock=clock, actor=actor)


def demand_new(out: Path) -> None:
    """Raise Refused where a file would be overwritten."""
    if out.exists() or out.is_symlink():
        raise Refused(f"{out} is there already.", "Nothing was written. Name another file.")


def default_out(folder: Path, form: str, now: datetime) -> Path:
    """Return a file below `exports` that is not there yet."""
    stem = f"{form}-{now.astimezone():%Y-%m-%d-%H%M}"
    place, ending = folder / EXPORTS, ENDINGS.get(form, ".csv")
    out = place / f"{stem}{ending}"
    number = 1
    while out.exists():
        number += 1
        out = place / f"{stem}-{number}{ending}"
    return out


def exported(  # noqa: PLR0917  in the order of the event's fields
    form: str, out: Path, data: bytes, scores: int, head: str, confirmed: str
) -> Exported:
    """Return what the ledger says of a file."""
    return Exported(form, out.name, sha256(data).hexdigest(), scores, head, confirmed)


@held()
def write_file(
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

    A signal that ends the program waits until both are there. Raises Refused where the file is
    there already, Environment where the disk says no. Nothing is written then.
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
    except NotSaved as fault:
        out.unlink(missing_ok=True)
        why = fault.message.removeprefix("NOT SAVED: ")
        hint = "Each export is recorded in the session's folder: see that it can be written."
        raise Environment(f"{out} was not written: {why}", hint) from fault
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return Written(out, what.sha256, what.scores, results.vouched)
