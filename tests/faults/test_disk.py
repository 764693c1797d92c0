"""A disk that fails: full, read-only, broken, or not ours to write.

What was not saved is told, the record stays whole and readable, and the same drafts are saved
once, in order, when the disk is back.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment
from examrunner.services.opening import open_desk
from examrunner.storage.database.ledger import Ledger
from tests.classes import VERDICTS, examine, write_session
from tests.fakes import FakeEntropy
from tests.faults.keys import contents, crash, demand_once, note, refused
from tests.storage.ledgers import NOW, SESSION, examined, held, process, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.storage.database.drafts import Draft
    from tests.faults.conftest import Fault

NOBODY = 65534
"""A user who is neither root nor the owner."""


def run(*command: object) -> subprocess.CompletedProcess[str]:
    """Run a program of the system."""
    words = [str(one) for one in command]
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)


@contextmanager
def mounted(folder: Path, kind: str) -> Iterator[Path]:
    """Give a disk of a few megabytes; skips where no disk may be mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk: nothing was tested on a real one")
    place = folder / "disk"
    place.mkdir()
    try:
        if kind == "ext4":
            image = folder / "image"
            with image.open("wb") as file:
                file.truncate(4 << 20)
            run("mkfs.ext4", "-q", "-F", "-m", "0", image)
            run("mount", "-o", "loop", image, place)
        else:
            run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0755", "tmpfs", place)
    except (OSError, subprocess.CalledProcessError) as fault:
        pytest.skip(f"no disk can be mounted here: {getattr(fault, 'stderr', fault)}")
    try:
        yield place
    finally:
        run("umount", "--lazy", place)  # at once, or as soon as a failed test lets go of it


@pytest.fixture(params=["ext4", "tmpfs"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Give a small disk, as a file in a loop or in memory."""
    with mounted(tmp_path, request.param) as place:
        yield place


def fill(place: Path) -> Path:
    """Fill a disk to the last byte. Returns the file that does."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return filler


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Make a disk read-only for a while."""
    run("mount", "-o", "remount,ro", place)
    try:
        yield
    finally:
        run("mount", "-o", "remount,rw", place)


def append_all(ledger: Ledger, keys: list[list[Draft]]) -> int:
    """Write keys in order, up to the first that is not saved. Returns how many were saved."""
    for number, key in enumerate(keys):
        if told := refused(ledger, key):
            assert (told.drafts, told.may_pass) == (tuple(key), True)
            return number
    return len(keys)


@pytest.mark.root
def test_a_disk_that_is_full_for_a_while(disk: Path, fault: Fault) -> None:
    """On a full disk events are NOT SAVED, reads work, and later they are saved once, in order."""
    keys = [note(number) for number in range(60)]
    done = full = 0
    with held(disk / "session" / "exam.db") as ledger:
        examined(ledger)
        while done < len(keys):
            filler = fill(disk)
            saved = append_all(ledger, keys[done:])
            full += done + saved < len(keys)
            done += saved
            demand_once(ledger, keys[:done])
            for _ in range(3):  # a key pressed again and again changes nothing
                assert append_all(ledger, keys[done : done + 1]) == 0
            demand_once(ledger, keys[:done])
            filler.unlink()
            some = fault.random.randint(1, 8)
            assert append_all(ledger, keys[done : done + some]) == len(keys[done : done + some])
            done += len(keys[done : done + some])
        demand_once(ledger, keys)
    assert full > 5
    fault.report(10, f"{disk.name} of a few megabytes filled up between two marks", count=full)


@pytest.mark.root
def test_a_full_disk_makes_no_half_ledger(disk: Path) -> None:
    """A ledger that cannot be made for want of space is an Environment; with space it is made."""
    filler = fill(disk)
    path = disk / "exam.db"
    with pytest.raises(Environment, match=r"full|space"):
        Ledger.open(path, SESSION, create=True)
    filler.unlink()
    with held(path) as ledger:
        examined(ledger)
        assert ledger.verify() == []


@pytest.mark.root
def test_a_disk_that_is_read_only_for_a_while(disk: Path, fault: Fault) -> None:
    """On a disk that turns read-only events are NOT SAVED, reads work, and later all is saved."""
    keys = [note(number) for number in range(20)]
    with held(disk / "session" / "exam.db") as ledger:
        examined(ledger)
        for number in range(10):
            with read_only_for(ledger, disk):
                assert append_all(ledger, keys[2 * number :]) == 0
                demand_once(ledger, keys[: 2 * number])
            assert append_all(ledger, keys[2 * number : 2 * number + 2]) == 2
        demand_once(ledger, keys)
    fault.report(11, "the disk is remounted read-only between two marks", count=10)


@contextmanager
def read_only_for(ledger: Ledger, place: Path) -> Iterator[None]:
    """Make a disk read-only under a ledger, whose file must not be open for writing just then."""
    ledger._writing.dispose()
    with read_only(place):
        yield
        ledger._writing.dispose()


@pytest.mark.root
def test_a_session_on_a_read_only_disk_is_told(disk: Path) -> None:
    """A session on a read-only disk opens with an Environment, and nothing of it changes."""
    folder = write_session(disk / "small")
    clock = examine(folder, VERDICTS)
    before = contents(folder)
    with read_only(disk), pytest.raises(Environment):
        open_desk(folder, clock, FakeEntropy(), "ann")
    assert contents(folder) == before
    open_desk(folder, clock, FakeEntropy(), "ann").close()


@pytest.mark.root
def test_a_crash_before_a_disk_turned_read_only_is_told(disk: Path) -> None:
    """A journal that a read-only disk does not let SQLite roll back is an Environment."""
    path = disk / "session" / "exam.db"
    with held(path) as ledger:
        examined(ledger)
    crash(path)
    with read_only(disk), pytest.raises(Environment):
        Ledger.open(path, SESSION, create=False)
    with Ledger.open(path, SESSION, create=False) as ledger:
        demand_once(ledger, [])


# --- a folder that is not ours -------------------------------------------------------------


def try_as_nobody(name: str) -> None:
    """As another user, try to read and write a ledger; say what came of it."""
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    for create in (False, True):
        try:
            with Ledger.open(Path(name), SESSION, create=create) as ledger:
                say(len(ledger.events()))
                ledger.take_lease("eve", NOW)
        except Environment as fault:
            say(type(fault).__name__)


@pytest.mark.root
@pytest.mark.parametrize("modes", [(0o755, 0o644), (0o777, 0o444), (0o700, 0o600)])
def test_a_folder_that_another_user_owns(fault: Fault, modes: tuple[int, int]) -> None:
    """Who may not write a ledger's folder or file is told so, and nothing changes."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user: nothing was tested as one")
    with ExitStack() as stack:
        top = Path(stack.enter_context(temporary_for_all()))
        path = top / "session" / "exam.db"
        with held(path) as ledger:
            examined(ledger)
        path.parent.chmod(modes[0])
        path.chmod(modes[1])
        before = contents(top)
        other = process(try_as_nobody, path)
        words, _ = other.communicate(timeout=30)
        assert other.returncode == 0
        read = ["5"] if modes[1] & 0o004 else []
        assert words.split() == [*read, "Environment", "Environment"]
        assert contents(top) == before
    fault.report(11, "a folder or file of another user", count=2)


@contextmanager
def temporary_for_all() -> Iterator[str]:
    """Give a folder that every user can reach, which pytest's own is not."""
    folder = tempfile.mkdtemp()
    Path(folder).chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
