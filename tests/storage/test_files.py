"""Files are replaced whole or not at all, and are private."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from examrunner.storage import files
from examrunner.storage.files import make_private, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_made_and_replaced(tmp_path: Path, *, durable: bool) -> None:
    """New bytes take the place of old ones and nothing else stays in the folder."""
    path = tmp_path / "f"
    for data in (b"one", b"two"):
        write_atomically(path, data, durable=durable)
        assert path.read_bytes() == data
        assert list(tmp_path.iterdir()) == [path]


@posix
def test_files_are_private_unless_asked_otherwise(tmp_path: Path) -> None:
    """The mode is 0600, or the one that was asked for, whatever it was before."""
    path = tmp_path / "f"
    write_atomically(path, b"x", 0o644)
    assert path.stat().st_mode & 0o777 == 0o644
    write_atomically(path, b"x")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_fault_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """When the disk refuses, the old bytes stand and no temporary file is left."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "f"
    write_atomically(path, b"old")
    monkeypatch.setattr(step, refuse)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The fault names the folder that was asked for, never a temporary file."""
    with pytest.raises(FileNotFoundError) as fault:
        write_atomically(tmp_path / "gone" / "f", b"x")
    assert fault.value.filename == str(tmp_path / "gone")


@posix
def test_the_folder_is_forced_to_the_disk_after_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rename itself is made durable, and only where it matters."""
    synced: list[Path] = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    write_atomically(tmp_path / "f", b"x", durable=False)
    assert synced == []
    write_atomically(tmp_path / "f", b"x")
    assert synced == [tmp_path]


@posix
def test_a_private_folder_keeps_others_out(tmp_path: Path) -> None:
    """A new folder is 0700, and one that others could enter becomes so."""
    new, loose = tmp_path / "a" / "b", tmp_path / "c"
    make_private(new)
    loose.mkdir(mode=0o755)
    make_private(loose)
    make_private(loose)
    assert [folder.stat().st_mode & 0o777 for folder in (new, loose)] == [0o700, 0o700]
