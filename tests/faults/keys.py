"""What tests of a failing disk write, what must be on it then, and how to die in a commit."""

from __future__ import annotations

import os
import signal
import sqlite3
from typing import TYPE_CHECKING

from examrunner.domain.exam import events as ev
from examrunner.storage.database.drafts import Draft, NotSaved
from tests.storage.ledgers import ATTEMPT, NOW, folding, process

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.storage.database.ledger import Ledger


def note(number: int) -> list[Draft]:
    """Return the drafts of one key: a note with its words, and a rating."""
    return [
        Draft(ev.Noted(ATTEMPT, "q1", "", number), f"Note {number}."),
        Draft(ev.Rated(ATTEMPT, "q1", ev.Rating.STRONG, number)),
    ]


def demand_once(ledger: Ledger, keys: list[list[Draft]]) -> None:
    """Demand that after the exam begun the record holds these drafts, once, in order, whole."""
    assert [event.id for event in ledger.events()[5:]] == [one.id for key in keys for one in key]
    assert ledger.verify() == []


def refused(ledger: Ledger, drafts: list[Draft]) -> NotSaved | None:
    """Write drafts. Returns what is said where they are not saved."""
    try:
        ledger.append(drafts, NOW, "ann", states=folding(ledger))
    except NotSaved as told:
        return told
    return None


def die_in_a_commit(name: str, pages: str) -> None:
    """Die with some changed pages in the file and their journal beside it."""
    connection = sqlite3.connect(name, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DROP TRIGGER event_no_update")
    connection.execute("UPDATE attempt SET state = state || 'x'")
    connection.execute(f"UPDATE event SET body = body || 'x' WHERE seq <= {pages}")
    connection.execute(f"UPDATE lease SET holder = printf('%.{4096 * int(pages)}c', 'x')")
    os.kill(os.getpid(), signal.SIGKILL)


def crash(path: Path) -> None:
    """Leave a hot journal beside a ledger."""
    writer = process(die_in_a_commit, path, 4)
    writer.communicate(timeout=30)
    assert writer.returncode == -9
    assert (path.parent / f"{path.name}-journal").stat().st_size > 4096


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
