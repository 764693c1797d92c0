"""The ledger against the bare disk: one commit, the chain of many events, and their replay."""

from __future__ import annotations

import hashlib
import sqlite3
import statistics
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, fold
from examrunner.storage.clock import SystemClock
from examrunner.storage.database.copies import make_copy
from examrunner.storage.database.drafts import Draft
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.database.rows import EVENTS
from examrunner.storage.database.verifying import first_break

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from examrunner.domain.exam.chain import Event

SESSION = "bench"
KINDS = ("opening", "core", "detail", "critique")
QUESTIONS = ("q1", "q2", "q3", "q4")
MARKS = 43
"""Of each attempt; with its other events, 50."""
Pair = tuple[float, float]


def commits(folder: Path, count: int) -> Pair:
    """Return the milliseconds of one mark, and of a bare commit of two statements."""
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = DELETE",
        "PRAGMA synchronous = EXTRA",
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)",
        "CREATE TABLE attempt (name TEXT PRIMARY KEY, state TEXT NOT NULL)",
        "INSERT INTO attempt VALUES ('s-1.1', '')",
    ):
        bare.execute(statement)
    with Ledger.open(folder / "commits.db", SESSION, create=True) as ledger:
        ledger.take_lease("bench", SystemClock().now())
        attempt = _examined(ledger, 1, marks=0)
        ours, yard = [], []
        for number in range(count):
            yard.append(_timed(partial(_bare_commit, bare, number)))
            mark = ev.Ticked(attempt.id, "q1", number % 6 + 1, on=True, spent=number)
            now, states = SystemClock().now(), partial(_after, attempt)
            write = partial(ledger.append, [Draft(mark)], now, "bench", states=states)
            ours.append(_timed(write))
    bare.close()
    return statistics.median(ours) * 1000, statistics.median(yard) * 1000


def beside_copies(folder: Path, count: int) -> Pair:
    """Return the milliseconds of one mark, 19 of 20 times, while copies are made, and alone.

    The copies are made one after the other, without a pause: a day has one for each student.
    """
    path = folder / "beside.db"
    with Ledger.open(path, SESSION, create=True) as ledger:
        ledger.take_lease("bench", SystemClock().now())
        attempt = _examined(ledger, 1, marks=0)

        def mark(number: int) -> float:
            tick = ev.Ticked(attempt.id, "q1", number % 6 + 1, on=True, spent=number)
            now, states = SystemClock().now(), partial(_after, attempt)
            return _timed(partial(ledger.append, [Draft(tick)], now, "bench", states=states))

        alone = [mark(number) for number in range(count)]
        over = threading.Event()
        copying = threading.Thread(target=_copy_until, args=(path, folder / "copies", over))
        copying.start()
        beside = [mark(number) for number in range(count)]
        over.set()
        copying.join()
    place = count * 19 // 20
    return sorted(beside)[place] * 1000, sorted(alone)[place] * 1000


def _copy_until(path: Path, folder: Path, over: threading.Event) -> None:
    while not over.is_set():
        make_copy(path, folder)


def replays(folder: Path, count: int) -> dict[str, Pair]:
    """Return the processor seconds to check the chain and replay it, and to read and hash it."""
    path = folder / "many.db"
    with Ledger.open(path, SESSION, create=True) as ledger:
        ledger.take_lease("bench", SystemClock().now())
        for number in range(1, count // (MARKS + 7) + 1):
            _examined(ledger, number, MARKS)
        assert ledger.head()[0] == count
        yard, chain, replay = [], [], []
        for _ in range(3):
            yard.append(_timed(partial(_read_and_hash, path), time.process_time))
            chain.append(_timed(partial(_check_chain, ledger), time.process_time))
            replay.append(_timed(partial(_replay, ledger), time.process_time))
    plain = statistics.median(yard)
    return {
        f"chain of {count:,} events": (statistics.median(chain), plain),
        f"replay of {count:,} events": (statistics.median(replay), plain),
    }


def _timed(work: Callable[[], object], now: Callable[[], float] = time.perf_counter) -> float:
    began = now()
    work()
    return now() - began


def _bare_commit(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO event (body) VALUES (?)", ("x" * 600,))
    connection.execute("UPDATE attempt SET state = ?", (f"{number:1200}",))
    connection.execute("COMMIT")


def _examined(ledger: Ledger, number: int, marks: int) -> Attempt:
    """Let one attempt go through its events, with these many marks."""
    name = f"s-{number}.1"
    whats: list[ev.What] = [
        ev.Called(name),
        ev.Present(name),
        ev.Revealed(name, "lora", ev.Origin.DRAWN, f'{{"draw":{number},"n":"{"ab" * 40}"}}'),
        ev.SheetChosen(name, "ff" * 32, QUESTIONS, KINDS),
        ev.Started(name, 300),
    ]
    whats += [_mark(name, place) for place in range(marks)]
    whats += [ev.Stopped(name), ev.Decided(name, ev.Verdict.PASS)] if marks else []
    attempt = Attempt(name, f"s-{number}", 1)
    made: list[Attempt] = []

    def states(events: tuple[Event, ...]) -> list[Attempt]:
        made.append(fold(attempt, events))
        return made[-1:]

    drafts = [Draft(what) for what in whats]
    ledger.append(drafts, SystemClock().now(), "bench", states=states)
    return made[-1]


def _mark(name: str, place: int) -> ev.Mark:
    question, spent = QUESTIONS[place % 4], 3 * place
    marks: tuple[ev.Mark, ...] = (
        ev.Ticked(name, question, place % 6 + 1, on=place % 5 != 0, spent=spent),
        ev.Rated(name, question, ev.Rating.STRONG, spent),
        ev.Helped(name, question, ev.Help.PROBED, spent),
    )
    return marks[place // 4 % 3]


def _after(attempt: Attempt, events: tuple[Event, ...]) -> list[Attempt]:
    return [fold(attempt, events)]


def _read_and_hash(path: Path) -> None:
    connection = sqlite3.connect(path)
    for row in connection.execute("SELECT * FROM event ORDER BY seq"):
        hashlib.sha256("".join(map(str, row)).encode()).hexdigest()
    connection.close()


def _check_chain(ledger: Ledger) -> None:
    with ledger._transaction(ledger._reading) as connection:
        found = first_break(SESSION, connection.execute(EVENTS, {"session": SESSION}))
    assert found is None


def _replay(ledger: Ledger) -> None:
    own: dict[str, list[Event]] = {}
    for event in ledger.events():
        own.setdefault(event.attempt or "", []).append(event)
    for name, events in own.items():
        fold(Attempt(name, name.partition(".")[0], 1), events)
