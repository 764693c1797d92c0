"""Faults 29 and 30: others on the machine read grades, and a forgotten student's data stay."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from examrunner.services import forget, purge
from examrunner.services.demo import copy_demo
from examrunner.services.folders import SECRET_FILE, UNFINISHED
from examrunner.services.roll import find, read_roll
from examrunner.services.verify import verify
from examrunner.storage.database.ledger import Ledger
from tests.classes import REVIEWS, ROSTER, write_files
from tests.fakes import FakeClock
from tests.faults.conftest import Fault, often
from tests.services.people import CHI, LEI, MENTION, ZOE, emergency, examined, left_behind, strewn
from tests.tui.room import CALL, room

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[2]
KILLS = often(12)


def _carried_out(folder: Path) -> None:
    roll = read_roll(folder)
    forget.forget(forget.plan(roll, (find(roll, "0007700001"),)), FakeClock(), "ann")


def _wrong(folder: Path) -> list[str]:
    with Ledger.open(folder / "exam.db", "small", create=False) as ledger:
        secret = (folder / SECRET_FILE).read_text("ascii").strip()
        return [problem.text for problem in verify(ledger, secret)]


def _receipts(folder: Path) -> int:
    with Ledger.open(folder / "exam.db", "small", create=False) as ledger:
        return sum(event.kind == "forgotten" for event in ledger.events())


def test_no_byte_of_a_forgotten_student_is_left(tmp_path: Path, fault: Fault) -> None:
    """Database with its free pages, backups, mirror, exports, kit, leftovers: all are searched."""
    folder = strewn(examined(tmp_path))
    file = emergency(folder)
    before = left_behind(folder, [*ZOE, MENTION])
    _carried_out(folder)
    assert left_behind(folder, [*ZOE, MENTION]) == []
    assert "0007700001" not in file.read_text(encoding="utf-8")
    assert _wrong(folder) == []
    fault.report(30, "a student forgotten, every byte searched for traces", count=len(before))


def test_stopped_after_any_step_it_can_be_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """Whatever step a forgetting is stopped after, the next one completes it, with one receipt."""
    steps = forget.STEPS
    for place in range(len(steps)):
        (tmp_path / str(place)).mkdir()
        folder = strewn(examined(tmp_path / str(place)))
        stopped = (*steps[: place + 1], _stop)
        monkeypatch.setattr(forget, "STEPS", stopped)
        with pytest.raises(ZeroDivisionError):
            _carried_out(folder)
        monkeypatch.setattr(forget, "STEPS", steps)
        if forget.is_unfinished(folder):
            forget.finish(folder, FakeClock(), "ann")
        assert left_behind(folder, [*ZOE, MENTION]) == [], place
        assert (_wrong(folder), _receipts(folder)) == ([], 1), place
    fault.report(30, "forgetting stopped between two steps and finished", count=len(steps))


def _run(*words: str) -> str:
    """Run the program as a process of its own; return what it wrote."""
    command = [sys.executable, "-m", "examrunner", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _stop(_: forget.Work) -> None:
    raise ZeroDivisionError


def test_killed_at_any_moment_it_can_be_finished(tmp_path: Path, fault: Fault) -> None:
    """A kill -9 at random moments of `forget --yes`: the same command again leaves no trace."""
    unfinished = 0
    for number in range(KILLS):
        (tmp_path / str(number)).mkdir()
        folder = strewn(examined(tmp_path / str(number)))
        words = [sys.executable, "-m", "examrunner", "forget", str(folder), "0007700001", "--yes"]
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
        note = folder / UNFINISHED
        while process.poll() is None and not note.exists():
            os.sched_yield()
        try:
            process.wait(fault.random.uniform(0, 0.08))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        unfinished += note.exists()
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr  # 1: nobody of that name, it was done before
        assert left_behind(folder, [*ZOE, MENTION]) == []
        assert (_wrong(folder), _receipts(folder)) == ([], 1)
    fault.report(30, f"forget killed, {unfinished} of them half done, then finished", count=KILLS)


def test_a_stopped_purge_can_be_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A purge that was stopped half way is completed by the next one."""
    folder = strewn(examined(tmp_path))
    roll = read_roll(folder)
    planned = forget.plan(roll, roll.known(), is_purge=True)
    steps = forget.STEPS
    monkeypatch.setattr(forget, "STEPS", (*steps[:2], _stop))
    with pytest.raises(ZeroDivisionError):
        forget.forget(planned, FakeClock(), "ann")
    monkeypatch.setattr(forget, "STEPS", steps)
    old, _ = purge.look(folder, planned.roll.settings.exam.date.replace(year=2025))  # type: ignore[union-attr]
    purge.purge(old, FakeClock(), "ann")
    assert left_behind(folder, [*ZOE, *CHI, *LEI, MENTION]) == []
    assert (_wrong(folder), _receipts(folder)) == ([], 3)


# --- others on the machine -----------------------------------------------------------------


def _loose(folder: Path) -> dict[str, str]:
    """Return what others than the owner have any right to below a folder, itself included."""
    return {
        str(path): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (folder, *folder.rglob("*"))
        if path.stat().st_mode & 0o077
    }


async def test_nobody_else_can_read_a_session(tmp_path: Path, fault: Fault) -> None:
    """After a whole session begun under umask 022 every file is 0600 and every folder 0700."""
    home = tmp_path / "home"
    home.mkdir()
    new, reviewed = write_files(tmp_path, ROSTER, REVIEWS)
    folder = home / "day"
    words = ["new", str(folder), "--roster", str(new), "--reviews", str(reviewed)]
    before = os.umask(0o022)
    try:
        _run(*words)
        async with room(folder) as it:
            await it.press(*CALL, "s", "n")
            await it.type("knew it")
            await it.press("enter", "d", "p", "enter", "v", "x", "c", "enter")
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert _loose(folder) == {}
        roll = read_roll(folder)
        forget.forget(forget.plan(roll, roll.known()[:1]), FakeClock(), "ann")
    finally:
        os.umask(before)
    names = {path.name for path in files}
    assert {"exam.db", "exam.lock", "events.jsonl", "commit.json", "secret.txt"} <= names
    assert {path.parent.name for path in files} >= {"backups", "exports"}
    assert _loose(folder) == {}
    fault.report(29, "files of a whole session whose modes were read", count=len(files))


async def test_loose_files_are_tightened_at_the_opening(tmp_path: Path) -> None:
    """A session folder that others may enter is closed to them before the first student."""
    folder = copy_demo(tmp_path / "demo")
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
    async with room(folder):
        assert _loose(folder) == {}


async def test_no_name_is_kept_outside_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Caches and what is remembered between runs hold paths and banks, and no student."""
    home = tmp_path / "home"
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(home / name))
    folder = copy_demo(tmp_path / "demo")
    people = [one.student for one in read_roll(folder).known()]
    async with room(folder) as it:
        await it.press(*CALL, "s", "n")
        await it.type("a private note")
        await it.press("enter", "d", "p", "enter", "v", "enter")
    for command in ("check", "results", "plan"):
        assert json.loads(_run(command, str(folder), "--json"))
    texts = [one.name for one in people] + [one.email or one.name for one in people]
    assert any(home.rglob("*"))
    assert left_behind(home, [*texts, "a private note"]) == []
