"""Files that were damaged or tampered with: found and told, never a traceback.

A flip that is not reported has hit bytes that hold nothing of the record.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.errors import Environment, ExamError
from examrunner.storage.database.ledger import Ledger
from tests.classes import VERDICTS, examine, write_session
from tests.faults.keys import die_in_a_commit
from tests.storage.ledgers import process

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.conftest import Fault

SESSION = "small"
PAGE = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the ledger of a class that was examined."""
    folder = write_session(tmp_path_factory.mktemp("class") / SESSION)
    examine(folder, VERDICTS)
    path = folder / "exam.db"
    with Ledger.open(path, SESSION, create=False) as ledger:
        assert ledger.verify() == []
        assert len(ledger.events()) > 30
    return path


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    """Return a copy of that ledger, to be damaged."""
    return Path(shutil.copy(sound, tmp_path / "exam.db"))


def everything(ledger: Ledger) -> dict[str, Any]:
    """Return all that a ledger keeps for good; the lease and the exposures come and go."""
    return {
        "events": ledger.events(),
        "told": ledger.told(),
        "head": ledger.head(),
        "lines": ledger.lines(),
        "attempts": ledger.attempts(),
        "people": ledger.people(),
        "texts": ledger.texts(),
    }


def look(path: Path) -> tuple[str, Any]:
    """Open, check, verify and read a ledger. Returns which of these told of damage, and all read.

    Anything but the program's own errors comes through.
    """
    try:
        ledger = Ledger.open(path, SESSION, create=False)
    except ExamError:
        return "opening", None
    with ledger:
        if problems := ledger.check():
            return f"check: {problems[0].rule}", None
        if problems := ledger.verify():
            return f"verify: {problems[0].rule}", None
        try:
            return "nothing", everything(ledger)
        except Environment:
            return "reading", None


def damage(
    path: Path, times: int, spoil: Callable[[bytearray], object]
) -> tuple[Counter[str], list[Any]]:
    """Spoil a file again and again. Returns what told of it, and what differed untold."""
    good = path.read_bytes()
    expected = look(path)
    assert expected[0] == "nothing"
    told: Counter[str] = Counter()
    unnoticed = []
    for _ in range(times):
        data = bytearray(good)
        what = spoil(data)
        path.write_bytes(data)
        (path.parent / f"{path.name}-journal").unlink(missing_ok=True)
        found = look(path)
        told[found[0]] += 1
        if found[0] == "nothing" and found != expected:
            unnoticed.append((what, *(k for k in found[1] if found[1][k] != expected[1][k])))
    path.write_bytes(good)
    return told, unnoticed


def words(told: Counter[str]) -> str:
    """Return in words what told of damage, and how often."""
    return ", ".join(f"{name} {count}" for name, count in told.most_common())


