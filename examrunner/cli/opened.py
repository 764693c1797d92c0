"""A session, open for writing, for the length of one command."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.services.desk import Desk


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """Give the session's desk: refused while the app has it open."""
    import secrets

    from examrunner.services.opening import open_desk
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    desk = open_desk(folder, SystemClock(), secrets.token_bytes, examiner())
    try:
        yield desk
    finally:
        desk.close()
