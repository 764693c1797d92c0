"""Slips: each student's own row of the draw, to be corrected before the day."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from examrunner.domain.course.catalogue import Reading
from examrunner.domain.course.eligibility import Reason, reason_against
from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.exam.settings import Settings, WithoutBank
from examrunner.domain.problems import BadInput, has_errors
from examrunner.domain.text import long_date
from examrunner.services.folders import EXPORTS
from examrunner.services.prepare import prepare
from examrunner.services.proof import record_of
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.writers.slips import Slip, SlipPaper, render_html, render_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from examrunner.domain.course.people import Student
    from examrunner.services.committed import Stored
    from examrunner.services.prepare import Prepared

FOLDER = "slips"
PAGE, INDEX = "slips.html", "slips.csv"
WHY_NOT = {
    Reason.NOT_REVIEWABLE: "not among the readings of the exam",
    Reason.TYPE: "of a kind that is not examined",
    Reason.PRESENTED: "you presented it in class",
    Reason.NO_BANK: "there are no questions on it",
}


@dataclass(frozen=True, slots=True)
class Slips:
    """The slips of a session."""

    settings: Settings
    slips: tuple[Slip, ...]
    """In exam order."""
    commit: str | None
    """C; None for a session that is not committed yet."""
    has_changes: bool = False
    """Students were added or lists changed after the commitment."""

    @property
    def title(self) -> str:
        """What stands above every slip."""
        on = self.settings.exam.date
        return self.settings.session + (f", {long_date(on)}" if on else "")

    @property
    def words(self) -> str:
        """What a student is to do with a slip."""
        if self.commit is None:
            return "Is something missing or wrong? Please say so before the lists are fixed."
        since = "; what was added or changed since stands in the public log"
        return (
            f"The lists are fixed: their commitment is {self.commit}{since * self.has_changes}. Is "
            "something missing or wrong? Please say so before your turn."
        )


def slips_of(folder: Path) -> Slips:
    """Return the slips of a session: of its files, or of its record once it is committed.

    Raises WrongUsage where the folder is no session, BadInput where its files have errors.
    """
    try:
        with record_of(folder) as (ledger, stored, _):
            people = [(one.key, one.student) for one in ledger.people()]
            lines = [json.loads(line) for line in ledger.lines()]
            listed = _of_record(stored, people, lines)
            has_changes = any(line["e"] in ("add", "list") for line in lines)
            return Slips(stored.settings, tuple(listed), stored.commit, has_changes)
    except Refused:  # a draft
        prepared = prepare(folder)
    if has_errors(prepared.problems):
        raise BadInput(prepared.problems)
    return Slips(prepared.settings, tuple(_of_files(prepared)), None)


def only(slips: Slips, who: Sequence[str]) -> Slips:
    """Return the slips of some students, named by id. Raises WrongUsage for one who has none."""
    known = {slip.student_id: slip for slip in slips.slips}
    if unknown := [name for name in who if name not in known]:
        raise WrongUsage(f"The session has no student {unknown[0]!r}.", "Give student ids.")
    return replace(slips, slips=tuple(known[name] for name in who))


def write_slips(slips: Slips, folder: Path) -> tuple[Path, ...]:
    """Write a page to print, a text for each student, and a table that says whose is which.

    The texts are named by their place in the list: nobody's name becomes a path. What an earlier
    call wrote there is replaced. Raises Environment where the disk says no.
    """
    from examrunner.storage.writers.score_tables import render_scores

    names = [f"slip-{place:03}.txt" for place in range(1, len(slips.slips) + 1)]
    rows = [
        [slip.student_id, slip.name, slip.email, name]
        for slip, name in zip(slips.slips, names, strict=True)
    ]
    files = {PAGE: render_html(slips.title, slips.slips, slips.words)}
    files[INDEX] = render_scores(("student_id", "name", "email", "file"), rows)
    for slip, name in zip(slips.slips, names, strict=True):
        files[name] = render_text(slips.title, slip, slips.words).encode("utf-8", "replace")
    try:
        make_private(folder)
        for old in folder.glob("slip-???.txt"):
            old.unlink()
        for name, data in files.items():
            write_atomically(folder / name, data, durable=False)
    except OSError as fault:
        raise Environment(f"{folder} cannot be written: {fault.strerror or fault}.") from fault
    return tuple(folder / name for name in files)


def default_folder(folder: Path) -> Path:
    """Return where a session's slips are written."""
    return folder / EXPORTS / FOLDER


