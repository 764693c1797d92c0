"""What is written to a ledger comes back as it was."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as hooks
from sqlalchemy.engine.interfaces import CacheStats

from examrunner.domain.course.people import Student
from examrunner.domain.errors import Environment
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.chain import broken_link, first_prev, text_hash
from examrunner.domain.plain import sha256
from examrunner.storage.database.drafts import Draft, Exposure, Person
from examrunner.storage.database.engine import open_engine
from examrunner.storage.database.ledger import Ledger
from tests.storage.ledgers import (
    ATTEMPT,
    NOW,
    SESSION,
    add,
    examined,
    held,
    later,
    one_of,
    raw,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.domain.exam.chain import Event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a ledger may be made."""
    return tmp_path / "session" / "exam.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """Give an empty ledger whose lease is ours."""
    with held(path) as opened:
        yield opened


@pytest.mark.parametrize("kind", ev.KINDS)
def test_every_kind_of_event_comes_back_as_written(ledger: Ledger, path: Path, kind: str) -> None:
    """Every kind of event comes back equal from a ledger that was closed in between."""
    written = ledger.append([Draft(one_of(ev.KINDS[kind]))], NOW, "ann")
    ledger.close()
    with Ledger.open(path, SESSION, create=False) as again:
        assert tuple(again.events()) == written
        assert again.last(kind) == written[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(note=st.text(st.characters(codec="utf-8")))
def test_any_text_comes_back_as_written(ledger: Ledger, note: str) -> None:
    """Any text comes back as it was, and the event holds only its hash."""
    (event,) = ledger.append([Draft(ev.Noted(ATTEMPT, "q1", "", 1), note)], NOW, "ann")
    assert ledger.texts([event.id]) == {event.id: note}
    assert isinstance(event.what, ev.Noted)
    assert len(event.what.text) == 64


def test_a_text_is_hashed_with_its_salt(path: Path) -> None:
    """The field `text` of an event is the hash of salt and text."""
    with Ledger(open_engine(path, create=True), SESSION, make_salt=lambda: "salt") as ledger:
        drafts = [Draft(ev.Decided(ATTEMPT, ev.Verdict.PASS), "Well read.")]
        (event,) = ledger.append(drafts, NOW, "ann", leased=False)
    assert event.what == ev.Decided(ATTEMPT, ev.Verdict.PASS, text_hash("salt", "Well read."))


def test_the_same_text_has_another_hash_each_time(ledger: Ledger) -> None:
    """Two equal notes cannot be told to be equal by their events."""
    hashes = {add(ledger, ev.Noted(ATTEMPT, "q1", "", 1), text="no")[0].what for _ in range(2)}
    assert len(hashes) == 2


def test_events_continue_the_chain(ledger: Ledger, path: Path) -> None:
    """Events form one chain whose last hash is the head, across closing and opening."""
    assert ledger.head() == (0, first_prev(SESSION))
    examined(ledger)
    ledger.close()
    with held(path) as again:
        add(again, ev.Paused(ATTEMPT))
        events = again.events()
        assert broken_link(SESSION, events) is None
        assert again.head() == (6, events[-1].hash)
        assert [event.epoch for event in events] == [1, 1, 1, 1, 1, 2]


def test_events_of_one_attempt(ledger: Ledger) -> None:
    """The events of one attempt come without those of others and of the session."""
    ledger.append(
        [Draft(ev.Entered(1)), Draft(ev.Called(ATTEMPT)), Draft(ev.Called("s.2.1"))], NOW, "ann"
    )
    assert [event.what for event in ledger.events(ATTEMPT)] == [ev.Called(ATTEMPT)]


def test_the_last_event_of_a_kind(ledger: Ledger) -> None:
    """The newest event of a kind is found; of a kind that never happened there is none."""
    ledger.append([Draft(ev.Entered(1)), Draft(ev.Entered(2)), Draft(ev.Opened("x"))], NOW, "ann")
    newest = ledger.last("entered")
    assert newest is not None
    assert newest.what == ev.Entered(2)
    assert ledger.last("committed") is None


def test_lines_come_byte_for_byte(ledger: Ledger) -> None:
    """The public log is the lines of the events in order, byte for byte."""
    lines = ['{"t":"start"}', '{"why":"é\\u0000 \u2028"}', " spaced "]
    whats: list[ev.What] = [
        ev.Opened(lines[0]),
        ev.Absent(ATTEMPT),
        ev.Called(ATTEMPT),
        ev.Relisted(ATTEMPT, lines[1]),
        ev.Revealed(ATTEMPT, "lora", ev.Origin.ASSIGNED),
        ev.Absent(ATTEMPT, lines[2]),
    ]
    ledger.append([Draft(what) for what in whats], NOW, "ann")
    assert ledger.lines() == lines


def test_states_come_back_as_their_events_left_them(ledger: Ledger) -> None:
    """The stored state of an attempt is the one given with its last events."""
    examined(ledger)
    (attempt,) = ledger.attempts()
    assert (attempt.id, attempt.phase, attempt.reading) == (ATTEMPT, "running", "lora")
    assert [note.question for note in attempt.notes] == ["q1"]


def test_people_come_in_exam_order_and_can_change(ledger: Ledger) -> None:
    """Students come back in exam order; writing one again replaces it."""
    bob, eve = Student("2", "Bob", extra_time=Student("", "").extra_time * 2), Student("1", "Eve")
    people = [Person("s-b", 1, bob), Person("s-e", 0, eve)]
    ledger.append([Draft(ev.Entered(1))], NOW, "ann", people=people)
    assert ledger.people() == people[::-1]
    swapped = [Person("s-b", 0, bob), Person("s-e", 1, eve)]
    ledger.append([Draft(ev.Entered(1))], NOW, "ann", people=swapped)
    assert ledger.people() == swapped


def test_documents_are_kept_once_and_missed_aloud(ledger: Ledger) -> None:
    """A document is kept under its hash; asking for one that is not there is an Environment."""
    text = "a bank\n"
    for _ in range(2):
        documents = {sha256(text): text}
        ledger.append([Draft(ev.Entered(1))], NOW, "ann", documents=documents)
    assert ledger.document(sha256(text)) == text
    with pytest.raises(Environment, match="missing"):
        ledger.document("0" * 64)


def test_exposures_count_the_other_sessions_of_the_file(ledger: Ledger, path: Path) -> None:
    """A question's exposures are counted by course over all sessions of a file, each once."""
    shown = [Exposure("cs", "q1", SESSION, ATTEMPT), Exposure("cs", "q2", SESSION, ATTEMPT)]
    for _ in range(2):
        ledger.append([Draft(ev.Called(ATTEMPT))], NOW, "ann", exposures=shown)
    with Ledger.open(path, "other", create=False) as other:
        more = [Exposure("cs", "q1", "other", ATTEMPT), Exposure("math", "q1", "other", ATTEMPT)]
        other.append([Draft(ev.Called(ATTEMPT))], NOW, "bob", exposures=more, leased=False)
        assert other.exposures("cs") == {"q1": 2, "q2": 1}


