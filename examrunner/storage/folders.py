"""Making a folder whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.storage.files import sync_folder
from examrunner.storage.interrupts import held

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a folder to fill, which becomes `target` once it has been filled.

    It stands beside the target, private to the user, and is removed if filling it fails. The
    target must not exist, or be an empty folder. A signal that ends the program waits until then.
    """
    with held(), _filled(target) as folder:
        yield folder


@contextmanager
def _filled(target: Path) -> Iterator[Path]:
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name[:64]}.", dir=target.parent))
    try:
        yield folder
        if target.is_dir():
            target.rmdir()
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sync_folder(target.parent)


def is_free(target: Path) -> bool:
    """Say whether nothing stands at a path, or only an empty folder."""
    if target.is_symlink() or not target.is_dir():
        return not (target.is_symlink() or target.exists())
    return next(target.iterdir(), None) is None
