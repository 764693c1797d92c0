"""A small real disk that fills up or turns unwritable in the middle of an exam (faults 10, 11)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from examrunner.services.demo import copy_demo
from tests.faults.test_one_examiner import to_the_sheet
from tests.terminal.driver import Terminal
from tests.terminal.test_terminal import environment, program, results

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Fault

MEGABYTES = 6
pytestmark = [
    pytest.mark.pty,
    pytest.mark.root,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mkfs.ext4") is None,
        reason="a loop mount needs Linux, root and mkfs.ext4",
    ),
]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small file system of its own."""
    image, place = tmp_path / "disk.img", tmp_path / "disk"
    image.write_bytes(bytes(MEGABYTES << 20))
    place.mkdir()
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
    mounted = subprocess.run(
        ["mount", "-o", "loop", str(image), str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no loop mount here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Leave not one block free. Returns the file that takes them."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1024))
    return filler


def mark_until_full(exam: Terminal) -> None:
    """Mark until nothing can be saved: the ledger may have room left inside its own file."""
    for key in "h!12" * 100:
        exam.send(key)
        exam.pump(0.05)
        if "NOT SAVED" in exam.text():
            break
    exam.wait("NOT SAVED +[0-9]+ events? wait")


def test_the_exam_goes_on_while_the_disk_is_full(disk: Path, tmp_path: Path, fault: Fault) -> None:
    """Marks, a note and a verdict on a full disk wait, and are all saved once there is room."""
    session = copy_demo(disk / "demo")
    with Terminal(program("open", str(session)), environment(tmp_path)) as exam:
        to_the_sheet(exam)
        exam.press("s", "opening +strong")
        filler = fill(disk)
        mark_until_full(exam)
        exam.press("w", "weak")
        exam.press("d", "esc go on")
        exam.press("p", "PASS")
        exam.press("enter", "✓ .*Student 01")
        assert "NOT SAVED" in exam.text()
        assert not results(session, tmp_path)["students"][0]["score"]
        filler.unlink()
        exam.wait("saved: all [0-9]+ events")
        exam.send("q")
        assert exam.ends() == 0
    first = results(session, tmp_path)["students"][0]
    assert first["score"] == 10
    assert [one["rating"] for one in first["attempts"][0]["questions"]][:2] == ["strong", "weak"]
    fault.report(10, "disk filled in mid exam, on a real file system", count=1)


def test_leaving_on_a_full_disk_loses_nothing(disk: Path, tmp_path: Path, fault: Fault) -> None:
    """Quit while the disk is full: exit 4, the events are in a file, and come in with the start."""
    session = copy_demo(disk / "demo")
    with Terminal(program("open", str(session)), environment(tmp_path)) as exam:
        to_the_sheet(exam)
        filler = fill(disk)
        mark_until_full(exam)
        exam.press("d", "esc go on")
        exam.press("f", "FAIL")
        exam.press("enter", "✓ .*Student 01")
        exam.send("q")
        assert exam.ends() == 4
        assert "could not be saved" in exam.text()
    filler.unlink()
    with Terminal(program("open", str(session)), environment(tmp_path)) as again:
        again.wait("events that had not been saved were taken in")
        again.wait("✓ .*Student 01")
        again.send("q")
        assert again.ends() == 0
    assert results(session, tmp_path)["students"][0]["score"] == 0
    fault.report(10, "left while the disk was full", count=1)


def test_a_folder_that_turns_unwritable(disk: Path, tmp_path: Path, fault: Fault) -> None:
    """Made immutable in mid exam, marks wait; writable again, they are saved."""
    session = copy_demo(disk / "demo")
    with Terminal(program("open", str(session)), environment(tmp_path)) as exam:
        to_the_sheet(exam)
        exam.press("s", "opening +strong")
        subprocess.run(["chattr", "+i", str(session)], check=True)
        exam.press("w", "NOT SAVED +1 event waits")
        subprocess.run(["chattr", "-i", str(session)], check=True)
        exam.wait("saved: all 1 events")
        exam.send("ctrl+q", "ctrl+q")
        exam.ends()
    questions = results(session, tmp_path)["students"][0]["attempts"][0]["questions"]
    assert [one["rating"] for one in questions][:2] == ["strong", "weak"]
    fault.report(11, "folder made unwritable in mid exam", count=1)


def test_a_read_only_session_is_told(disk: Path, tmp_path: Path, fault: Fault) -> None:
    """Opened on a read-only disk the program says so, exit code 4, and changes nothing."""
    session = copy_demo(disk / "demo")
    before = sorted(path.name for path in session.iterdir())
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with Terminal(program("open", str(session)), environment(tmp_path)) as exam:
        assert exam.ends() == 4
        assert "cannot be written" in exam.text()
        assert b"Traceback" not in bytes(exam.raw)
    assert sorted(path.name for path in session.iterdir()) == before
    fault.report(11, "opened on a read-only disk", count=1)
