"""What the tests of services share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.desks import Room, write_small

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
