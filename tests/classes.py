"""A small invented class: its files, its session, and a day on which it was examined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.events import Rating, Verdict
from examrunner.services import conduct, day_acts, draws
from examrunner.services.opening import open_desk
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ROSTER = """\
student_id,name,email
ana,"Rivera, Ana",ana@example.edu
chi,Chi Okafor,chi@example.edu
eli,Eli Lane,eli@example.edu
zoe,Zoë Núñez,zoe@example.edu
"""
REVIEWS = """\
email,paper,date
ana@example.edu,Attention Is All You Need,2024-10-01
ana@example.edu,Image GPT,2024-10-02
chi@example.edu,Attention Is All You Need,2024-10-03
eli@example.edu,"VQ-VAE: Neural Discrete Representations, Learned",2024-10-04
zoe@example.edu,Image GPT,
"""
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz (1),Oral exam (7),Oral exam Final Score
    Points Possible,,,,,5.00,10.00,(read only)
"Rivera, Ana",101,,ana,CS 1,3.00,,1
"Okafor, Chi",102,,chi,CS 1,3.00,4.00,1
"Lane, Eli",103,,eli,CS 1,3.00,,1
"Núñez, Zoë",104,,zoe,CS 1,3.00,,1
"""
SETTINGS = """\
session: small
exam:
  date: 2024-12-13
  window: {start: 09:00, end: 09:30, timezone: America/Chicago}
"""
VERDICTS: dict[str, Verdict | None] = {
    "ana": Verdict.PASS,
    "chi": Verdict.FAIL,
    "eli": Verdict.EDGE,
    "zoe": None,
}
"""What the examined class was given; None was absent."""
ROSTER_ERROR = ROSTER + "ana,Another Ana,other@example.edu\n"


def write_files(folder: Path, roster: str = ROSTER, reviews: str = REVIEWS) -> tuple[Path, Path]:
    """Write a class list and a table of reviews. Returns their paths."""
    files = folder / "class.csv", folder / "reviewed.csv"
    for file, text in zip(files, (roster, reviews), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def write_session(folder: Path, settings: str = SETTINGS, **texts: str) -> Path:
    """Write a session folder; `roster` and `reviews` may be given."""
    folder.mkdir()
    (folder / "session.yaml").write_text(settings, encoding="utf-8")
    (folder / "roster.csv").write_text(texts.get("roster", ROSTER), encoding="utf-8")
    (folder / "reviews.csv").write_text(texts.get("reviews", REVIEWS), encoding="utf-8")
    return folder


def examine(
    folder: Path, verdicts: Mapping[str, Verdict | None], clock: FakeClock | None = None
) -> FakeClock:
    """Examine students, given by student id, with these verdicts; None marks one absent."""
    clock = clock or FakeClock()
    desk = open_desk(folder, clock, FakeEntropy(), "ann")
    try:
        for student, verdict in verdicts.items():
            key = next(row.key for row in desk.rows() if row.student.student_id == student)
            if verdict is None:
                conduct.absent(desk, key)
                continue
            key = conduct.call(desk, key)
            name = desk.row(key).attempt.id
            conduct.present(desk, desk.attempt(name))
            draws.reveal(desk, desk.attempt(name))
            conduct.start(desk, desk.attempt(name))
            clock.advance(61)
            question = desk.attempt(name).questions[0].id
            conduct.rate(desk, desk.attempt(name), question, Rating.STRONG, 61)
            conduct.note(desk, desk.attempt(name), question, "a private note", 61)
            clock.advance(200)
            conduct.stop(desk, desk.attempt(name))
            conduct.decide(desk, desk.attempt(name), verdict, "a private reason")
            clock.advance(30)
    finally:
        desk.close()
    return clock


def close_day(folder: Path) -> None:
    """End a day, as c on the board does."""
    desk = open_desk(folder, FakeClock(), FakeEntropy(), "ann")
    try:
        day_acts.close(desk)
    finally:
        desk.close()
