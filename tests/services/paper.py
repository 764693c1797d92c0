"""A session of which a paper kit was made, and what is keyed in from its sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.events import Verdict
from examrunner.services import kit
from examrunner.services.enter_paper import Entry, Filled, find_sheet, plan_entry, write_entry
from tests.services.desks import SETTINGS, Room, write_small

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

POINTS = 3
KINDS = ("opening", "core", "detail", "critique", "opening", "core", "detail", "critique")


def bank_with_points(letter: str) -> str:
    """Return a bank whose questions have points to tick."""
    points = ", ".join(f"must: point {number}" for number in range(1, POINTS + 1))
    listed = "".join(f"{{{one}}}, " for one in points.split(", "))[:-2]
    questions = "".join(
        f"  - {{id: {letter}{place}, kind: {kind}, say: Why {place}?, look_for: [{listed}]}}\n"
        for place, kind in enumerate(KINDS, 1)
    )
    return f"bank_version: 1\nreading: paper-{letter}\nquestions:\n{questions}"


def kit_room(parent: Path, written: str = SETTINGS, seed: str = "seed", **texts: str) -> Room:
    """Return a session of which a kit was made, its banks with points."""
    banks = {"a": bank_with_points("a"), "b": bank_with_points("b")}
    room = Room(write_small(parent, written, **{**banks, **texts}), seed)
    kit.open_session(room.desk)
    kit.make_kit(room.desk)
    return room


def key_in(room: Room, filled: Filled, **which: Any) -> Entry:
    """Key a sheet in. Returns what was planned."""
    sheet = find_sheet(room.desk, filled.number, **which)
    entry = plan_entry(room.desk, sheet, filled)
    write_entry(room.desk, entry)
    return entry


def passed(number: int = 1, **more: Any) -> Filled:
    """Return a sheet on which nothing but a verdict stands."""
    return Filled(number, Verdict.PASS, **more)
