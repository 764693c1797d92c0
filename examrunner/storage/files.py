"""Writing files so that a reader finds the old one or the new one, never half of one.

Files are private to the user (0600), folders too (0700). Faults of the machine come out as the
OSError that they are: the caller knows what the file was for.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

from examrunner.storage.interrupts import held

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


@held()
def write_atomically(
    path: Path, data: bytes, mode: int = PRIVATE_FILE, *, durable: bool = True
) -> None:
    """Replace a file by new bytes in one step.

    A temporary file in the same folder is filled, forced to the disk and renamed. When this
    returns, the bytes survive a power cut, unless `durable` is off, which suits data that can
    be made again. A signal that ends the program waits for the whole step. A folder that takes no
    file is what its fault names.
    """
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.name[:64]}.", suffix=".part", dir=path.parent
        )
    except OSError as fault:
        fault.filename = str(path.parent)
        raise
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can enter, or take the others' rights from it.

    A folder that is made survives a power cut, and so do those above it.
    """
    made = list(takewhile(lambda one: not one.exists(), (folder, *folder.parents)))
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for one in made:
        sync_folder(one.parent)
    if folder.stat().st_mode & 0o077:
        folder.chmod(PRIVATE_FOLDER)


def keep_private(folder: Path) -> None:
    """Take the others' rights from a folder and the files in it, as far as the system allows.

    What lies deeper is out of reach with the folder. A link is not followed.
    """
    with suppress(OSError):
        make_private(folder)
        for path in folder.iterdir():
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode) and mode & 0o077:
                path.chmod(stat.S_IMODE(mode) & 0o700)


def sync_folder(folder: Path) -> None:
    """Force a rename to the disk. Windows cannot open a folder and needs no such thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stamp(path: Path) -> tuple[int, int]:
    """Return what tells two states of a file apart: when it was changed, and its size."""
    try:
        about = path.stat()
    except OSError:
        return 0, -1
    return about.st_mtime_ns, about.st_size