def test_sessions_of_one_file_do_not_mix(ledger: Ledger, path: Path) -> None:
    """Two sessions in one file have chains, texts, states and leases of their own."""
    examined(ledger)
    with Ledger.open(path, "other", create=False) as other:
        assert other.head() == (0, first_prev("other"))
        assert (other.events(), other.texts(), other.attempts(), other.lease()) == (
            [],
            {},
            [],
            None,
        )
        assert other.take_lease("bob", NOW) == (1, None)
    assert ledger.verify() == []
    assert ledger.epoch == 1


def test_a_file_with_one_session_opens_without_its_name(ledger: Ledger, path: Path) -> None:
    """The one session of a file is opened by its file; with none or two there is no telling."""
    assert Ledger.open_only(path) is None
    (called,) = add(ledger, ev.Called(ATTEMPT))
    only = Ledger.open_only(path)
    assert only is not None
    assert only.events() == [called]
    only.close()
    with Ledger.open(path, "other", create=False) as other:
        other.append([Draft(ev.Called(ATTEMPT))], NOW, "bob", leased=False)
    assert Ledger.open_only(path) is None


def test_taking_the_lease_tells_of_the_one_before(ledger: Ledger, path: Path) -> None:
    """Who takes the lease over learns who had it, since when, and the last sign of life."""
    assert ledger.lease_before is None
    ledger.beat(later(90))
    with Ledger.open(path, SESSION, create=False) as second:
        assert second.take_lease("bob", later(120)) == (2, later(90))
        before = second.lease_before
        assert before is not None
        assert (before.epoch, before.holder, before.since) == (1, "ann", NOW.at)
        now = second.lease()
        assert now is not None
        assert (now.epoch, now.holder, now.beat) == (2, "bob", later(120))