def _of_record(
    stored: Stored, people: Iterable[tuple[str, Student]], lines: Iterable[Mapping[str, Any]]
) -> Iterator[Slip]:
    added = [one["s"] for one in lines if one["e"] == "add"]
    order = [*(key for key, _ in stored.commitment.roster), *added]
    places = {key: place for place, key in enumerate(order, 1)}
    for key, student in people:
        reviewed = stored.reviewed.get(key, {})
        papers = stored.eligible.get(key, ())
        is_in = key in places
        yield Slip(
            student.student_id,
            student.name,
            student.email,
            f"{key} in the draw, place {places[key]} of {len(places)}" if is_in else "",
            _papers(papers, reviewed, stored.readings),
            tuple(_left_out(stored, student, name) for name in reviewed if name not in papers),
            stored.title(student.assigned) if student.assigned else None,
            stored.settings.exam.papers_per_student,
        )


def _left_out(stored: Stored, student: Student, name: str) -> SlipPaper:
    """Return a reading that is not drawn, with the reason as the record knows it."""
    settings, drawable = stored.settings, None
    if settings.without_bank is WithoutBank.EXCLUDE:
        drawable = set(stored.banks) - stored.without_bank
    reading = stored.readings.get(name)
    reason = reason_against(name, reading, student, settings.eligible, drawable)
    return SlipPaper(*_about(name, stored.readings), WHY_NOT[reason] if reason else "")


def _of_files(prepared: Prepared) -> Iterator[Slip]:
    reviewed: dict[str, dict[str, date | None]] = {}
    for review in prepared.reviews:
        reviewed.setdefault(review.student_id, {})[review.reading_id] = review.submitted_on
    readings = prepared.readings
    for student in prepared.students:
        own = prepared.eligible[student.student_id]
        assigned = readings.get(student.assigned or "")
        left_out = [
            SlipPaper(*_about(one.reading_id, readings), WHY_NOT[one.reason])
            for one in own.left_out
        ]
        yield Slip(
            student.student_id,
            student.name,
            student.email,
            "",
            _papers(own.eligible, reviewed.get(student.student_id, {}), readings),
            tuple(left_out),
            assigned.title if assigned else student.assigned,
            prepared.settings.exam.papers_per_student,
        )


def _papers(
    names: Iterable[str],
    reviewed: Mapping[str, date | None],
    readings: Mapping[str, Reading],
) -> tuple[SlipPaper, ...]:
    listed = []
    for name in names:
        on = reviewed.get(name)
        listed.append(
            SlipPaper(*_about(name, readings), f"reviewed {on.day} {on:%b}" if on else "")
        )
    return tuple(listed)


def _about(name: str, readings: Mapping[str, Reading]) -> tuple[str, str]:
    reading = readings.get(name) or Reading(name, name)
    return reading.title, " ".join(str(one) for one in (reading.authors, reading.year) if one)


def data_of(slips: Slips) -> dict[str, object]:
    """Return slips as data."""
    return {
        "session": slips.settings.session,
        "commit": slips.commit,
        "slips": [
            {
                "student": slip.student_id,
                "name": slip.name,
                "email": slip.email,
                "place": slip.place or None,
                "papers": [paper.title for paper in slip.papers],
                "left_out": [{"title": paper.title, "why": paper.note} for paper in slip.left_out],
                "assigned": slip.assigned,
            }
            for slip in slips.slips
        ],
    }
