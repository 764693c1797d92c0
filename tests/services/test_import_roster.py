"""A class list taken into a session: what is written, kept, taken into the record and forgotten."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import ExamError, Refused
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.problems import BadInput
from examrunner.services import day_acts, forget, import_roster, new_list, purge
from examrunner.services.begin import commit_session
from examrunner.services.changes import take_in
from examrunner.services.opening import open_desk
from examrunner.services.prepare import prepare
from examrunner.services.roll import find, read_roll
from examrunner.storage.database.copies import BACKUPS
from tests.fakes import FakeClock, FakeEntropy
from tests.services.desks import ROSTER, SETTINGS, Room, write_small

if TYPE_CHECKING:
    from pathlib import Path

RICH = (
    "student_id,name,email,say_name,photo,section,extra_time,stop_clock,written,presented,assigned\n"
    "ana,Ana,ana@x.edu,AH-na,p.jpg,B,1.5,yes,yes,paper-a,paper-b\nchi,Chi,,,,,,,,,\n"
)
GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Oral exam (7)\n"
    '"    Points Possible",,,,,10\nAna,57,0103,ana,A,\nKim,58,0104,kim,A,\n'
)


def listed(folder: Path, text: str, name: str = "list.csv") -> Path:
    """Write a class list beside the session."""
    path = folder.parent / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def planned(folder: Path, text: str) -> import_roster.Preview:
    """Compare a class list with the session's own."""
    return import_roster.preview(folder, listed(folder, text))


def imported(folder: Path, text: str, clock: FakeClock | None = None) -> Path | None:
    """Import a class list. Returns where the old one is kept."""
    return new_list.write(planned(folder, text).new_list, clock or FakeClock(), "ann")


def roster(folder: Path) -> str:
    """Return roster.csv."""
    return (folder / "roster.csv").read_text(encoding="utf-8")


# --- the file ------------------------------------------------------------------------------


def test_a_preview_writes_nothing(folder: Path) -> None:
    """Comparing tells new, gone and changed, and no file is other than before."""
    before = sorted((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file())
    found = planned(folder, GRADEBOOK).compared
    assert [one.student_id for one in found.added] == ["0104"]
    assert [one.student_id for one in found.gone] == ["chi", "eli", "zoe"]
    assert found.changed[0].fields == ("canvas_id", "sis_id", "login", "section")
    assert before == sorted((p, p.read_bytes()) for p in folder.rglob("*") if p.is_file())


def test_the_old_list_is_kept_among_the_backups(folder: Path) -> None:
    """Its name says when, it holds the same bytes, is private, and a second one has its own."""
    kept = imported(folder, "student_id,name\nana,Ana\n")
    assert kept is not None
    assert kept.parent == folder / BACKUPS
    assert kept.name.startswith("roster-2024-12-13-")
    assert kept.read_text(encoding="utf-8") == ROSTER
    assert kept.stat().st_mode & 0o077 == 0
    again = imported(folder, "student_id,name\nana,Ana\nkim,Kim\n")
    assert again is not None
    assert again != kept
    assert len(list((folder / BACKUPS).glob("roster-*.csv"))) == 2


def test_what_people_added_survives(tmp_path: Path) -> None:
    """Every column that a Canvas gradebook knows nothing of is as it was."""
    folder = write_small(tmp_path, roster=RICH)
    before = prepare(folder).students[0]
    imported(folder, GRADEBOOK)
    after = prepare(folder).students[0]
    assert (after.canvas_id, after.section) == ("57", "A")
    for name in ("email", "say_name", "photo", "extra_time", "stop_clock", "written", "presented"):
        assert getattr(after, name) == getattr(before, name)
    assert after.assigned == before.assigned == "paper-b"


def test_the_same_list_again_changes_nothing(folder: Path) -> None:
    """A second import of one file has no difference to show."""
    imported(folder, GRADEBOOK)
    plan = planned(folder, GRADEBOOK)
    assert not plan.changes_something
    assert plan.compared.unchanged == 2


def test_reviews_of_others_are_counted_and_named(folder: Path) -> None:
    """Who is not on the new list any more leaves reviews that do not count, and a warning."""
    plan = planned(folder, "student_id,name\nchi,Chi\neli,Eli\nzoe,Zoe\n")
    (problem,) = plan.problems
    assert plan.orphans == 2
    assert "2 reviews" in problem.text
    assert "Ana (ana)" in problem.text


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("student_id,name\nana,Ana\nana,Other\n", 3, "lines 2 and 3"),
        ("student_id,name\nana,Ana\nkim,\n", 3, "no name"),
        ("sis_id,name\n1.03E+09,Ana\n77,Bo\n", 2, "damaged by a spreadsheet"),
        ("student_id,name\nana,Ana\nx,Chi\n", 3, "another id or address"),
    ],
)
def test_one_bad_row_refuses_the_whole_list(folder: Path, text: str, line: int, words: str) -> None:
    """A problem has file and row, and nothing is written."""
    with pytest.raises(BadInput) as caught:
        planned(folder, text)
    told = [one for one in caught.value.problems if words in one.text]
    assert [one.line for one in told] == [line]
    assert told[0].file == str(folder.parent / "list.csv")
    assert roster(folder) == ROSTER
    assert not (folder / BACKUPS).exists()


