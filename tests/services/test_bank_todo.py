"""The worklist of a session: from files, from the record, and after a draw made ahead."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.bank.exposure import Answers, Exposure, Shown, Used
from examrunner.domain.errors import Environment, WrongUsage
from examrunner.services import day_acts, draws
from examrunner.services.bank_todo import Worklist, worklist
from examrunner.services.begin import commit_session, open_day
from examrunner.storage.readers.exposure_files import FILE, write_exposure
from tests.services.desks import ROSTER, SETTINGS, USUAL_KINDS, Room, bank, write_small

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.bank.demand import Need

STRICT = f"{SETTINGS}questions: approved\n"
LARGE = 30
"""Readings of a class in which decoys have something to hide among."""


def by_reading(found: Worklist) -> dict[str, Need]:
    """Return the needs by reading."""
    return {need.demand.reading: need for need in found.needs}


def large(parent: Path, papers: int = 1) -> Path:
    """Write a session of ten students who reviewed three of thirty readings each."""
    ids = [f"s{n}" for n in range(10)]
    rows = [f"{who},r{(3 * n + k) % LARGE:02d}\n" for n, who in enumerate(ids) for k in range(3)]
    return write_small(
        parent,
        f"session: large\nexam: {{papers_per_student: {papers}}}\n",
        roster="student_id,name\n" + "".join(f"{who},Student {who}\n" for who in ids),
        reviews="student_id,reading_id\n" + "".join(rows),
    )


@pytest.fixture
def ahead(tmp_path: Path) -> Room:
    """Return a room of that class whose papers were all drawn ahead, closed."""
    return drawn_ahead(large(tmp_path))


def drawn_ahead(folder: Path) -> Room:
    """Commit a session, draw all papers and leave."""
    made = Room(folder)
    commit_session(made.desk)
    open_day(made.desk)
    draws.draw_all(made.desk)
    made.desk.close()
    return made


# --- a draft -------------------------------------------------------------------------------


def test_a_draft_is_listed_from_its_files(folder: Path) -> None:
    """Chance, mean, questions and what is missing, the most needed first."""
    found = worklist(folder)
    assert [need.demand.reading for need in found.needs] == ["paper-c", "paper-a", "paper-b"]
    a, b, c = (by_reading(found)[f"paper-{letter}"] for letter in "abc")
    assert (a.demand.chance, a.demand.students) == (Fraction(1), Fraction(3, 2))
    assert (b.demand.chance, b.demand.students) == (Fraction(1, 2), Fraction(1, 2))
    assert (a.there, a.missing) == ((2, 2, 2, 2), (0, 2, 2, 1))
    assert (c.there, c.missing) == ((0, 0, 0, 0), (2, 4, 4, 3))
    assert (found.is_committed, found.drawn) == (False, False)
    assert found.own == Fraction(2, 3)
    assert found.full == 0
    assert [step.minutes for step in found.steps] == [65, 90, 115]


def test_two_of_each_kind_repeat_nothing_for_two_students(folder: Path) -> None:
    """The second student on such a bank meets new questions, the third four old ones."""
    assert by_reading(worklist(folder))["paper-a"].again == (0, 4)
    assert by_reading(worklist(folder))["paper-c"].again == (2, 4)


def test_a_bank_that_is_written_leaves_the_list(folder: Path) -> None:
    """Once the questions are there, the reading is full and its draws are covered."""
    kinds = [*["opening"] * 2, *["core"] * 4, *["detail"] * 4, *["critique"] * 3]
    path = folder / "banks" / "paper-c.yaml"
    path.write_text(bank("c", *kinds), encoding="utf-8")
    found = worklist(folder)
    assert found.needs[-1].demand.reading == "paper-c"
    assert found.full == Fraction(1, 3)
    assert [step.reading for step in found.steps] == ["paper-a", "paper-b"]


def test_questions_that_wait_for_approval_are_not_there_yet(tmp_path: Path) -> None:
    """Where approval is asked for, written questions count as waiting and not as there."""
    found = worklist(write_small(tmp_path, STRICT))
    need = by_reading(found)["paper-a"]
    assert (need.there, need.waiting) == ((0, 0, 0, 0), 8)
    assert found.own == 0


def test_a_reading_that_is_excluded_for_want_of_a_bank_is_listed(tmp_path: Path) -> None:
    """What is not drawn without a bank could be with one: that is what the list is for."""
    found = worklist(write_small(tmp_path, f"{SETTINGS}without_bank: exclude\n"))
    assert "paper-c" in by_reading(found)


def test_an_assigned_paper_is_certain(tmp_path: Path) -> None:
    """The student who has one draws nothing: that reading is needed, the others are not."""
    roster = ROSTER.replace("name\n", "name,assigned\n").replace("Ana\n", "Ana,paper-b\n")
    roster = roster.replace("Chi\n", "Chi,\n").replace("Eli\n", "Eli,\n").replace("Zoe\n", "Zoe,\n")
    found = by_reading(worklist(write_small(tmp_path, roster=roster)))
    assert found["paper-b"].demand.students == 1
    assert found["paper-a"].demand.students == 1


def test_no_session_is_told(tmp_path: Path) -> None:
    """A folder that is none is refused as everywhere."""
    with pytest.raises(WrongUsage, match="is no session"):
        worklist(tmp_path)


# --- the record ----------------------------------------------------------------------------


def test_a_committed_session_is_listed_from_its_record(folder: Path) -> None:
    """Lists of the record count, whatever the files say; writing still shows, and is told of."""
    before = worklist(folder)
    room = Room(folder)
    commit_session(room.desk)
    room.desk.close()
    (folder / "reviews.csv").write_text("student_id,paper\nana,Paper B\n", encoding="utf-8")
    found = worklist(folder)
    assert (found.is_committed, found.behind, found.can_commit_again) == (True, (), True)
    assert found.needs == before.needs
    (folder / "banks" / "paper-c.yaml").write_text(bank("c", "core"), encoding="utf-8")
    later = worklist(folder)
    assert later.behind == ("paper-c",)
    assert by_reading(later)["paper-c"].there == (0, 1, 0, 0)


def test_a_bank_whose_file_is_gone_still_is_on_record(folder: Path) -> None:
    """The questions that will be asked are those of the commit."""
    room = Room(folder)
    commit_session(room.desk)
    room.desk.close()
    (folder / "banks" / "paper-a.yaml").unlink()
    found = worklist(folder)
    assert by_reading(found)["paper-a"].there == (2, 2, 2, 2)
    assert found.behind == ()


def test_who_was_examined_needs_no_bank_any_more(room: Room) -> None:
    """As the day goes on only the papers of those to come are listed; a void one comes again."""
    room.decided("eli")
    assert set(by_reading(worklist(room.folder))) == {"paper-a", "paper-b"}
    day_acts.void(room.desk, room.attempt("eli"), "interrupted")
    assert set(by_reading(worklist(room.folder))) == {"paper-a", "paper-b", "paper-c"}
    assert not worklist(room.folder).can_commit_again


def test_nothing_is_written(folder: Path) -> None:
    """Looking at the worklist of a committed session leaves every file as it is."""
    room = Room(folder)
    commit_session(room.desk)
    room.desk.close()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    worklist(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


# --- drawn ahead ---------------------------------------------------------------------------


def test_after_a_draw_made_ahead_the_list_is_short(ahead: Room) -> None:
    """Ten papers and seven decoys in place of thirty readings, the same ones each time."""
    found = worklist(ahead.folder)
    assert found.drawn
    listed = set(by_reading(found))
    ahead.open_again()
    papers = {one.paper for one in ahead.desk.log().draws}
    ahead.desk.close()
    assert papers < listed
    assert (len(papers), len(listed)) == (10, 17)
    assert worklist(ahead.folder) == found


def test_the_short_list_shows_what_was_known_before_the_draw(ahead: Room, tmp_path: Path) -> None:
    """Chance, mean and order are those of the draft: nothing tells drawn readings from decoys."""
    (tmp_path / "draft").mkdir()
    draft = by_reading(worklist(large(tmp_path / "draft")))
    found = worklist(ahead.folder).needs
    assert [draft[need.demand.reading] for need in found] == list(found)
    order = [need.demand.reading for need in found]
    assert order == [name for name in draft if name in order]


def test_a_reveal_does_not_change_the_short_list(ahead: Room) -> None:
    """The TA who looks while the day goes on learns nothing from it, nor from a void attempt."""
    before = worklist(ahead.folder).needs
    ahead.open_again()
    first = ahead.revealed("s0")
    assert worklist(ahead.folder).needs == before
    day_acts.void(ahead.desk, first, "interrupted")
    assert worklist(ahead.folder).needs == before
    ahead.leave()


def test_as_long_as_a_paper_is_still_to_be_drawn_any_reading_can_come(tmp_path: Path) -> None:
    """Second papers are drawn on the day: the list stays whole and says how many are open."""
    room = drawn_ahead(large(tmp_path, papers=2))
    found = worklist(room.folder)
    assert (found.drawn, found.still_to_draw, len(found.needs)) == (False, 10, LARGE)


def test_without_the_secret_there_are_no_decoys(ahead: Room) -> None:
    """Rather no list than one that tells."""
    (ahead.folder / "secret.txt").unlink()
    with pytest.raises(Environment, match=r"secret\.txt"):
        worklist(ahead.folder)


# --- earlier sessions ----------------------------------------------------------------------


def test_questions_of_earlier_sessions_are_told_with_what_came_of_them(folder: Path) -> None:
    """Shown once is known; nobody of three answered: to look at again."""
    shown = (Shown("a1", 3, Answers(asked=3, weak=3)), Shown("b2", 1), Shown("z9", 7))
    used = Used("spring", "0" * 64, questions=shown)
    write_exposure(folder / "banks" / FILE, Exposure((used,)))
    known = {one.question: one for one in worklist(folder).known}
    assert set(known) == {"a1", "b2"}
    assert known["a1"].seen.why == "nobody answered it, of 3 asked"
    assert (known["b2"].reading, known["b2"].seen.times) == ("paper-b", 1)


def test_after_the_day_its_own_questions_are_told_too(room: Room) -> None:
    """Once closed, the session's own sheets count; the whole class is listed, without decoys."""
    commit_session(room.desk)
    open_day(room.desk)
    draws.draw_all(room.desk)
    room.decided("chi")
    assert worklist(room.folder).known == ()
    day_acts.close(room.desk)
    found = worklist(room.folder)
    assert (found.is_over, found.drawn, len(found.needs)) == (True, False, 3)
    assert [one.seen.times for one in found.known] == [1, 1, 1, 1]


def test_retired_questions_are_not_told_again(tmp_path: Path) -> None:
    """Who has taken a question out has looked at it."""
    folder = write_small(tmp_path, b=bank("b", *USUAL_KINDS, status="retired"))
    used = Used("spring", "0" * 64, questions=(Shown("b2", 1),))
    write_exposure(folder / "banks" / FILE, Exposure((used,)))
    assert worklist(folder).known == ()
