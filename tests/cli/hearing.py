"""An ear for what commands tell of how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.cli.progress import Progress

if TYPE_CHECKING:
    import pytest


def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float | None]]:
    """Return a list to which all comes that is told: words, and how much is done."""
    told: list[tuple[str, float | None]] = []

    def tell(_: Progress, words: str, part: float | None = None) -> None:
        told.append((words, part))

    monkeypatch.setattr(Progress, "tell", tell)
    return told
