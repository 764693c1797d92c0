"""What the tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from examrunner.services import day_acts
from tests.banks import clean_bank
from tests.services.desks import Room, write_small


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clean bank in the working directory."""
    monkeypatch.chdir(tmp_path)
    path = Path("trees.yaml")
    path.write_text(clean_bank())
    return path


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Return a session that nobody has opened."""
    return write_small(tmp_path)


@pytest.fixture
def over(draft: Path) -> Path:
    """Return a session whose day is over."""
    room = Room(draft)
    room.decided("ana")
    day_acts.close(room.desk)
    room.leave()
    return draft
