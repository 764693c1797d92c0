"""Power cuts: only what was forced to the disk is left, and nothing that was called saved is lost.

A child's system calls are recorded once; the disk is rebuilt as it is after each of them, with
all that was not synced dropped, and with a random part of it kept.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import ExamError
from examrunner.domain.exam import events as ev
from examrunner.storage.database import engine
from examrunner.storage.database.drafts import Draft, NotSaved
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.files import make_private, write_atomically
from tests.faults.recording import cuts, lay, needs_strace, traced
from tests.storage.ledgers import ATTEMPT, NOW, SESSION, examined, folding, held, say

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.faults.conftest import Fault
    from tests.faults.recording import Call

pytestmark = [pytest.mark.crash, needs_strace, pytest.mark.xdist_group("power")]

MARKS = 40
TRIES = 5
SYNCHRONOUS = {"OFF": 0, "NORMAL": 1, "FULL": 2, "EXTRA": 3}
"""What PRAGMA synchronous answers for each of its names."""
VERSIONS = 12


def write_marks(name: str, synchronous: str) -> None:
    """Make a ledger in a folder of its own and append marks; say the number of each saved batch.

    A batch has one to three events, its number and their count in their ids. One that is not
    saved is tried again.
    """
    engine.SETTINGS["synchronous"] = synchronous
    engine.EXTRA = SYNCHRONOUS[synchronous]
    with held(Path(name)) as ledger:
        say("lease")
        examined(ledger)
        say("examined")
        states = folding(ledger)
        for number in range(MARKS):
            drafts = batch(number)
            for _ in range(TRIES):
                try:
                    ledger.append(drafts, NOW, "ann", states=states)
                except NotSaved:
                    say(f"NOT SAVED {number}")
                else:
                    say(number)
                    break


def batch(number: int) -> list[Draft]:
    """Return the marks of one key."""
    size = number % 3 + 1
    ids = [f"{number}-{place}-{size}" for place in range(size)]
    whats: list[ev.What] = [
        ev.Ticked(ATTEMPT, "q1", number % 4 + 1, on=True, spent=10 + number),
        ev.Noted(ATTEMPT, "q2", "", 20 + number),
        ev.Rated(ATTEMPT, "q1", ev.Rating.ENOUGH, 30 + number),
    ]
    texts = [None, f"A note of some length. {number}" * (number + 1), None]
    return [Draft(whats[place], texts[place], name) for place, name in enumerate(ids)]


def write_versions(name: str, durable: str) -> None:
    """Replace a file again and again; say the number of each version that is in place."""
    path = Path(name)
    make_private(path.parent)
    for number in range(VERSIONS):
        write_atomically(path, version(number), durable=durable == "durable")
        say(number)


def version(number: int) -> bytes:
    """Return the bytes of one version of a file; the versions differ in length."""
    return f"version {number}\n".encode() * (200 + number * 97 % 300)


@dataclass(frozen=True, slots=True)
class Found:
    """What is left after a power cut: the words the child says of it, and whether it is whole."""

    saved: set[str]
    is_whole: bool


@dataclass(slots=True)
class Count:
    """What a series of power cuts did."""

    cuts: int = 0
    lost: int = 0
    """Cuts after which something was gone that had been called saved."""
    torn: int = 0
    """Cuts after which the record was damaged or held half a batch."""
    seen: dict[int, Found] = field(default_factory=dict)
    """A disk's content by its hash, and what was found on it."""


def cut_all(
    calls: list[Call],
    root: Path,
    chance: random.Random | None,
    find: Callable[[Path], Found],
    every: int = 1,
) -> Count:
    """Cut the power after each call, and compare what the child had said with what is left."""
    count = Count()
    for place, disk in enumerate(cuts(calls, root)):
        if place % every:
            continue
        count.cuts += 1
        state = disk.after_cut(chance)
        key = hash(tuple(state.items()))
        if key not in count.seen:
            lay(state, root)
            count.seen[key] = find(root)
            shutil.rmtree(root)
        found = count.seen[key]
        said = {word for word in disk.said if not word.startswith("NOT SAVED")}
        count.lost += not said <= found.saved
        count.torn += not found.is_whole
    return count


