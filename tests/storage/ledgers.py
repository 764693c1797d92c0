"""Ledgers for tests, what happens in them, and processes that use them."""

from __future__ import annotations

import dataclasses
import sqlite3
import subprocess
import sys
import types
import typing
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, fold
from examrunner.storage.database.drafts import Draft
from examrunner.storage.database.ledger import Ledger
from tests.fakes import NINE, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from examrunner.domain.exam.chain import Event
    from examrunner.domain.exam.moments import Moment

SESSION = "demo"
ATTEMPT = "s-1.1"
BARE = Attempt(ATTEMPT, "s-1", 1)
NOW = FakeClock().now()
ROOT = Path(__file__).parents[2]


def held(path: Path, holder: str = "ann") -> Ledger:
    """Return an open ledger, made if need be, whose lease is ours."""
    ledger = Ledger.open(path, SESSION, create=True)
    ledger.take_lease(holder, NOW)
    return ledger


def folding(ledger: Ledger) -> Callable[[tuple[Event, ...]], Iterable[Attempt]]:
    """Return what tells the state of ATTEMPT after new events."""

    def states(events: tuple[Event, ...]) -> Iterable[Attempt]:
        before = [event for event in ledger.events(ATTEMPT) if event not in events]
        return [fold(BARE, [*before, *events])]

    return states


def add(ledger: Ledger, *whats: ev.What, text: str | None = None) -> tuple[Event, ...]:
    """Append what happened to ATTEMPT, and its state."""
    drafts = [Draft(what, text) for what in whats]
    return ledger.append(drafts, NOW, "ann", states=folding(ledger))


def examined(ledger: Ledger) -> tuple[Event, ...]:
    """Let ATTEMPT go from the call to a note."""
    begun = add(
        ledger,
        ev.Called(ATTEMPT),
        ev.Revealed(ATTEMPT, "lora", ev.Origin.DRAWN, '{"draw":1}'),
        ev.SheetChosen(ATTEMPT, "ff", ("q1", "q2"), ("opening", "core")),
        ev.Started(ATTEMPT, 300),
    )
    return begun + add(ledger, ev.Noted(ATTEMPT, "q1", "", 5), text="Knew it by heart.")


def one_of(kind: type[ev.What]) -> ev.What:
    """Return an event of a kind, each field filled with something."""
    hints = typing.get_type_hints(kind)
    return kind(**{name: _filled(name, hint) for name, hint in hints.items()})


def _filled(name: str, hint: Any) -> Any:
    if typing.get_origin(hint) is types.UnionType:
        hint = next(one for one in typing.get_args(hint) if one is not types.NoneType)
    origin = typing.get_origin(hint)
    if origin is tuple:
        return (f"{name} 1", f"{name} 2")
    if origin is dict:
        return {name: "ab" * 32}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[-1]
    if dataclasses.is_dataclass(hint):
        return NOW
    samples: dict[Any, Any] = {int: 7, bool: True, str: f'{name} "é\u2028\\', datetime: NINE}
    return samples[hint]


def raw(path: Path, *statements: str) -> list[Any]:
    """Run statements on a file behind the ledger's back; the answer of the last one."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        found: list[Any] = []
        for statement in statements:
            found = connection.execute(statement).fetchall()
        return found
    finally:
        connection.close()


def changed(path: Path, *statements: str) -> None:
    """Change a file behind the ledger's back, with its triggers out of the way."""
    raw(path, "DROP TRIGGER event_no_update", "DROP TRIGGER event_no_delete", *statements)


def process(
    function: Callable[..., None], *arguments: object, stdin: int | None = None
) -> subprocess.Popen[str]:
    """Run a function of a test module in a process of its own; its output comes by a pipe.

    With a pipe as `stdin` the test tells it to go on; the test closes that pipe.
    """
    words = ", ".join(repr(str(one)) for one in arguments)
    module, name = function.__module__, function.__name__
    code = f"from {module} import {name}; {name}({words})"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def later(seconds: float) -> Moment:
    """Return a moment some seconds after NOW."""
    clock = FakeClock()
    clock.advance(seconds)
    return clock.now()


def say(word: object) -> None:
    """Tell a word to the process that started this one, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()
