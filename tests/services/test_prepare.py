"""Prepare: what makes the day impossible is an error, all else is a warning, both as data."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.course.eligibility import LeftOut, Reason
from examrunner.domain.problems import BadInput, Severity
from examrunner.services.prepare import Prepared, prepare
from tests.services.desks import SETTINGS, USUAL_KINDS, bank, write_small

if TYPE_CHECKING:
    from pathlib import Path


def rules(prepared: Prepared, severity: Severity) -> list[str]:
    """Return the rules of the problems of one severity."""
    return [one.rule for one in prepared.problems if one.severity is severity]


def test_a_session_is_read_whole(folder: Path) -> None:
    """Each student has the readings reviewed, and the banks that are there are found."""
    prepared = prepare(folder)
    assert prepared.lists() == {
        "ana": ("paper-a", "paper-b"),
        "chi": ("paper-a",),
        "eli": ("paper-c",),
        "zoe": (),
    }
    assert set(prepared.banks) == {"paper-a", "paper-b"}
    assert rules(prepared, Severity.ERROR) == []
    assert sorted(rules(prepared, Severity.WARNING)) == ["no-bank", "nothing-eligible"]


def test_a_reading_without_a_bank_comes_with_its_chance(folder: Path) -> None:
    """Eli has one paper: it is drawn for certain."""
    ((name, chance),) = prepare(folder).without_bank()
    assert name == "paper-c"
    assert chance == Fraction(1)


def test_nobody_examinable_is_an_error(tmp_path: Path) -> None:
    """Reviews of nobody in the class make the day impossible."""
    folder = write_small(tmp_path, reviews="student_id,paper\nwho,Paper A\n")
    assert "nobody-examinable" in rules(prepare(folder), Severity.ERROR)


def test_somebody_with_an_assigned_paper_is_examinable(tmp_path: Path) -> None:
    """An assigned paper is enough for a day."""
    folder = write_small(
        tmp_path,
        roster="student_id,name,assigned\nana,Ana,paper-a\n",
        reviews="student_id,paper\nwho,Paper A\n",
    )
    assert "nobody-examinable" not in rules(prepare(folder), Severity.ERROR)


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        (bank("a", "core", status="retired"), SETTINGS),
        (bank("a", *USUAL_KINDS), f"{SETTINGS}questions: approved\n"),
    ],
)
def test_a_bank_without_a_drawable_question_is_an_error(
    tmp_path: Path, text: str, settings: str
) -> None:
    """An empty bank is named by its file, and never silently replaced by general questions.

    It is there: it does not count among the readings that have none.
    """
    prepared = prepare(write_small(tmp_path, settings, a=text))
    assert "paper-a" not in dict(prepared.without_bank())
    assert not any("`paper-a`" in one.text for one in prepared.problems if one.rule == "no-bank")
    empty = [one for one in prepared.problems if one.rule == "empty-bank"]
    assert empty[0].file == "paper-a.yaml"
    assert empty[0].severity is Severity.ERROR


def test_refuse_makes_a_missing_bank_an_error(tmp_path: Path) -> None:
    """Under `without_bank: refuse` a reading without a bank stops the day."""
    prepared = prepare(write_small(tmp_path, f"{SETTINGS}without_bank: refuse\n"))
    assert rules(prepared, Severity.ERROR) == ["no-bank"]


def test_exclude_takes_the_reading_out_of_the_draw(tmp_path: Path) -> None:
    """Under `without_bank: exclude` the student is left out, with the reason, and warned of."""
    prepared = prepare(write_small(tmp_path, f"{SETTINGS}without_bank: exclude\n"))
    assert prepared.lists()["eli"] == ()
    assert prepared.eligible["eli"].left_out == (LeftOut("paper-c", Reason.NO_BANK),)
    assert prepared.lists()["ana"] == ("paper-a", "paper-b")
    assert set(rules(prepared, Severity.WARNING)) == {"nothing-eligible"}
    assert rules(prepared, Severity.ERROR) == []


@pytest.mark.parametrize("file", ["roster.csv", "reviews.csv", "course.yaml"])
def test_a_file_that_everything_rests_on_must_be_readable(folder: Path, file: str) -> None:
    """A missing roster, list of reviews or course is bad input, named by its file."""
    (folder / file).unlink()
    with pytest.raises(BadInput, match=file):
        prepare(folder)


def test_all_bad_files_are_told_at_once(folder: Path) -> None:
    """The problems of settings, course, roster and reviews come together."""
    for file in ("session.yaml", "roster.csv", "reviews.csv"):
        (folder / file).write_text("a: [", encoding="utf-8")
    with pytest.raises(BadInput) as bad:
        prepare(folder)
    named = " ".join(str(one.file) for one in bad.value.problems)
    assert all(file in named for file in ("session.yaml", "roster.csv", "reviews.csv"))