def test_every_event_is_a_sign_of_life(ledger: Ledger) -> None:
    """Writing under the lease moves its last sign of life."""
    ledger.append([Draft(ev.Called(ATTEMPT))], later(7), "ann")
    lease = ledger.lease()
    assert lease is not None
    assert lease.beat == later(7)


def test_a_mark_is_five_statements_and_a_commit(ledger: Ledger) -> None:
    """A mark costs BEGIN, the lease, the head, the event, the state and one COMMIT, no more."""
    examined(ledger)
    (state,) = ledger.attempts()
    said: list[str] = []
    connection = ledger._writing.raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    driver.set_trace_callback(lambda text: said.append(" ".join(text.split()[:3])))
    draft = Draft(ev.Rated(ATTEMPT, "q1", ev.Rating.ENOUGH, 9))
    ledger.append([draft], NOW, "ann", states=lambda _: [state])
    driver.set_trace_callback(None)
    connection.close()
    assert said == [
        "BEGIN IMMEDIATE",
        "UPDATE lease SET",
        "SELECT event.seq, event.hash",
        "INSERT INTO event",
        "INSERT INTO attempt",
        "COMMIT",
    ]


def test_statements_are_compiled_once(ledger: Ledger) -> None:
    """From the second mark on, no statement of the commit path is compiled again."""
    examined(ledger)
    (state,) = ledger.attempts()
    missed: list[bool] = []

    @hooks.listens_for(ledger._writing, "before_cursor_execute")
    def _seen(*arguments: Any) -> None:
        missed.append(arguments[4].cache_hit is CacheStats.CACHE_MISS)

    ledger.append([Draft(ev.Present(ATTEMPT))], NOW, "ann", states=lambda _: [state])
    assert missed == [False] * 5


def test_a_reader_needs_no_write_lock(ledger: Ledger, path: Path) -> None:
    """Reading works at once while another process is about to write."""
    examined(ledger)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert len(ledger.events()) == 5
    assert ledger.verify() == []
    writer.close()


def test_a_read_leaves_no_lock_behind(ledger: Ledger, path: Path) -> None:
    """After a read another process can write at once."""
    ledger.events()
    raw(path, "PRAGMA busy_timeout=0", "BEGIN EXCLUSIVE", "ROLLBACK")


def test_any_thread_may_use_a_ledger(path: Path) -> None:
    """A ledger opened in one thread is written from others at once, and no event is lost."""
    opened: list[Ledger] = []
    first = threading.Thread(target=lambda: opened.append(held(path)))
    first.start()
    first.join()
    (ledger,) = opened
    threads = [
        threading.Thread(target=lambda: [add(ledger, ev.Called(ATTEMPT)) for _ in range(10)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.head()[0] == 40
    assert ledger.verify() == []
    ledger.close()


def test_states_may_read_the_ledger(ledger: Ledger) -> None:
    """While events are being written, their state may be made from what the ledger has."""
    seen: list[int] = []

    def states(_: tuple[Event, ...]) -> list[Attempt]:
        seen.append(ledger.head()[0])
        return []

    ledger.append([Draft(ev.Called(ATTEMPT))], NOW, "ann", states=states)
    assert seen == [1]
    assert ledger.head()[0] == 1
