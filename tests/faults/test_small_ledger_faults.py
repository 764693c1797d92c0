"""The ledger under kills, interrupts, other writers and copies, in volume."""

from __future__ import annotations

import gc
import os
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam import events as ev
from examrunner.storage.database.copies import copy_database
from examrunner.storage.database.drafts import Draft
from examrunner.storage.database.ledger import Ledger
from tests.storage.ledgers import ATTEMPT, NOW, SESSION, add, examined, folding, held, process, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.conftest import Fault

pytestmark = pytest.mark.crash

KILLS = 60
WRITERS = 4
APPENDS = 200
COPIES = 100
INTERRUPTED_SECONDS = 5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a ledger may be made."""
    return tmp_path / "exam.db"


# --- killed --------------------------------------------------------------------------------


def be_killed(name: str, times: str) -> None:
    """Again and again start a writer that says each id once it is saved, and wait for its end.

    Starting a writer is quick: all that it needs is loaded once.
    """
    for _ in range(int(times)):
        writer = os.fork()
        if writer == 0:
            say(f"pid {os.getpid()}")
            write_for_ever(name)
        os.waitpid(writer, 0)
        say("gone")


def write_for_ever(name: str) -> None:
    """Write events and their states for ever; say each id once it is saved."""
    with held(Path(name)) as ledger:
        while True:
            (event,) = add(ledger, ev.Called(ATTEMPT))
            say(event.id)


def test_kill_9_loses_no_acknowledged_event(path: Path, fault: Fault) -> None:
    """Of many writers killed at any point, every event they called saved is there, and whole."""
    told: set[str] = set()
    hot = 0
    nursery = process(be_killed, path, KILLS)
    assert nursery.stdout is not None
    for _ in range(KILLS):
        writer = int(nursery.stdout.readline().removeprefix("pid "))
        told.add(nursery.stdout.readline().strip())
        with suppress(subprocess.TimeoutExpired):
            nursery.wait(fault.random.uniform(0, 0.03))
        os.kill(writer, signal.SIGKILL)
        while (line := nursery.stdout.readline().strip()) != "gone":
            told.add(line)
        hot += (path.parent / "exam.db-journal").exists()
    nursery.communicate(timeout=30)
    with Ledger.open(path, SESSION, create=False) as ledger:
        assert len(told) > 2 * KILLS
        assert hot > KILLS / 10  # else no kill has hit a commit
        assert told <= {event.id for event in ledger.events()}
        assert ledger.verify() == []
    words = f"kill -9 of a writer of {len(told)} events ({hot} in the middle of a commit)"
    fault.report(1, words, count=KILLS)


# --- interrupted ---------------------------------------------------------------------------


def write_through_interrupts(name: str) -> None:
    """Append until told to end; after an interrupt the same draft is written again.

    Says each id once it is saved, and whenever it is in doubt. Interrupts wait outside of appends.
    """
    ends: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ends.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    gc.freeze()
    with held(Path(name)) as ledger:
        say("ready")
        while not ends:
            draft = Draft(ev.Called(ATTEMPT))
            while not appended(ledger, draft):
                say(f"doubt {draft.id}")
            say(f"saved {draft.id}")


def appended(ledger: Ledger, draft: Draft) -> bool:
    """Append while interrupts come through. Returns whether it got to its end.

    The program itself never lets an exception be thrown into running code; this is harder.
    """
    try:
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            ledger.append([draft], NOW, "ann", states=folding(ledger))
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    except KeyboardInterrupt:
        pass
    except AssertionError as end:
        # In the last lines of a commit SQLAlchemy trips over the interrupt that it handles.
        if not isinstance(end.__context__, KeyboardInterrupt):
            raise
    else:
        return True
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    gc.collect()  # a frame that was interrupted may hold a cursor, and that a lock
    signal.sigtimedwait({signal.SIGINT}, 0)  # one that came since would hit the first line
    return False


def test_interrupts_tear_nothing(path: Path, fault: Fault) -> None:
    """Under interrupts every few milliseconds each event is written once and nothing is torn."""
    writer = process(write_through_interrupts, path)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(writer.stdout or ()))
    reader.start()
    count, until = 0, time.monotonic() + INTERRUPTED_SECONDS
    while time.monotonic() < until:
        reader.join(fault.random.uniform(0.001, 0.012))
        writer.send_signal(signal.SIGINT)
        count += 1
    writer.terminate()
    reader.join(30)
    assert writer.wait(30) == 0
    writer.stdout.close()
    saved = [line.split()[1] for line in lines if line.startswith("saved ")]
    doubtful = {line.split()[1] for line in lines if line.startswith("doubt ")}
    with Ledger.open(path, SESSION, create=False) as ledger:
        stored = [event.id for event in ledger.events()]
        assert ledger.verify() == []
    assert len(doubtful) > 20
    assert set(saved) <= set(stored) <= set(saved) | doubtful
    assert len(stored) == len(set(stored))
    fault.report(7, f"SIGINT into appends ({len(doubtful)} in doubt, found by id)", count=count)


# --- other writers -------------------------------------------------------------------------


def append_some(name: str, writer: str, times: str) -> None:
    """Append marks without a lease, beside others; each is written from the head it finds."""
    with Ledger.open(Path(name), SESSION, create=False) as ledger:
        for number in range(int(times)):
            draft = Draft(ev.Entered(1), id=f"{writer}-{number}")
            ledger.append([draft], NOW, writer, leased=False)
            select.select([], [], [], 0.001)  # the pause of a person: others have their turn


def test_no_update_is_lost(path: Path, fault: Fault) -> None:
    """Processes that append at once lose nothing, fail nothing, and keep one chain."""
    with held(path) as ledger:
        writers = [process(append_some, path, f"w{one}", APPENDS) for one in range(WRITERS)]
        for writer in writers:
            writer.communicate(timeout=120)
        assert [writer.returncode for writer in writers] == [0] * WRITERS
        stored = [event.id for event in ledger.events()]
        assert ledger.verify() == []
    for one in range(WRITERS):
        own = [name for name in stored if name.startswith(f"w{one}-")]
        assert own == [f"w{one}-{number}" for number in range(APPENDS)]
    switches = sum(a[:2] != b[:2] for a, b in pairwise(stored))
    assert switches > WRITERS  # they did run at once
    fault.report(
        12,
        f"{WRITERS} processes append at once, changing places {switches} times",
        count=len(stored),
    )


# --- copies --------------------------------------------------------------------------------


@pytest.fixture
def loaded(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process that writes as fast as it can."""
    with held(path) as ledger:
        examined(ledger)
    writer = process(write_for_ever, path)
    drain = threading.Thread(target=lambda: list(writer.stdout or ()))
    assert writer.stdout is not None
    assert writer.stdout.readline()
    drain.start()
    yield writer
    writer.kill()
    drain.join(30)
    writer.wait(30)
    writer.stdout.close()


def test_copies_of_a_live_database_are_whole(
    path: Path, tmp_path: Path, loaded: subprocess.Popen[str], fault: Fault
) -> None:
    """Copies taken while another process writes all verify, and the writer is never turned away."""
    sizes = []
    for _ in range(COPIES):
        copy = tmp_path / "copy.db"
        copy_database(path, copy)
        with Ledger.open(copy, SESSION, create=False) as ledger:
            assert ledger.verify() == []
            sizes.append(ledger.head()[0])
    assert loaded.poll() is None
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > COPIES / 2  # it was written in between
    words = f"copies of a database that grows from {sizes[0]} to {sizes[-1]} events"
    fault.report(18, words, count=COPIES)