def found_marks(root: Path) -> Found:
    """Open what a power cut left of a ledger, and look at all of it."""
    try:
        with Ledger.open(root / "session" / "exam.db", SESSION, create=True) as ledger:
            problems = ledger.verify()
            lease, events = ledger.lease(), ledger.events()
    except ExamError:
        return Found(set(), is_whole=False)
    marks = [event.id for event in events[5:]]
    numbers = sorted({int(mark.split("-")[0]) for mark in marks})
    expected = [draft.id for number in numbers for draft in batch(number)]
    saved = {str(number) for number in numbers}
    saved |= {"lease"} if lease else set()
    saved |= {"examined"} if len(events) >= 5 else set()
    return Found(saved, not problems and marks == expected and len(events) not in (1, 2, 3))


def found_version(root: Path) -> Found:
    """Read what a power cut left of a file; each version stands for those before it, too."""
    path = root / "folder" / "file"
    if not path.exists():
        return Found(set(), is_whole=True)
    data = path.read_bytes()
    number = next((number for number in range(VERSIONS) if data == version(number)), -1)
    return Found({str(one) for one in range(number + 1)}, number >= 0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder that stands for the disk; it is gone once the calls are recorded."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


def recorded(
    root: Path, function: Callable[..., None], name: str, *words: str, inject: str = ""
) -> list[Call]:
    """Record a child on an empty disk, with faults injected by strace, and clear the disk."""
    options = ("-e", f"inject={inject}") if inject else ()
    calls = traced(root.parent, options, function, root / name, *words)
    shutil.rmtree(root)
    return calls


def test_a_power_cut_loses_no_saved_mark(root: Path, fault: Fault) -> None:
    """After a power cut at any call, every saved mark is there, in whole batches, and verified."""
    calls = recorded(root, write_marks, "session/exam.db", "EXTRA")
    dropped = cut_all(calls, root, None, found_marks)
    assert dropped.cuts > 20 * MARKS
    assert len(dropped.seen) > 2 * MARKS
    assert (dropped.lost, dropped.torn) == (0, 0)
    kept = cut_all(calls, root, fault.random, found_marks, every=2)
    assert len(kept.seen) > 5 * MARKS
    assert (kept.lost, kept.torn) == (0, 0)
    words = f"power cut while {MARKS} marks are saved, unsynced data dropped or kept at random"
    fault.report(2, words, count=dropped.cuts + kept.cuts)


@pytest.mark.parametrize("synchronous", ["OFF", "FULL"])
def test_the_power_cuts_would_find_a_loss(root: Path, synchronous: str, fault: Fault) -> None:
    """The same cuts lose marks, and without any sync tear the file, under weaker settings."""
    calls = recorded(root, write_marks, "session/exam.db", synchronous)
    chance = fault.random if synchronous == "OFF" else None
    count = cut_all(calls, root, chance, found_marks, every=5)
    assert count.lost > 2 * MARKS
    assert (count.torn > 0) == (synchronous == "OFF")
    words = f"power cut under synchronous {synchronous}, which loses marks"
    fault.report(2, f"{words} after {count.lost} cuts, as a check of the cuts", count=count.cuts)


@pytest.mark.parametrize(
    "inject", ["fdatasync:error=EIO:when=25+9", "pwrite64:error=EIO:when=150+43"]
)
def test_a_failed_call_never_makes_a_saved_mark_that_a_power_cut_takes(
    root: Path, inject: str, fault: Fault
) -> None:
    """Where calls fail with EIO in between, what was called saved still survives any power cut."""
    calls = recorded(root, write_marks, "session/exam.db", "EXTRA", inject=inject)
    failed = [call for call in calls if call.name in inject and call.answer < 0]
    assert len(failed) > 12
    count = cut_all(calls, root, None, found_marks)
    assert (count.lost, count.torn) == (0, 0)
    fault.report(3, f"{inject.partition(':')[0]} answers EIO to SQLite", count=len(failed))


def test_a_power_cut_leaves_the_old_or_the_new_file(root: Path, fault: Fault) -> None:
    """A file replaced in one step is one of its versions after any cut, the last one returned."""
    calls = recorded(root, write_versions, "folder/file", "durable")
    for chance in (None, fault.random):
        count = cut_all(calls, root, chance, found_version)
        assert (count.lost, count.torn) == (0, 0)
        assert len(count.seen) > VERSIONS
    fault.report(2, f"power cut while a file is replaced {VERSIONS} times", count=2 * count.cuts)


def test_the_cuts_would_find_a_file_that_is_not_forced_to_the_disk(
    root: Path, fault: Fault
) -> None:
    """Without the syncs, the same cuts lose versions and leave halves of them."""
    calls = recorded(root, write_versions, "folder/file", "not durable")
    count = cut_all(calls, root, fault.random, found_version)
    assert count.lost > 0
    assert count.torn > 0
