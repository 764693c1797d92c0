"""A student's own review: found by its exact name, never by a path made of ids."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from examrunner.storage.readers.own_reviews import (
    LONGEST,
    find_own_review,
    read_own_review,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a session folder with reviews of Ana's."""
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews" / "ana-lora.txt").write_text("text", encoding="utf-8")
    return tmp_path


def test_a_review_is_found_by_its_name(folder: Path) -> None:
    """Markdown goes before plain text; another student or reading has none."""
    found = find_own_review(folder, "ana", "lora")
    assert found is not None
    assert (found.name, read_own_review(found)) == ("reviews/ana-lora.txt", "text")
    (folder / "reviews" / "ana-lora.md").write_text("marked", encoding="utf-8")
    found = find_own_review(folder, "ana", "lora")
    assert found is not None
    assert read_own_review(found) == "marked"
    assert find_own_review(folder, "chi", "lora") is None
    assert find_own_review(folder / "none", "ana", "lora") is None


@pytest.mark.parametrize("student", ["../ana", "/etc/passwd", "..", "", "*", "reviews/ana"])
def test_ids_never_become_paths(folder: Path, student: str) -> None:
    """An id with a path in it finds nothing, also where that path exists."""
    (folder / "ana-lora.txt").write_text("outside", encoding="utf-8")
    assert find_own_review(folder, student, "lora") is None


def test_links_folders_and_pipes_are_no_reviews(folder: Path) -> None:
    """Only a plain file inside the folder is read, and nothing hangs."""
    (folder / "outside.txt").write_text("private", encoding="utf-8")
    (folder / "reviews" / "chi-lora.md").symlink_to(folder / "outside.txt")
    (folder / "reviews" / "eli-lora.md").mkdir()
    os.mkfifo(folder / "reviews" / "zoe-lora.md")
    for student in ("chi", "eli", "zoe"):
        assert find_own_review(folder, student, "lora") is None
    (folder / "reviews").rename(folder / "real")
    (folder / "reviews").symlink_to(folder / "real")
    assert find_own_review(folder, "ana", "lora") is None


def test_a_long_or_broken_review_is_read_as_far_as_it_goes(folder: Path) -> None:
    """Only the beginning is read; odd bytes become signs; a file gone meanwhile is None."""
    path = folder / "reviews" / "ana-lora.txt"
    path.write_bytes(b"\xef\xbb\xbfgood \xff" + b"x" * 3 * LONGEST)
    found = find_own_review(folder, "ana", "lora")
    assert found is not None
    text = read_own_review(found)
    assert text is not None
    assert text.startswith("good \ufffdx")
    assert len(text) < LONGEST
    path.unlink()
    assert read_own_review(found) is None
