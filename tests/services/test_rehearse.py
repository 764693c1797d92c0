"""A rehearsed day: whole, of its own secret, and repeatable by its seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Refused
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.problems import BadInput
from examrunner.services.opening import open_desk
from examrunner.services.rehearse import MOST_ABSENT, rehearse
from examrunner.services.results import as_json, read_results
from examrunner.services.verify import verify
from examrunner.storage.clock import FastClock, SystemClock
from examrunner.storage.database.ledger import Ledger
from tests.classes import write_session
from tests.fakes import FakeClock, FakeEntropy
from tests.services.desks import Room, write_small

if TYPE_CHECKING:
    from pathlib import Path


def class_of(folder: Path, count: int) -> Path:
    """Write a session of so many students, each with three papers of ten."""
    roster = "student_id,name\n" + "".join(f"s{n},Student {n}\n" for n in range(count))
    rows = [
        f"s{n},Paper {(n + step) % 10},2024-10-01\n" for n in range(count) for step in (0, 3, 7)
    ]
    return write_session(folder, roster=roster, reviews="student_id,paper,date\n" + "".join(rows))


def sound(folder: Path) -> bool:
    """Say whether a session's record holds, its draws included."""
    secret = (folder / "secret.txt").read_text().strip()
    with Ledger.open(folder / "exam.db", read_results(folder).settings.session, create=False) as it:
        return verify(it, secret) == []


@pytest.mark.parametrize(("count", "seed"), [(1, 1), (3, 2), (7, 3), (24, 4), (24, 5), (60, 6)])
def test_every_day_comes_to_its_end(tmp_path: Path, count: int, seed: int) -> None:
    """Whatever the class: at most two absent, everyone else decided, no edge left, day closed."""
    kept = tmp_path / "kept"
    report = rehearse(class_of(tmp_path / "class", count), kept, seed)
    data = as_json(read_results(kept))
    assert data["phase"] == "closed"
    assert len(report.absent) <= MOST_ABSENT
    assert report.decided == count - len(report.absent)
    scores = [one["score"] for one in data["students"]]
    assert sum(score is None for score in scores) == len(report.absent)
    assert (report.events, report.head) == (data["events"], data["head"])
    assert sound(kept)


def test_one_seed_is_one_day(tmp_path: Path) -> None:
    """The same seed gives the same story, another one another."""
    folder = class_of(tmp_path / "class", 24)
    days = [rehearse(folder, tmp_path / str(n), seed).data() for n, seed in enumerate((5, 5, 6))]
    for day in days:
        for name in ("session", "head", "seed"):
            del day[name]
    assert days[0] == days[1]
    assert days[0] != days[2]


def test_the_real_day_is_not_touched_and_not_told(tmp_path: Path) -> None:
    """From an open session only the files are taken; secret, commit and draws are others."""
    room = Room(write_small(tmp_path))
    room.decided("ana")
    before = room.ledger.head()
    lines = room.ledger.lines()
    kept = tmp_path / "kept"
    rehearse(room.folder, kept, 1)
    assert room.ledger.head() == before
    assert (kept / "secret.txt").read_bytes() != (room.folder / "secret.txt").read_bytes()
    assert (kept / "commit.json").read_bytes() != (room.folder / "commit.json").read_bytes()
    with Ledger.open(kept / "exam.db", "small", create=False) as ledger:
        assert not set(lines) & set(ledger.lines())
    room.leave()


def test_a_kept_rehearsal_is_an_ordinary_session(tmp_path: Path) -> None:
    """It opens, closed as it is, with its course and banks found from where it lies."""
    kept = tmp_path / "far" / "away"
    rehearse(write_small(tmp_path), kept, 3)
    desk = open_desk(kept, FakeClock(), FakeEntropy(), "ann")
    assert desk.phase is SessionPhase.CLOSED
    assert desk.stored_session().without_bank == {"paper-c"}
    desk.close()


def test_a_public_value_takes_part(tmp_path: Path) -> None:
    """With --public the log begins with it, the rules say so, and every draw verifies."""
    kept = tmp_path / "kept"
    rehearse(write_small(tmp_path), kept, 3, "4 2 6")
    with Ledger.open(kept / "exam.db", "small", create=False) as ledger:
        assert '"public":"4 2 6"' in ledger.lines()[0]
    assert read_results(kept).settings.draw.public != "none"
    assert sound(kept)


def test_what_cannot_be_rehearsed_is_told(tmp_path: Path) -> None:
    """A folder that is not empty is refused, and files with errors are named."""
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    folder = write_small(tmp_path)
    with pytest.raises(Refused, match="not empty"):
        rehearse(folder, full, 1)
    (folder / "session.yaml").write_text("exam: {minutes: -3}\n")
    with pytest.raises(BadInput):
        rehearse(folder, tmp_path / "new", 1)
    assert not (tmp_path / "new").exists()


def test_a_fast_clock_runs_fast() -> None:
    """Twenty times as fast: what the real clock passes counts twenty times, on both clocks."""
    real, fast = SystemClock(), FastClock(20)
    first, began = fast.now(), real.now()
    while (real.now().boot_ns - began.boot_ns) < 20_000_000:
        pass
    then, over = fast.now(), real.now()
    passed = (then.boot_ns - first.boot_ns) / 1e9
    assert passed >= 20 * 0.02
    assert passed <= 20 * (over.boot_ns - began.boot_ns) / 1e9 + 0.5
    assert abs((then.at - first.at).total_seconds() - passed) < 0.001
    assert fast.slept() == 0
