"""A database connection that fails at any of its calls.

What was not saved is told, the record stays whole and readable, and the same drafts are saved
once, in order, when the connection works again.
"""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.errors import Environment
from examrunner.storage.database import engine
from examrunner.storage.database.ledger import Ledger
from tests.faults.keys import demand_once, note, refused
from tests.storage.ledgers import SESSION, examined, held

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from examrunner.storage.database.drafts import Draft
    from tests.faults.conftest import Fault

ERRORS = {
    "SQLITE_FULL": "database or disk is full",
    "SQLITE_IOERR": "disk I/O error",
    "SQLITE_IOERR_FSYNC": "disk I/O error",
    "SQLITE_IOERR_WRITE": "disk I/O error",
    "SQLITE_READONLY": "attempt to write a readonly database",
    "SQLITE_CANTOPEN": "unable to open database file",
}
"""What SQLite says for each of its codes."""
CODES = {
    3: ("SQLITE_IOERR", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_WRITE"),
    10: ("SQLITE_FULL",),
    11: ("SQLITE_READONLY", "SQLITE_CANTOPEN"),
}
"""Number of a fault to what SQLite answers then."""


class Plan:
    """Which call of a connection fails, and how."""

    def __init__(self) -> None:
        self.code = ""
        self.at = -1
        """The call that fails, counted from 0; -1 for none."""
        self.lasts = False
        """Whether all calls after it fail as well."""
        self.after = False
        """Whether it does its work first and only its answer is lost."""
        self.calls = 0

    def arm(self, code: str, at: int, *, lasts: bool = False, after: bool = False) -> None:
        """Let a call from now on fail."""
        self.code, self.at, self.lasts, self.after, self.calls = code, at, lasts, after, 0

    def disarm(self) -> int:
        """Let nothing fail any more. Returns how many calls there were."""
        self.at = -1
        return self.calls

    def run(self, work: Callable[[], Any]) -> Any:
        """Do one call, or let it fail."""
        fails = self.calls == self.at or (self.lasts and self.calls > self.at >= 0)
        self.calls += 1
        if not fails:
            return work()
        if self.after:
            work()
        fault = sqlite3.OperationalError(ERRORS[self.code])
        fault.sqlite_errorcode = getattr(sqlite3, self.code)
        fault.sqlite_errorname = self.code
        raise fault


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Let every connection of the engine follow a plan of failures."""
    plan = Plan()

    class Cursor(sqlite3.Cursor):
        def execute(self, *arguments: Any) -> Any:
            return plan.run(lambda: super(Cursor, self).execute(*arguments))

        def executemany(self, *arguments: Any) -> Any:
            return plan.run(lambda: super(Cursor, self).executemany(*arguments))

    class Connection(engine._Connection):
        def cursor(self, *_: Any) -> Any:
            return super().cursor(Cursor)

        def execute(self, *arguments: Any) -> Any:
            return plan.run(lambda: super(Connection, self).execute(*arguments))

        def commit(self) -> None:
            plan.run(super().commit)

    def connect(*arguments: Any, **options: Any) -> Any:
        return plan.run(lambda: real(*arguments, **options | {"factory": Connection}))

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", connect)
    return plan


@pytest.mark.parametrize("number", CODES)
def test_any_call_may_fail(tmp_path: Path, plan: Plan, fault: Fault, number: int) -> None:
    """Whichever call of an append fails, all of it is saved or none; later it is saved once."""
    calls = 0
    for code in CODES[number]:
        for how in ("once", "from then on", "after its work"):
            calls += fail_each_call(tmp_path / f"{code} {how}.db", plan, code, how)
    fault.report(
        number, f"a call of the connection fails with {', '.join(CODES[number])}", count=calls
    )


def fail_each_call(path: Path, plan: Plan, code: str, how: str) -> int:
    """Write keys; in each, a later call fails. Returns how many failed."""
    keys: list[list[Draft]] = []
    failed = 0
    with held(path) as ledger:
        examined(ledger)
        for at in range(1000):
            keys.append(note(at))
            plan.arm(code, at, lasts=how == "from then on", after=how == "after its work")
            told = refused(ledger, keys[-1])
            if plan.disarm() <= at:
                break
            if told is None:
                demand_once(ledger, keys)
                continue
            failed += 1
            assert (told.drafts, told.may_pass) == (tuple(keys[-1]), True)
            assert re.search(rf"^NOT SAVED: [^\n]*{ERRORS[code]}\.$", str(told), re.MULTILINE)
            demand_once(ledger, keys[:-1])
            assert refused(ledger, keys[-1]) is None
            demand_once(ledger, keys)
    assert 6 < at < 100
    if how == "from then on":
        assert failed == at
    else:
        assert failed < at / 2  # a single fault is made up for by a second try
    return at


@pytest.mark.parametrize("code", ERRORS)
def test_opening_may_fail_at_any_call(tmp_path: Path, plan: Plan, code: str) -> None:
    """Whichever call of making a ledger fails, it is an Environment, and the next try works."""
    path = tmp_path / "exam.db"
    for at in range(1000):
        path.unlink(missing_ok=True)
        plan.arm(code, at)
        try:
            Ledger.open(path, SESSION, create=True).close()
        except Environment:
            pass
        else:
            if plan.disarm() <= at:
                break
        plan.disarm()
        with Ledger.open(path, SESSION, create=True) as ledger:
            assert ledger.verify() == []
    assert 20 < at < 200