def test_a_list_of_other_people_is_asked_about(folder: Path) -> None:
    """Where nobody is on both lists, it may be the wrong file."""
    rules = [one.text for one in planned(folder, "student_id,name\nx,Xu\n").problems]
    assert "nobody of roster.csv is on this list" in rules


def test_an_emptied_roster_can_be_filled(folder: Path) -> None:
    """A roster.csv without rows, or none at all, is no obstacle; a broken one is told."""
    (folder / "roster.csv").write_text("student_id,name\n", encoding="utf-8")
    assert len(planned(folder, GRADEBOOK).compared.added) == 2
    (folder / "roster.csv").write_text("student_id,name\nana\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        planned(folder, GRADEBOOK)
    assert caught.value.problems[0].file == str(folder / "roster.csv")
    (folder / "roster.csv").unlink()
    assert imported(folder, GRADEBOOK) is None
    assert "Kim" in roster(folder)


def test_a_roster_that_changed_meanwhile_is_not_written_over(folder: Path) -> None:
    """Between comparing and writing somebody else may have edited the file."""
    plan = planned(folder, GRADEBOOK)
    (folder / "roster.csv").write_text(ROSTER + "new,New\n", encoding="utf-8")
    with pytest.raises(Refused, match="has changed meanwhile"):
        new_list.write(plan.new_list, FakeClock(), "ann")
    assert "new,New" in roster(folder)


def test_an_open_session_refuses(room: Room) -> None:
    """While the app has a session open its class list is not replaced behind its back."""
    plan = planned(room.folder, GRADEBOOK)
    with pytest.raises(Refused, match="open already") as caught:
        new_list.write(plan.new_list, FakeClock(), "ann")
    assert "Close it there first" in caught.value.hint
    assert roster(room.folder) == ROSTER


# --- the record ----------------------------------------------------------------------------


def test_a_committed_session_gets_the_file_only(room: Room) -> None:
    """Before the day the record stays as committed until it is committed again."""
    commit_session(room.desk)
    room.desk.close()
    plan = planned(room.folder, GRADEBOOK)
    assert plan.phase is SessionPhase.COMMITTED
    new_list.write(plan.new_list, FakeClock(), "ann")
    rows = room.open_again().rows()
    assert [row.student.student_id for row in rows] == ["ana", "chi", "eli", "zoe"]
    assert room.desk.phase is SessionPhase.COMMITTED


def test_a_day_that_has_begun_takes_it_in_as_events(room: Room) -> None:
    """New students join, corrections count, and who is gone stays on record."""
    room.decided("chi")
    plan = planned(room.folder, GRADEBOOK)
    kept, changes = new_list.write_begun(plan.new_list, room.desk)
    assert kept is not None
    assert room.wrote(lambda: take_in(room.desk, changes)) == ["person-changed", "added"]
    known = [row.student.student_id for row in room.reopen().rows()]
    assert sorted(known) == ["0104", "ana", "chi", "eli", "zoe"]
    assert room.ledger.verify() == []


def test_a_list_that_spoils_the_session_is_taken_back(room: Room) -> None:
    """Where the files have errors with the new list, roster.csv is as it was."""
    room.called("ana")
    (room.folder / "reviews.csv").write_text("student_id\n\x1b\n", encoding="utf-8")
    plan = planned(room.folder, GRADEBOOK)
    with pytest.raises(BadInput):
        new_list.write_begun(plan.new_list, room.desk)
    assert roster(room.folder) == ROSTER


def test_a_closed_day_takes_no_list(room: Room) -> None:
    """After the day there is nothing to take a list in for."""
    room.decided("ana")
    day_acts.close(room.desk)
    room.desk.close()
    plan = planned(room.folder, GRADEBOOK)
    with pytest.raises(Refused, match="closed"):
        new_list.write(plan.new_list, FakeClock(), "ann")
    room.open_again()
    with pytest.raises(Refused, match="closed"):
        new_list.write_begun(plan.new_list, room.desk)
    assert roster(room.folder) == ROSTER


# --- forgetting ----------------------------------------------------------------------------


def holders(folder: Path, text: str) -> list[str]:
    """Return the files of a session that hold a text."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.name for path in files if text.encode() in path.read_bytes())


@pytest.mark.parametrize("is_begun", [False, True], ids=["draft", "begun"])
def test_kept_lists_are_forgotten_with_a_student(folder: Path, *, is_begun: bool) -> None:
    """No old class list holds who was forgotten, in a draft and on record alike."""
    marked = ROSTER.replace("chi,Chi", "chi-7731,Chi Okafor")
    (folder / "roster.csv").write_text(marked, encoding="utf-8")
    imported(folder, marked.replace("Ana", "Ana Rivera"))
    if is_begun:
        desk = open_desk(folder, FakeClock(), FakeEntropy(), "ann")
        commit_session(desk)
        desk.close()
    assert len(holders(folder, "chi-7731")) > 1
    roll = read_roll(folder)
    forget.forget(forget.plan(roll, (find(roll, "chi-7731"),)), FakeClock(), "ann")
    assert holders(folder, "chi-7731") == []
    assert "Ana Rivera" in roster(folder)


def test_who_stands_only_on_a_kept_list_can_be_forgotten(folder: Path) -> None:
    """A student who is gone from the class is still found, and then by nobody any more."""
    imported(folder, "student_id,name\nana,Ana\nchi,Chi\n")
    assert holders(folder, "zoe,Zoe") != []
    roll = read_roll(folder)
    forget.forget(forget.plan(roll, (find(roll, "zoe"),)), FakeClock(), "ann")
    assert holders(folder, "zoe,Zoe") == []
    with pytest.raises(ExamError, match="Nobody"):
        find(read_roll(folder), "zoe")


def test_purging_takes_kept_lists_away(tmp_path: Path) -> None:
    """Nobody of a purged session is left on an old list, even if no other file names them."""
    folder = write_small(tmp_path, f"{SETTINGS}exam: {{date: 2024-12-13}}\n")
    imported(folder, "student_id,name\nkim,Kim\n")
    old, _ = purge.look(tmp_path, date(2025, 1, 1))
    purge.purge(old, FakeClock(), "ann")
    assert list((folder / BACKUPS).glob("roster-*")) == []
    assert purge.look(tmp_path, date(2025, 1, 1))[0] == []
