"""What the tests of services share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import Verdict
from examrunner.services.doctor import machine
from tests.services.desks import Room, write_small
from tests.services.visits import private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a session folder of four students that nobody has opened."""
    return write_small(tmp_path)


@pytest.fixture
def room(folder: Path) -> Iterator[Room]:
    """Give that session, open."""
    made = Room(folder)
    yield made
    made.leave()


@pytest.fixture
def fit_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the doctor overlook what only this machine and this terminal are to blame for."""
    monkeypatch.setattr(machine, "_terminal", lambda _: None)
    monkeypatch.setattr(machine, "SLOW", 60)


@pytest.fixture
def examined(room: Room) -> Path:
    """Give the session's folder after Ana and Chi were examined and everybody has gone."""
    room.decided("ana", Verdict.PASS)
    room.decided("chi", Verdict.FAIL)
    room.desk.close()
    private(room.folder)
    return room.folder
