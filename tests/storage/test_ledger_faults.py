"""Full disks, lost answers and second examiners."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event as hooks

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.plain import sha256
from examrunner.storage.database import engine
from examrunner.storage.database.drafts import Draft, NotSaved
from examrunner.storage.database.ledger import Ledger
from tests.storage.ledgers import (
    ATTEMPT,
    NOW,
    SESSION,
    add,
    examined,
    folding,
    held,
    later,
    process,
    raw,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a ledger may be made."""
    return tmp_path / "exam.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """Give an empty ledger whose lease is ours."""
    with held(path) as opened:
        yield opened


def fail_once(ledger: Ledger, hook: str, *, after: bool = False) -> list[int]:
    """Let the next commit fail: before it happens, or after it did. Returns how many failed."""
    failed: list[int] = []

    @hooks.listens_for(ledger._writing, hook)
    def _fail(connection: Any) -> None:
        if not failed:
            failed.append(1)
            if after:
                connection.connection.driver_connection.commit()
            raise sqlite3.OperationalError("disk I/O error")

    return failed


# --- a second examiner ---------------------------------------------------------------------


def test_a_stale_epoch_is_refused(ledger: Ledger, path: Path) -> None:
    """Who lost the lease can neither write nor beat, and nothing of it is stored."""
    add(ledger, ev.Called(ATTEMPT))
    with held(path, "bob") as second:
        for write in (lambda: add(ledger, ev.Present(ATTEMPT)), lambda: ledger.beat(NOW)):
            with pytest.raises(Refused, match="Taken over by another examiner"):
                write()
        add(second, ev.SentBack(ATTEMPT))
        assert [event.kind for event in second.events()] == ["called", "sent-back"]
        assert second.verify() == []


def test_without_a_lease_nothing_is_written(path: Path) -> None:
    """Who never took the lease is refused, unless what is written needs none."""
    with Ledger.open(path, SESSION, create=True) as ledger:
        with pytest.raises(Refused):
            add(ledger, ev.Called(ATTEMPT))
        (event,) = ledger.append([Draft(ev.Entered(1))], NOW, "ann", leased=False)
        assert event.epoch == 0


def add_many(name: str, count: str) -> None:
    """Append events without a lease, from a process of its own."""
    with Ledger.open(Path(name), SESSION, create=False) as ledger:
        for _ in range(int(count)):
            ledger.append([Draft(ev.Called(ATTEMPT))], NOW, "ann", leased=False)


def test_two_processes_lose_no_event(path: Path) -> None:
    """Two processes that append at once lose nothing, fail nothing and keep one chain."""
    with held(path) as ledger:
        writers = [process(add_many, path, 60) for _ in range(2)]
        assert [writer.wait(60) for writer in writers] == [0, 0]
        for writer in writers:
            writer.communicate()
        assert ledger.head()[0] == 120
        assert {problem.rule for problem in ledger.verify()} == {"state"}  # they wrote no state


# --- lost answers --------------------------------------------------------------------------


def test_the_same_event_twice_is_stored_once(ledger: Ledger) -> None:
    """Writing a draft again returns the event that is stored, and changes nothing."""
    draft = Draft(ev.Noted(ATTEMPT, "q1", "", 1), "Good.")
    first = ledger.append([draft], NOW, "ann")
    assert ledger.append([draft], later(60), "ann") == first
    assert ledger.events() == list(first)
    assert ledger.texts() == {draft.id: "Good."}


def test_a_stored_event_is_found_even_without_the_lease(ledger: Ledger, path: Path) -> None:
    """Who lost the lease after saving an event learns that it was saved."""
    draft = Draft(ev.Called(ATTEMPT))
    first = ledger.append([draft], NOW, "ann")
    held(path, "bob").close()
    assert ledger.append([draft], NOW, "ann") == first


def test_half_a_batch_is_not_taken_for_the_whole(ledger: Ledger) -> None:
    """A batch of which only a part is on record is not saved, and nothing of it is written."""
    draft = Draft(ev.Called(ATTEMPT))
    ledger.append([draft], NOW, "ann")
    with pytest.raises(NotSaved):
        ledger.append([Draft(ev.Present(ATTEMPT)), draft], NOW, "ann")
    assert len(ledger.events()) == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_failed_commit_is_looked_up_and_tried_again(ledger: Ledger, after: bool) -> None:  # noqa: FBT001
    """Whether a commit failed or only its answer was lost, the event is stored once."""
    failed = fail_once(ledger, "commit", after=after)
    states = []

    def counted(events: tuple[Any, ...]) -> Any:
        states.append(events)
        return folding(ledger)(events)

    events = ledger.append([Draft(ev.Called(ATTEMPT))], NOW, "ann", states=counted)
    assert failed
    assert tuple(ledger.events()) == events
    assert len(states) == 1
    assert ledger.verify() == []


def test_an_interrupt_leaves_a_ledger_that_works(ledger: Ledger) -> None:
    """Ctrl-C in the middle of a write goes through, and the next write is whole."""

    def interrupted(_: tuple[Any, ...]) -> list[Any]:
        raise KeyboardInterrupt

    draft = Draft(ev.Called(ATTEMPT))
    with pytest.raises(KeyboardInterrupt):
        ledger.append([draft], NOW, "ann", states=interrupted)
    assert ledger.events() == []
    ledger.append([draft], NOW, "ann", states=folding(ledger))
    assert ledger.verify() == []


def test_a_bug_in_the_states_comes_through_and_stores_nothing(ledger: Ledger) -> None:
    """An error in making the state is not taken for a fault of the disk."""

    def wrong(_: tuple[Any, ...]) -> list[Any]:
        raise LookupError("bug")

    with pytest.raises(LookupError, match="bug"):
        ledger.append([Draft(ev.Called(ATTEMPT))], NOW, "ann", states=wrong)
    assert ledger.events() == []


# --- the disk says no ----------------------------------------------------------------------


def test_a_full_disk_keeps_the_drafts_and_the_record(ledger: Ledger, path: Path) -> None:
    """On a full disk the drafts come back, reads work, and the same drafts are saved later."""
    before = examined(ledger)
    (pages,) = raw(path, "PRAGMA page_count")[0]

    @hooks.listens_for(ledger._writing, "begin")
    def _full(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if full else 1 << 30}")

    full = True
    drafts = [Draft(ev.Noted(ATTEMPT, "q2", "", 9), "x" * 20_000)]
    with pytest.raises(NotSaved, match="NOT SAVED: database or disk is full") as told:
        ledger.append(drafts, NOW, "ann", states=folding(ledger))
    assert told.value.drafts == tuple(drafts)
    assert tuple(ledger.events()) == before
    assert ledger.verify() == []
    full = False
    ledger.append(told.value.drafts, NOW, "ann", states=folding(ledger))
    assert len(ledger.events()) == 6
    assert ledger.verify() == []


def test_a_database_that_stays_locked_is_not_saved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that another program holds is told after one wait, not as a database error."""
    monkeypatch.setitem(engine.SETTINGS, "busy_timeout", "100")
    draft = Draft(ev.Called(ATTEMPT))
    with held(path) as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        tries: list[object] = []
        hooks.listen(ledger._writing, "begin", tries.append)
        with pytest.raises(NotSaved, match="locked"):
            ledger.append([draft], NOW, "ann")
        assert len(tries) <= 1  # the time to wait for the lock is spent once
        with pytest.raises(Environment, match="locked"):
            ledger.beat(NOW)
        with pytest.raises(Environment, match="locked"):
            ledger.events()
        other.close()
        assert ledger.append([draft], NOW, "ann") == tuple(ledger.events())


