"""A record that is gone or emptied while copies of it are there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.main import main

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = (
    ("results", "{}"),
    ("results", "{}", "--json"),
    ("plan", "{}"),
    ("export", "csv", "{}"),
    ("explain", "ana", "--session", "{}"),
    ("verify", "{}"),
    ("reveal", "{}", "--to", "{}/proof"),
    ("forget", "{}", "Ana Rivera", "--yes"),
)


@pytest.mark.parametrize("is_empty", [True, False], ids=["emptied", "gone"])
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:3]))
def test_nobody_is_called_waiting_where_verdicts_were_lost(
    session: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], *, is_empty: bool
) -> None:
    """Each command says what brings the record back, and neither makes nor deletes anything."""
    record = session / "exam.db"
    record.unlink()
    if is_empty:
        record.touch()
    (session / "events.jsonl").write_text("{}\n", encoding="utf-8")
    before = {path.name: path.stat().st_size for path in session.rglob("*")}
    assert main([word.format(session) for word in words]) == 3
    told = capsys.readouterr()
    text = json.loads(told.out)["problems"][0]["text"] if "--json" in words else told.err
    assert "The record of this session is missing, and copies of it are here." in text
    assert {path.name: path.stat().st_size for path in session.rglob("*")} == before


def test_an_empty_file_alone_is_a_draft(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a program ended before it wrote anything, nobody was called: nothing is lost."""
    for path in session.rglob("*"):
        if path.suffix in (".db", ".jsonl"):
            path.unlink()
    (session / "exam.db").touch()
    assert main(["results", str(session)]) == 0
    assert "waiting" in capsys.readouterr().out
    assert (session / "exam.db").stat().st_size == 0
