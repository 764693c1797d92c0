"""What the tests of storage share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.storage.readers import cache

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the tests out of the user's cache, and each test in one of its own."""
    folder = tmp_path_factory.mktemp("cache") / "examrunner" / "checked"
    monkeypatch.setattr(cache, "folder", lambda: folder)
    return folder
