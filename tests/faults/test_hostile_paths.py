"""Nothing that people write becomes a path, and what they mean as one stays where it may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Refused
from examrunner.domain.exam.events import Verdict
from examrunner.domain.problems import BadInput
from examrunner.domain.text import bad_character
from examrunner.services import conduct
from examrunner.services.opening import open_desk
from examrunner.services.results import as_json, read_results
from tests.fakes import FakeClock, FakeEntropy
from tests.hostile import REFUSED
from tests.hostile_files import table
from tests.services.desks import Room, write_small

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Fault

IDS = ["CON", "nul.yaml", "a..b", "exam.db", "secret.txt", "session.yaml", "x@y+z", "0012345"]
DATABASES = ["../exam.db", "/tmp/exam.db", "sub/exam.db", "..", ".db", "roster.csv", "secret.txt"]


def listing(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder with what they hold."""
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


def test_ids_that_look_like_files_are_only_ids(tmp_path: Path, fault: Fault) -> None:
    """A whole exam of students named like the session's own files leaves these files alone."""
    outside = tmp_path / "outside.txt"
    outside.write_text("as it was")
    rows = [[text, f"Student {text}"] for text in IDS]
    folder = write_small(
        tmp_path,
        roster=table(["student_id", "name"], *rows).decode(),
        reviews=table(["student_id", "paper"], *([text, "Paper A"] for text in IDS)).decode(),
    )
    before = listing(folder)
    there = Room(folder)
    for text in IDS:
        there.decided(text, Verdict.PASS)
    there.leave()
    after = listing(folder)
    assert {name: after[name] for name in before} == before
    assert {name.split("/")[0] for name in after} <= {
        "session.yaml", "course.yaml", "roster.csv", "reviews.csv", "banks", "exam.db",
        "exam.lock", "secret.txt", "commit.json", "events.jsonl", "backups",
    }  # fmt: skip
    assert {one.name for one in tmp_path.iterdir()} == {"outside.txt", "small"}
    assert [one["student"] for one in as_json(read_results(folder))["students"]] == IDS
    fault.report(28, "students with ids like files", count=len(IDS))


def test_the_ledger_stays_in_its_folder(tmp_path: Path, fault: Fault) -> None:
    """A database elsewhere, or in the place of another file, is refused and nothing is written."""
    folder = write_small(tmp_path)
    for named in DATABASES:
        text = f"session: small\ndatabase: {json.dumps(named)}\n"
        (folder / "session.yaml").write_text(text, encoding="utf-8")
        before = listing(tmp_path)
        with pytest.raises(BadInput, match=r"session\.yaml:2:11: error: database must be a file"):
            open_desk(folder, FakeClock(), FakeEntropy(), "ann")
        assert listing(tmp_path) == before
    fault.report(28, "databases outside the session's folder", count=len(DATABASES))


def test_notes_and_reasons_come_into_the_ledger_clean(tmp_path: Path, fault: Fault) -> None:
    """Whatever front end hands them in, nothing hidden is kept; nothing to read is refused."""
    there = Room(write_small(tmp_path))
    try:
        name = there.running("ana").id
        question = there.desk.attempt(name).questions[0].id
        kept = []
        for text in REFUSED.values():
            try:
                conduct.note(there.desk, there.desk.attempt(name), question, text, 1)
            except Refused:
                continue
            kept.append(text)
        conduct.stop(there.desk, there.desk.attempt(name))
        conduct.decide(
            there.desk, there.desk.attempt(name), Verdict.FAIL, "a\x1b[31m\u202e\n reason"
        )
        conduct.correct(there.desk, there.desk.attempt(name), Verdict.PASS, "\u200b\u3164")
        attempt = there.record("ana")["attempts"][0]
        assert [one["reason"] for one in attempt["verdicts"]] == ["a[31m reason", None]
        assert len(attempt["notes"]) == len(kept) == len(REFUSED) - 4  # the blank ones
        assert [one for one in attempt["notes"] if bad_character(one["text"]) is not None] == []
    finally:
        there.leave()
    fault.report(24, "hostile notes and reasons", count=len(REFUSED) + 2)
