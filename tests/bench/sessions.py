"""Sessions to measure: classes of any size, one with an exam under way."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from examrunner.services import conduct, draws
from examrunner.services.opening import open_desk
from examrunner.storage.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.desk import Desk

PAPERS = 20
MOST_ROWS = 40_000
"""Of a table of reviews: a reader takes 50,000."""


def folder_of(folder: Path, name: str, students: int) -> Path:
    """Write a session folder of a class that reviewed every paper."""
    session = folder / name
    session.mkdir(mode=0o700)
    digits = len(str(students))
    ids = [f"{n:0{digits}d}" for n in range(1, students + 1)]
    roster = "".join(f"s{n},Student {n}\n" for n in ids)
    (session / "roster.csv").write_text(f"student_id,name\n{roster}")
    papers = min(PAPERS, MOST_ROWS // students)
    rows = "".join(f"s{n},paper-{paper:02d}\n" for n in ids for paper in range(papers))
    (session / "reviews.csv").write_text(f"student_id,reading_id\n{rows}")
    (session / "session.yaml").write_text(
        f"session: {name}\nexam:\n  window: {{start: 09:00, end: 11:00, timezone: UTC}}\n"
    )
    return session


def _desk(session: Path) -> Desk:
    return open_desk(session, SystemClock(), secrets.token_bytes, "bench")


def opened(folder: Path, students: int) -> Path:
    """Return a committed session whose first call was taken back; made once for each size."""
    name = f"class-of-{students}"
    if (folder / name).exists():
        return folder / name
    session = folder_of(folder, name, students)
    desk = _desk(session)
    key = conduct.call(desk, desk.rows()[0].key)
    conduct.send_back(desk, desk.row(key).attempt)
    desk.close()
    return session


def running(folder: Path) -> Path:
    """Return a session with a running exam on general questions, as a killed program leaves it."""
    session = folder_of(folder, "running", 24)
    desk = _desk(session)
    key = conduct.call(desk, desk.rows()[0].key)
    conduct.present(desk, desk.row(key).attempt)
    conduct.start(desk, draws.reveal(desk, desk.row(key).attempt))
    desk.close()
    return session
