"""What the tests of services share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.storage.readers import cache
from tests.services.desks import Room, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the tests out of the user's cache, and each test in one of its own."""
    folder = tmp_path_factory.mktemp("cache") / "examrunner" / "checked"
    monkeypatch.setattr(cache, "folder", lambda: folder)
    return folder


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
