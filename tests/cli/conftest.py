"""What the tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.banks import clean_bank


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clean bank in the working directory."""
    monkeypatch.chdir(tmp_path)
    path = Path("trees.yaml")
    path.write_text(clean_bank())
    return path