@pytest.mark.parametrize(("bits", "times"), [(1, 500), (2, 100)])
def test_flipped_bits(path: Path, fault: Fault, bits: int, times: int) -> None:
    """A flipped bit is told as damage, or it changes nothing that the ledger says."""

    def flip(data: bytearray) -> list[int]:
        places = fault.random.sample(range(len(data) * 8), bits)
        for place in places:
            data[place // 8] ^= 1 << place % 8
        return places

    told, unnoticed = damage(path, times, flip)
    assert unnoticed == []
    assert sum(told.values()) - told["nothing"] > times / 4
    fault.report(16, f"{bits} flipped at random ({words(told)})", count=times)


def test_files_cut_anywhere(path: Path, fault: Fault) -> None:
    """A file cut short at any length is told as damage."""

    def cut(data: bytearray) -> int:
        length = fault.random.randrange(1, len(data))
        del data[length:]
        return length

    told, unnoticed = damage(path, 100, cut)
    assert unnoticed == []
    assert told["nothing"] <= 2
    fault.report(16, f"file cut anywhere ({words(told)})", count=100)


def test_pages_lost_or_swapped(path: Path, fault: Fault) -> None:
    """A page of zeros, or one in another's place, is told, or the page held nothing."""
    pages = range(len(path.read_bytes()) // PAGE)

    def lose(data: bytearray) -> int:
        page = fault.random.choice(pages)
        data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
        return page

    def swap(data: bytearray) -> tuple[int, int]:
        one, other = fault.random.sample(pages, 2)
        first, second = (slice(n * PAGE, (n + 1) * PAGE) for n in (one, other))
        data[first], data[second] = data[second], data[first]
        return one, other

    for what, spoil in (("zeroed", lose), ("swapped", swap)):
        told, unnoticed = damage(path, 60, spoil)
        assert unnoticed == []
        assert told["nothing"] < 10
        fault.report(16, f"pages {what} ({words(told)})", count=60)


# --- a journal that somebody deletes -------------------------------------------------------


def test_a_deleted_journal(path: Path, fault: Fault) -> None:
    """Where a crash's journal was deleted, the damage is told, or nothing had been written yet."""
    good, expected = path.read_bytes(), look(path)
    told: Counter[str] = Counter()
    for _ in range(20):
        path.write_bytes(good)
        writer = process(die_in_a_commit, path, fault.random.randint(1, 40))
        writer.communicate(timeout=30)
        assert writer.returncode == -9
        (path.parent / "exam.db-journal").unlink()
        found = look(path)
        told[found[0]] += 1
        assert found[0] != "nothing" or found == expected
    assert told["nothing"] < 10
    fault.report(17, f"journal deleted after a crash ({words(told)})", count=20)


# --- tampering -----------------------------------------------------------------------------

SWAP = (
    "UPDATE event SET seq = -1 WHERE seq = 9",
    "UPDATE event SET seq = 9 WHERE seq = 8",
    "UPDATE event SET seq = 8 WHERE seq = -1",
)
TAMPERED: dict[str, tuple[str, ...]] = {
    "a changed verdict": ("UPDATE event SET body = replace(body, 'fail', 'pass')",),
    "another actor": ("UPDATE event SET actor = 'eve' WHERE seq = 12",),
    "another time": ("UPDATE event SET at = replace(at, '.0', '.1') WHERE seq = 12",),
    "a deleted event": ("DELETE FROM text", "DELETE FROM event WHERE seq = 12"),
    "a deleted first event": ("DELETE FROM text", "DELETE FROM event WHERE seq = 1"),
    "two swapped events": SWAP,
    "a rewritten text": ("UPDATE text SET text = 'kind words'",),
    "a rewritten state": ("UPDATE attempt SET state = replace(state, 'fail', 'pass')",),
    "a deleted state": ("DELETE FROM attempt WHERE rowid = 1",),
    "a rewritten name": ("UPDATE student SET person = replace(person, 'Rivera', 'Riviera')",),
    "a rewritten document": ("UPDATE document SET content = content || ' '",),
}


def test_tampering_is_found(path: Path, fault: Fault) -> None:
    """What was changed, removed or reordered behind the triggers is found."""
    good = path.read_bytes()
    found: Counter[str] = Counter()
    for what, statements in TAMPERED.items():
        path.write_bytes(good)
        tamper(path, statements)
        assert path.read_bytes() != good, what
        told, _ = look(path)
        assert told != "nothing", what
        found[told] += 1
    fault.report(
        21, f"events, texts, states, names tampered with ({words(found)})", count=len(TAMPERED)
    )


def tamper(path: Path, statements: tuple[str, ...]) -> None:
    """Change a file as someone does who knows SQLite: without triggers and checks."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for verb in ("update", "delete"):
        connection.execute(f"DROP TRIGGER event_no_{verb}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_cut_tail_shows_only_against_a_noted_head(path: Path, fault: Fault) -> None:
    """Events cut from the end, with what they led to, are missed from inside and found by a head.

    The head is the number of events and the last hash, as results and exports print them.
    """
    with Ledger.open(path, SESSION, create=False) as ledger:
        noted = ledger.head()
        last = ledger.events()[-1]
    cut = (
        f"DELETE FROM text WHERE event_id = '{last.id}'",
        f"DELETE FROM event WHERE id = '{last.id}'",
    )
    tamper(path, cut)
    with Ledger.open(path, SESSION, create=False) as ledger:
        assert ledger.check() == []
        assert ledger.head() != noted
        assert ledger.hash_of(noted[0]) is None
    fault.report(21, "tail cut off (found only against a noted head)", count=1)