def test_a_file_that_vanished_is_not_saved(ledger: Ledger, path: Path) -> None:
    """A file that was taken away under a running exam is told as NOT SAVED."""
    ledger._writing.dispose()
    path.unlink()
    with pytest.raises(NotSaved, match="unable to open"):
        ledger.append([Draft(ev.Called(ATTEMPT))], NOW, "ann")
    assert not path.exists()


@pytest.mark.parametrize(
    "draft",
    [
        Draft(ev.Noted(ATTEMPT, "q1", "", 1), "half a pair: \ud800"),
        Draft(ev.Called("\ud800.1")),
        Draft(ev.Noted("\ud800", "q1", "", 2**70), "x"),
    ],
)
def test_an_odd_value_is_not_saved(ledger: Ledger, draft: Draft) -> None:
    """What cannot be stored is NOT SAVED, in words that do not repeat it."""
    with pytest.raises(NotSaved, match="cannot be stored"):
        ledger.append([draft], NOW, "ann")
    assert ledger.events() == []


def test_a_clock_beyond_64_bits_is_not_saved(ledger: Ledger) -> None:
    """A number that SQLite cannot hold is NOT SAVED."""
    with pytest.raises(NotSaved, match="cannot be stored"):
        ledger.append([Draft(ev.Called(ATTEMPT))], replace(NOW, boot_ns=2**64), "ann")


def test_the_words_of_a_fault_hold_no_values(ledger: Ledger) -> None:
    """What is said of a failed write names neither notes nor statements."""
    note, sha = "She wept.", sha256("x")
    with pytest.raises(NotSaved) as told:
        ledger.append(
            [Draft(ev.Noted(ATTEMPT, "q1", "", 1), note)],
            NOW,
            "ann",
            documents={sha: None},  # type: ignore[dict-item]
        )
    cause = told.value.__cause__
    for words in (str(told.value), str(cause)):
        assert note not in words
        assert sha not in words


def test_a_closed_ledger_says_so(ledger: Ledger) -> None:
    """After closing, a read is an Environment and a write is NOT SAVED; closing again is fine."""
    ledger.close()
    ledger.close()
    with pytest.raises(Environment, match="closed"):
        ledger.events()
    with pytest.raises(NotSaved, match="closed"):
        ledger.append([Draft(ev.Called(ATTEMPT))], NOW, "ann")
