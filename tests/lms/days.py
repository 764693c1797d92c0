"""Examined days on the class of a file, and the way back into a file."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import Verdict
from examrunner.services import export_into
from examrunner.services.results import read_results
from examrunner.storage.writers.score_tables import render_roster
from tests.classes import SETTINGS, examine, write_session
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from examrunner.domain.course.people import Student
    from examrunner.services.export_into import Into

FIXTURES = Path(__file__).parents[2].parent / "shared" / "fixtures"
GIVEN = (Verdict.PASS, Verdict.FAIL, Verdict.EDGE, None)
"""Verdicts in turn; None is a student who was absent."""


def fixture(name: str) -> Path:
    """Return a fixture beside the checkout; the test is skipped where it does not lie there."""
    path = FIXTURES / name
    if not path.exists():
        pytest.skip(f"the fixture {name} does not lie beside this checkout: no round trip was made")
    return path


def examined(
    parent: Path, students: Sequence[Student], settings: str = SETTINGS, most: int = 12
) -> tuple[Path, dict[str, Verdict | None]]:
    """Write a session of these students and examine the first ones."""
    parent.mkdir(exist_ok=True)
    reviews = "student_id,paper\n" + "".join(f"{one.student_id},Paper\n" for one in students)
    roster = render_roster(students).decode()
    folder = write_session(parent / "small", settings, roster=roster, reviews=reviews)
    given = dict(
        zip((one.student_id for one in students[:most]), itertools.cycle(GIVEN), strict=False)
    )
    examine(folder, given)
    return folder, given


def upload(folder: Path, into: Into, out: Path) -> bytes:
    """Write the file for a system. Returns its bytes."""
    planned = export_into.plan(folder, read_results(folder), into)
    return export_into.write(planned, out, FakeClock(), "ann", asked=True).file.read_bytes()


def points(given: dict[str, Verdict | None], who: Iterable[str] | None = None) -> dict[str, float]:
    """Return the points of the students who have some, by student id."""
    worth = {Verdict.PASS: 10.0, Verdict.FAIL: 0.0}
    wanted = given if who is None else who
    found = {one: given[one] for one in wanted}
    return {one: worth[verdict] for one, verdict in found.items() if verdict in worth}
