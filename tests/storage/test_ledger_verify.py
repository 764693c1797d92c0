"""Verify finds what was changed behind the program's back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment
from examrunner.domain.exam import events as ev
from examrunner.domain.plain import sha256
from examrunner.storage.database.drafts import Draft
from examrunner.storage.database.ledger import Ledger
from tests.storage.ledgers import ATTEMPT, NOW, SESSION, changed, examined, held, raw

if TYPE_CHECKING:
    from pathlib import Path

BANK = '{"bank":1}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a ledger's file with a commit and an exam in it."""
    path = tmp_path / "exam.db"
    with held(path) as ledger:
        committed = ev.Committed("c", 1, {"bank:lora": sha256(BANK)})
        ledger.append([Draft(committed)], NOW, "ann", documents={sha256(BANK): BANK})
        examined(ledger)
        assert ledger.verify() == []
    return path


def rules(path: Path) -> list[str]:
    """Return the rules of the problems that a file has."""
    with Ledger.open(path, SESSION, create=False) as ledger:
        return [problem.rule for problem in ledger.verify()]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE event SET body = replace(body, 'lora', 'bert') WHERE seq = 3", ["chain", "state"]),
        ("UPDATE event SET body = replace(body, ',\"', ', \"') WHERE seq = 3", ["chain"]),
        ("UPDATE event SET body = '{' WHERE seq = 3", ["event", "chain", "state"]),
        ("UPDATE event SET kind = 'dreamt' WHERE seq = 3", ["event", "chain", "state"]),
        ("UPDATE event SET actor = 'eve' WHERE seq = 3", ["chain", "state"]),
        ("UPDATE event SET boot_ns = 1 WHERE seq = 4", ["chain"]),
        ("UPDATE event SET attempt = NULL WHERE seq = 4", ["event"]),
        ("UPDATE event SET hash = prev WHERE seq = 6", ["chain"]),
        ("DELETE FROM event WHERE seq = 4", ["chain", "state"]),
        ("UPDATE attempt SET state = replace(state, 'lora', 'bert')", ["state"]),
        ("UPDATE attempt SET phase = 'decided'", ["state"]),
        ("UPDATE attempt SET number = 2", ["state"]),
        ("DELETE FROM attempt", ["state"]),
        ("INSERT INTO attempt VALUES ('demo', 'x', 'x', 1, 'waiting', '{}')", ["state"]),
        ("UPDATE text SET text = 'Knew nothing.'", ["text"]),
        ("UPDATE text SET salt = 'other'", ["text"]),
        ("UPDATE document SET content = '{}'", ["document"]),
        ("DELETE FROM document", ["document"]),
    ],
)
def test_a_change_is_found(path: Path, statement: str, expected: list[str]) -> None:
    """A change of any part of the record is found and named by its rule."""
    changed(path, statement)
    assert rules(path) == expected


def test_a_forgotten_text_is_no_problem(path: Path) -> None:
    """Where a text was forgotten, the chain still holds and nothing is wrong."""
    raw(path, "DELETE FROM text")
    assert rules(path) == []


def test_a_problem_does_not_tell_the_text(path: Path) -> None:
    """What verify says of a changed note holds neither the note nor its change."""
    changed(path, "UPDATE text SET text = 'Knew nothing.'")
    with Ledger.open(path, SESSION, create=False) as ledger:
        words = " ".join(map(str, ledger.verify()))
    assert "Knew" not in words


def test_a_damaged_page_is_found(path: Path) -> None:
    """A page overwritten with rubbish is a problem of the file, not a traceback."""
    size = 4096
    (page,) = raw(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'event'")[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    assert rules(path)[0] == "file"


def test_one_attempt_that_cannot_be_read_is_told(path: Path) -> None:
    """A damaged state is an Environment where it is read, and a problem where it is verified."""
    changed(path, 'UPDATE attempt SET state = \'{"phase":"dreaming"}\'')
    with Ledger.open(path, SESSION, create=False) as ledger:
        with pytest.raises(Environment, match="damaged"):
            ledger.attempts()
        assert [problem.rule for problem in ledger.verify()] == ["state"]
        assert ATTEMPT in ledger.verify()[0].text
