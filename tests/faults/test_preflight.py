"""Faults that the doctor finds before the day: each is really caused, and nothing is repaired."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from examrunner.services.doctor import machine
from examrunner.services.doctor.examine import examine
from examrunner.storage.clock import SystemClock
from tests.classes import VERDICTS, write_session
from tests.classes import examine as hold_exam
from tests.services.desks import CORRUPT
from tests.services.visits import all_files, the, visit
from tests.storage.ledgers import changed, raw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Fault

pytestmark = pytest.mark.crash
FLIPS = 100
NEWER = 40
TAMPERINGS = (
    CORRUPT,
    "DELETE FROM event WHERE seq = 5",
    "UPDATE event SET body = replace(body, 'strong', 'weak')",
    "UPDATE event SET at = '2024-12-13T15:00:00.000001Z' WHERE seq = 6",
    "UPDATE text SET text = 'other words'",
    "UPDATE document SET content = content || ' '",
    "DELETE FROM document",
    "DELETE FROM text; DELETE FROM event WHERE seq > 20",
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a session in which everyone has been called; tests copy it."""
    folder = write_session(tmp_path_factory.mktemp("preflight") / "small")
    hold_exam(folder, VERDICTS)
    return folder


@pytest.fixture
def folder(held: Path, tmp_path: Path) -> Path:
    """Return a copy of that session."""
    return shutil.copytree(held, tmp_path / "small")


@pytest.fixture(autouse=True)
def only_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the speed of this disk out."""
    monkeypatch.setattr(machine, "SLOW", 60)


def content(path: Path) -> list[str] | None:
    """Return all that a record holds, as text; None where that cannot be read whole."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            return list(connection.iterdump())
    except (sqlite3.Error, UnicodeError, OverflowError):
        return None


def test_no_flipped_bit_goes_unnoticed(
    folder: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any single bit: the deep look finds it, or the record holds what it held; never a crash."""
    monkeypatch.setattr(machine, "look_at_machine", lambda *_: None)
    path = folder / "exam.db"
    whole, before = path.read_bytes(), content(path)
    assert examine(folder, SystemClock(), deep=True).code == 0
    found = 0
    for _ in range(FLIPS):
        place = fault.random.randrange(len(whole) * 8)
        data = bytearray(whole)
        data[place // 8] ^= 1 << place % 8
        path.write_bytes(data)
        is_told = examine(folder, SystemClock(), deep=True).code != 0
        found += is_told
        assert path.read_bytes() == data
        assert is_told or _events(content(path)) == _events(before), f"bit {place}"
    assert found
    fault.report(16, f"one bit flipped, {found} of them in use and found", count=FLIPS)


def _events(dump: list[str] | None) -> list[str] | None:
    """Return the rows that a record is made of; lease and schema texts are not among them."""
    kept = ("event", "text", "attempt", "document")
    return (
        None
        if dump is None
        else [
            line for line in dump if line.startswith(tuple(f'INSERT INTO "{one}"' for one in kept))
        ]
    )


def test_tampering_is_found(folder: Path, fault: Fault) -> None:
    """Edited, deleted, swapped or cut: told with exit code 1, and the file is left alone."""
    whole = (folder / "exam.db").read_bytes()
    for statements in TAMPERINGS:
        (folder / "exam.db").write_bytes(whole)
        changed(folder / "exam.db", *statements.split("; "))
        before = all_files(folder)
        assert visit(folder).code == 1, statements
        assert all_files(folder) == before
    fault.report(21, "record edited, thinned or cut", count=len(TAMPERINGS))


def test_newer_files_are_refused_untouched(folder: Path, fault: Fault) -> None:
    """Whatever newer schema a file names, it is refused, and nothing is written."""
    for _ in range(NEWER):
        schema = fault.random.randrange(2, 1 << 31)
        raw(folder / "exam.db", f"PRAGMA user_version = {schema}")
        before = all_files(folder)
        found = visit(folder)
        assert found.code == 3
        assert f"schema {schema}" in the(found, "record").words
        assert all_files(folder) == before
    fault.report(20, "record of a newer program", count=NEWER)


def test_the_rules_are_read_out_as_they_are_set(held: Path, tmp_path: Path, fault: Fault) -> None:
    """A time or a window that was set wrong is heard: what is read out is what counts."""
    for number in range(20):
        minutes, hour = fault.random.randrange(1, 60), fault.random.randrange(10, 24)
        window = f"{{start: 09:00, end: {hour:02d}:30, timezone: UTC}}"
        settings = f"session: small\nexam:\n  window: {window}\n  minutes: {minutes}\n"
        folder = write_session(tmp_path / str(number), settings)
        told = {rule.about: rule.words for rule in visit(folder).rules}
        assert told["window"].startswith(f"09:00 to {hour:02d}:30, UTC.")
        assert told["time"].startswith(f"{minutes}:00 for each attempt")
        assert told["time is up"].startswith("Nothing happens by itself")
    fault.report(34, "rules set wrong and read out", count=20)


@pytest.fixture
def read_only(held: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a session on a file system that is mounted read-only, or in a folder that is."""
    disk = tmp_path / "disk"
    disk.mkdir()
    is_root = os.geteuid() == 0
    if is_root:
        mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("no file system can be mounted here")
    try:
        folder = shutil.copytree(held, disk / "small")
        if is_root:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        else:
            folder.chmod(0o500)
        yield folder
    finally:
        if is_root:
            subprocess.run(["umount", str(disk)], check=True)
        elif (disk / "small").exists():
            (disk / "small").chmod(0o700)


def test_a_disk_that_takes_nothing_is_found(read_only: Path, fault: Fault) -> None:
    """Exit code 4 and the reason; the record is read and holds all the same."""
    before = all_files(read_only)
    found = visit(read_only, deep=True)
    assert found.code == 4
    assert "The folder cannot be written" in the(found, "saving").words
    assert the(found, "chain").words == "file, chain, texts and documents hold"
    assert found.head is not None
    assert all_files(read_only) == before
    fault.report(11, "session on a disk that takes nothing", count=1)
