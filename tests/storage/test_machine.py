"""What the machine says of its disk, its modes, its locks and its terminal."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

import pytest

from examrunner.storage import machine
from examrunner.storage.database.measuring import COMMITS, measure

MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 27 0:50 / /data/ann rw - nfs4 server:/data rw
31 30 0:51 / /data/ann/my\\040stick rw - vfat /dev/sdb1 rw
32 27 0:52 / /mnt rw - tmpfs tmpfs rw
33 27 0:53 / /mnt rw - fuse.sshfs host: rw
a line that says nothing
""".splitlines()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/exam", "ext4"),
        ("/data/ann/exam", "nfs4"),
        ("/data/ann/my stick/exam", "vfat"),
        ("/data/anna", "ext4"),
        ("/mnt", "fuse.sshfs"),
    ],
)
def test_the_nearest_mount_says_the_kind_of_file_system(folder: str, kind: str) -> None:
    """The longest mount point above a folder counts, and of two on one place the later."""
    assert machine.kind_of(Path(folder), MOUNTS) == kind


def test_without_a_list_of_mounts_the_kind_is_unknown() -> None:
    """Nothing is guessed."""
    assert machine.kind_of(Path("/srv"), []) == ""


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuseblk", "9p"])
def test_file_systems_of_others_are_known(kind: str) -> None:
    """Locks of the network's and of programs' file systems are not relied on."""
    assert machine.is_remote(kind)


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "xfs", "zfs", "tmpfs", "overlay", "apfs", ""])
def test_own_file_systems_are_no_cause_for_a_warning(kind: str) -> None:
    """The usual ones pass, and so does one that is not known."""
    assert not machine.is_remote(kind)


@pytest.mark.parametrize(
    "part", ["Dropbox", "OneDrive - A University", "Google Drive", "Mobile Documents", "iCloud"]
)
def test_synced_folders_are_seen_by_their_path(tmp_path: Path, part: str) -> None:
    """Any part of the path counts, as it is written."""
    assert machine.synced_by(tmp_path / part / "exams") == part


def test_other_folders_are_not_taken_for_synced(tmp_path: Path) -> None:
    """A name that only holds such a word is none."""
    assert machine.synced_by(tmp_path / "exam-about-dropbox") == ""


def test_a_right_of_anybody_else_is_seen(tmp_path: Path) -> None:
    """One bit for group or others is enough; a link has no rights of its own."""
    file, link = tmp_path / "a", tmp_path / "b"
    file.touch(mode=0o600)
    link.symlink_to(file)
    assert not machine.is_open_to_others(file)
    assert not machine.is_open_to_others(link)
    file.chmod(0o640)
    assert machine.is_open_to_others(file)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's list of locks")
def test_a_lock_is_seen_without_taking_it(tmp_path: Path) -> None:
    """A held file counts as locked, a let-go or missing one does not."""
    path = tmp_path / "lock"
    assert machine.is_locked(path) is False
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        assert machine.is_locked(path) is False
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert machine.is_locked(path) is True
        fcntl.flock(file, fcntl.LOCK_UN)
        assert machine.is_locked(path) is False
    finally:
        os.close(file)


def test_where_locks_are_not_listed_nothing_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the kernel's list the answer is that nobody knows."""
    monkeypatch.setattr(machine, "_LOCKS", tmp_path / "none")
    path = tmp_path / "lock"
    path.touch()
    assert machine.is_locked(path) is None


def test_a_scratch_folder_goes_away(tmp_path: Path) -> None:
    """Nothing is left of a measurement, and it was made with the ledger's settings."""
    with machine.scratch(tmp_path) as made:
        found = measure(made)
        assert made.parent == tmp_path
    assert list(tmp_path.iterdir()) == []
    assert (found.journal, found.synchronous) == ("delete", "extra")
    assert COMMITS
    assert 0 < found.seconds < 10


def test_a_terminal_tells_its_size_and_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real pty of a known kind is asked; COLORTERM outdoes what the kind says."""
    mine, its = os.openpty()
    kept = os.dup(1)
    try:
        os.dup2(its, 1)
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("COLORTERM", raising=False)
        found = machine.terminal()
        assert found is not None
        assert found.kind == "xterm-256color"
        assert found.colours in (0, 256)  # 0 where its description is not installed
        monkeypatch.setenv("COLORTERM", "truecolor")
        again = machine.terminal()
        assert again is not None
        assert again.colours == machine.TRUE_COLOURS
    finally:
        os.dup2(kept, 1)
        for file in (mine, its, kept):
            os.close(file)


def test_no_terminal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none of the three streams is a terminal there is nothing to ask."""
    monkeypatch.setattr(os, "isatty", lambda _: False)
    assert machine.terminal() is None
