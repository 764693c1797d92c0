"""Scores out into Blackboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import WrongUsage
from examrunner.domain.problems import BadInput
from examrunner.services import export_into
from examrunner.services.export_into import Into
from examrunner.services.results import read_results
from examrunner.storage.readers.grade_files import System, read_grade_file
from examrunner.storage.readers.rosters import read_roster
from tests.classes import VERDICTS
from tests.lms import blackboard_rules
from tests.lms.days import examined, fixture, points, upload

if TYPE_CHECKING:
    from pathlib import Path

HEADER = (
    "Last Name", "First Name", "Username", "Student ID", "Last Access",
    "Weighted Total [Total Pts: up to 100 Score] |1", "Quiz [Total Pts: 5 Score] |2",
    "Oral exam [Total Pts: 10 Score] |664617", "Made by hand [Total Pts: 10 Score]",
)  # fmt: skip
PEOPLE = (("Rivera", "Ana"), ("Okafor", "Chi"), ("Lane", "Eli"), ("Núñez", "Zoë"))
COLUMNS = {"1", "2", "664617"}
WAYS = {"tab": ("\t", "utf-8"), "wide": ("\t", "utf-16"), "comma": (",", "utf-8-sig")}


def download(delimiter: str, encoding: str) -> bytes:
    """Return a grade file as Blackboard lets instructors download it."""
    rows = [HEADER]
    for number, ((last, first), login) in enumerate(zip(PEOPLE, VERDICTS, strict=True)):
        old = "4.00" if login == "chi" else ""
        row = (last, first, login, f"00{number}", "2024-12-01", "50", "5", old, "")
        rows.append(row)
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("force", [False, True])
def test_into_a_download(session: Path, tmp_path: Path, way: str, *, force: bool) -> None:
    """Tab or comma, UTF-8 or UTF-16: the upload is written as the download was."""
    file = tmp_path / "gc.xls"
    file.write_bytes(download(*WAYS[way]))
    made = upload(session, Into("blackboard", file, force=force), tmp_path / "up.txt")
    outcome = blackboard_rules.load(made, set(VERDICTS), COLUMNS)
    scores = {"ana": {"664617": 10.0}} | ({"chi": {"664617": 0.0}} if force else {})
    assert outcome == blackboard_rules.Outcome(scores)
    assert made[:4] == download(*WAYS[way])[:4]
    text = made.decode(WAYS[way][1])
    assert re.fullmatch(r'("[^"]*"[\t,]?)+', text.splitlines()[1])


def test_the_fixture_of_a_script(tmp_path: Path) -> None:
    """A real upload of another program takes the scores of the examined, and nothing else."""
    path = fixture("blackboard-nbeaver/01.tsv")
    students = read_roster(path).students
    folder, given = examined(tmp_path, students)
    made = upload(folder, Into("blackboard", path, "664617", force=True), tmp_path / "up.txt")
    logins = {one.student_id: one.login or one.student_id for one in students}
    outcome = blackboard_rules.load(made, set(logins.values()), {"664617"})
    assert outcome.graded == {
        logins[who]: {"664617": score} for who, score in points(given).items()
    }
    assert not outcome.text_columns
    assert not outcome.unknown


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (HEADER[-1], "has no |id"),
        (HEADER[5], "takes no points"),
        ("Username", "says who a student is"),
    ],
)
def test_columns_that_would_go_wrong_are_refused(
    session: Path, tmp_path: Path, column: str, why: str
) -> None:
    """A column without an id becomes a text column worth nothing; totals take no points."""
    file = tmp_path / "gc.txt"
    file.write_bytes(download("\t", "utf-8"))
    plan = export_into.plan(session, read_results(session), Into("blackboard", file, column))
    assert why in plan.errors[0].text
    assert not plan.upload.changes


def test_a_download_is_needed(session: Path) -> None:
    """Only the download knows the column's id, so without it nothing is written."""
    with pytest.raises(WrongUsage, match="Which file of Blackboard"):
        export_into.plan(session, read_results(session), Into("blackboard", column="Oral"))


def test_half_a_wide_file_is_told(tmp_path: Path) -> None:
    """A file that only begins as UTF-16 is one message."""
    with pytest.raises(BadInput, match="UTF-16"):
        read_grade_file(System.BLACKBOARD, b"\xff\xfe" + b"\x00\xd8\x00")


def test_two_usernames_are_refused() -> None:
    """Nobody knows which of two username columns Blackboard would take."""
    with pytest.raises(BadInput, match="say the same"):
        read_grade_file(System.BLACKBOARD, b"Username,Username,X [Total Pts: 1] |2\na,b,1\n")


def test_the_rules_themselves_tell_text_columns_and_strangers() -> None:
    """The restatement knows a lost id and an unknown user."""
    outcome = blackboard_rules.load(b"Username,Oral\nana,1\nq,2\n", {"ana"}, {"2"})
    assert (outcome.text_columns, outcome.unknown) == (["Oral"], ["q"])
