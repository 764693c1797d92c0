"""doctor, as it is typed: five answers, in words and as data."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.main import main
from examrunner.storage import machine
from tests.classes import ROSTER_ERROR, write_session
from tests.services.desks import CORRUPT
from tests.storage.ledgers import changed, raw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Captured = pytest.CaptureFixture[str]


def typed(*words: object) -> int:
    """Run the program with these words."""
    return main([str(word) for word in words])


def foreign(folder: Path) -> None:
    """Put another program's file in the record's place, where there never was a record."""
    for path in folder.iterdir():
        if path.name not in ("session.yaml", "roster.csv", "reviews.csv", "backups"):
            path.unlink()
    for copy in (folder / "backups").iterdir():
        copy.unlink()
    (folder / "backups").rmdir()
    raw(folder / "exam.db", "CREATE TABLE notes (x)")


def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no folder be written, as a disk that is mounted read-only does."""

    def refuse(_: Path) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(machine, "scratch", refuse)


FIVE: dict[str, tuple[Callable[[Path], object] | None, int, str, str]] = {
    "healthy": (None, 0, "Ready: ", ""),
    "damaged": (
        lambda folder: changed(folder / "exam.db", CORRUPT),
        1,
        "Event 2 does not follow from the ones before it",
        "examrunner restore",
    ),
    "foreign": (foreign, 3, "exam.db was not made by examrunner", "Name another database"),
    "newer": (
        lambda folder: raw(folder / "exam.db", "PRAGMA user_version = 99"),
        3,
        "made by a newer examrunner (schema 99",
        "Update examrunner",
    ),
    "read-only": (
        None,
        4,
        "The folder cannot be written: Read-only file system.",
        "Use a folder and a disk that you may write to",
    ),
}


@pytest.fixture(params=FIVE)
def ill(
    request: pytest.FixtureRequest, session: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, int, str, str]:
    """Give a session in one of five states, and what is to be said of it."""
    cause, code, words, hint = FIVE[request.param]
    if cause is not None:
        cause(session)
    if request.param == "read-only":
        read_only(monkeypatch)
    return session, code, words, hint


def test_five_states_give_five_answers(ill: tuple[Path, int, str, str], capsys: Captured) -> None:
    """Each has its exit code, its words, and what to do."""
    folder, code, words, hint = ill
    assert typed("doctor", folder) == code
    said = capsys.readouterr().out
    assert words in said
    assert hint in said
    assert said.splitlines()[-1].startswith("Ready: " if code == 0 else "Not ready: ")


def test_five_states_as_data(ill: tuple[Path, int, str, str], capsys: Captured) -> None:
    """Stdout is one document that says the same; the words stand on stderr."""
    folder, code, words, hint = ill
    assert typed("doctor", folder, "--json") == code
    captured = capsys.readouterr()
    data = json.loads(captured.out)
    assert data["ok"] == (code == 0)
    errors = [one for one in data["checks"] if one["state"] == "error"]
    assert bool(errors) == (code != 0)
    assert not errors or any(words in one["words"] and hint in one["hint"] for one in errors)
    assert words in captured.err


def test_the_data_of_a_healthy_session(session: Path, capsys: Captured) -> None:
    """Checks, rules and head have the keys that scripts rely on."""
    assert typed("doctor", session, "--deep", "--json") == 0
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert list(data) == ["ok", "checks", "rules", "head"]
    for check in data["checks"]:
        assert list(check) == ["group", "name", "state", "words", "hint"]
    groups = list(dict.fromkeys(one["group"] for one in data["checks"]))
    assert groups == ["machine", "files", "record", "content"]
    assert {"draws", "states", "mirror"} <= {one["name"] for one in data["checks"]}
    assert data["rules"][0]["about"] == "session"
    events = raw(session / "exam.db", "SELECT count(*) FROM event")[0][0]
    last = raw(session / "exam.db", f"SELECT hash FROM event WHERE seq = {events}")[0][0]
    assert data["head"] == {"events": events, "hash": last}


def test_rules_are_read_out(session: Path, capsys: Captured) -> None:
    """That nothing happens by itself when time is up stands among them."""
    assert typed("doctor", session) == 0
    said = capsys.readouterr().out
    assert "Nothing happens by itself" in said
    assert "09:00 to 09:30, America/Chicago" in said
    assert "pass 10, fail 0. Edge gives no score." in said


def test_a_draft_with_errors_is_not_ready(tmp_path: Path, capsys: Captured) -> None:
    """What makes the day impossible is told with its place, exit code 1."""
    folder = write_session(tmp_path / "small", roster=ROSTER_ERROR)
    assert typed("doctor", folder) == 1
    said = capsys.readouterr().out
    assert "roster.csv:6: " in said
    assert "Not ready: 1 error" in said


def test_without_a_session_the_machine_is_looked_at(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No session is needed to ask whether the machine is fit."""
    monkeypatch.chdir(tmp_path)
    assert typed("doctor", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert {one["group"] for one in data["checks"]} == {"machine"}
    assert (data["rules"], data["head"]) == ([], None)


def test_a_folder_that_is_no_session(tmp_path: Path, capsys: Captured) -> None:
    """It is told so, together with the machine; a folder that is not there is wrong usage too."""
    assert typed("doctor", tmp_path) == 2
    assert "This folder holds no session" in capsys.readouterr().out
    assert typed("doctor", tmp_path / "none") == 2
    assert "There is no folder" in capsys.readouterr().err


def test_several_sessions_and_none_named(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then one has to be named, as for every command."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sessions").mkdir()
    for name in ("one", "two"):
        write_session(tmp_path / "sessions" / name)
    assert typed("doctor") == 2
    assert "There are several sessions" in capsys.readouterr().err


def test_a_hostile_session_name_reaches_no_terminal(tmp_path: Path, capsys: Captured) -> None:
    """Control characters in a file's text come out as visible marks."""
    folder = write_session(tmp_path / "small", settings='kind: "quiz\\e]0;owned\\a"\n')
    typed("doctor", folder)
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert "\x07" not in captured.out + captured.err
