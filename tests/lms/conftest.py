"""What the tests of learning management systems share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lms.canvas_server import TOKEN, Recorded
from tests.lms.recorded import fill

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that were to be waited; nobody waits."""
    pytest.importorskip("canvasapi")
    found: list[float] = []
    monkeypatch.setattr("examrunner.storage.live.connection.sleep", found.append)
    monkeypatch.setattr("examrunner.services.canvas_scores.sleep", found.append)
    return found


@pytest.fixture
def canvas(monkeypatch: pytest.MonkeyPatch, naps: list[float]) -> Iterator[Recorded]:
    """Give the server with recorded answers, and the environment that leads there."""
    made = fill(Recorded())
    monkeypatch.setenv("CANVAS_API_TOKEN", TOKEN)
    monkeypatch.setenv("CANVAS_API_URL", made.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield made
    made.close()
