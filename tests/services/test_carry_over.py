"""Banks and their memory in the next term: copied as they are, without any student."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examrunner.domain.bank.approval import Judged, by_question
from examrunner.domain.bank.exposure import Answers, Used
from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.exam.events import Rating, Verdict
from examrunner.domain.problems import BadInput
from examrunner.services import conduct, day_acts
from examrunner.services.approving import judge, waiting_for
from examrunner.services.bank_lint import Linter
from examrunner.services.bank_targets import bank_files
from examrunner.services.begin import commit_session
from examrunner.services.carry_over import carry_over
from examrunner.services.checking import check
from examrunner.services.exposure import shown_before, tally
from examrunner.storage.readers.approval_files import FILE as APPROVALS
from examrunner.storage.readers.approval_files import read_approvals
from examrunner.storage.readers.exposure_files import FILE as MEMORY
from examrunner.storage.readers.exposure_files import read_exposure
from tests.services.desks import SETTINGS, USUAL_KINDS, Room, bank, write_small

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [f"student-{n}" for n in range(4)]


def class_on_one_paper(parent: Path) -> Room:
    """Open a session of four students who all reviewed only paper A, which has one sheet."""
    roster = "student_id,name\n" + "".join(f"{who},Name of {who}\n" for who in NAMES)
    reviews = "student_id,paper\n" + "".join(f"{who},Paper A\n" for who in NAMES)
    return Room(write_small(parent, roster=roster, reviews=reviews, a=bank("a", *USUAL_KINDS)))


def examine(room: Room, who: str, rating: Rating, seconds: int) -> None:
    """Examine a student: the first question is rated and was clarified, the others not asked."""
    name = room.running(who).id
    room.clock.advance(seconds)
    conduct.rate(room.desk, room.desk.attempt(name), "a1", rating, seconds)
    conduct.give_help(room.desk, room.desk.attempt(name), "a1", seconds)
    conduct.stop(room.desk, room.desk.attempt(name))
    conduct.decide(room.desk, room.desk.attempt(name), Verdict.PASS)


@pytest.fixture
def held(tmp_path: Path) -> Room:
    """Return a class of which three were examined, closed."""
    (tmp_path / "held").mkdir()
    room = class_on_one_paper(tmp_path / "held")
    for who, rating, seconds in zip(
        NAMES, (Rating.STRONG, Rating.WEAK, Rating.STRONG), (30, 60, 90), strict=False
    ):
        examine(room, who, rating, seconds)
    day_acts.close(room.desk)
    room.desk.close()
    return room


def memory(to: Path) -> tuple[Used, ...]:
    """Return the sessions that a folder remembers."""
    found, problems = read_exposure(to / MEMORY)
    assert problems == []
    return found.sessions


def content(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_banks_arrive_byte_for_byte(held: Room, tmp_path: Path) -> None:
    """Comments, order and line ends are the writer's; the approvals come along."""
    banks = held.folder / "banks"
    path = banks / "paper-b.yaml"
    path.write_bytes(b"# mine\r\n" + path.read_bytes())
    (waiting, *_), _ = waiting_for(bank_files([banks]), Judged.APPROVED)
    judge(waiting, Judged.APPROVED, "instructor", date(2024, 12, 2))
    done = carry_over(held.folder, tmp_path / "next")
    after = content(tmp_path / "next")
    del after[MEMORY]
    assert after == content(banks)
    assert done.copied == (APPROVALS, "paper-a.yaml", "paper-b.yaml")
    assert (done.same, done.kept, done.is_over) == ((), (), True)


def test_the_memory_holds_what_came_of_each_question(held: Room, tmp_path: Path) -> None:
    """Three sheets; the first question's ratings, help and time; the others were not asked."""
    done = carry_over(held.folder, tmp_path / "next")
    (used,) = memory(tmp_path / "next")
    assert (used.session, used.course) == ("small", "tiny")
    assert used.on == held.clock.now().at.astimezone().date()
    first, *others = used.questions
    assert (first.question, first.sheets) == ("a1", 3)
    assert first.answers == Answers(asked=3, strong=2, weak=1, clarified=3, seconds=180, timed=3)
    assert [(one.question, one.sheets, one.answers) for one in others] == [
        ("a2", 3, None),
        ("a3", 3, None),
        ("a4", 3, None),
    ]
    assert (done.questions, done.shown, done.told) == (4, 12, 1)


def test_no_student_is_in_what_is_carried(held: Room, tmp_path: Path) -> None:
    """Neither names, ids, keys of the draw nor the words of notes."""
    carry_over(held.folder, tmp_path / "next")
    text = (tmp_path / "next" / MEMORY).read_text(encoding="utf-8")
    held.open_again()
    keys = [row.key for row in held.desk.rows()]
    held.desk.close()
    assert not [word for word in ("tudent-", "Name of", *keys) if word in text]


def test_one_or_two_students_are_counted_and_not_told_of(room: Room, tmp_path: Path) -> None:
    """With two on a paper the memory says how often a question was shown, and nothing else."""
    room.decided("ana")
    room.decided("chi")
    room.desk.close()
    done = carry_over(room.folder, tmp_path / "next")
    (used,) = memory(tmp_path / "next")
    assert sum(one.sheets for one in used.questions) == 8
    assert all(one.answers is None for one in used.questions)
    assert not done.is_over


def test_a_void_attempt_has_shown_its_questions_and_tells_no_answer(room: Room) -> None:
    """Its sheet counts: the student has seen it. Its ratings do not."""
    attempt = room.running("chi")
    question = attempt.questions[0].id
    conduct.rate(room.desk, attempt, question, Rating.STRONG, 10)
    conduct.stop(room.desk, room.attempt("chi"))
    conduct.decide(room.desk, room.attempt("chi"), Verdict.PASS)
    before = {one.question: one for one in tally(room.ledger.attempts())}
    assert before[question].answers == Answers(asked=1, strong=1, seconds=10, timed=1)
    day_acts.void(room.desk, room.attempt("chi"), "interrupted", again=False)
    after = {one.question: one for one in tally(room.ledger.attempts())}
    assert (after[question].sheets, after[question].answers) == (1, Answers())


# --- again, and into folders that are not empty ----------------------------------------------


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(times=st.integers(2, 4), inside=st.booleans())
def test_twice_equals_once(held: Room, tmp_path: Path, times: int, *, inside: bool) -> None:
    """However often, into a new folder or the banks' own: not a byte changes after the first."""
    to = held.folder / "banks" if inside else tmp_path / "next"
    first = carry_over(held.folder, to)
    before = content(to)
    for _ in range(times - 1):
        again = carry_over(held.folder, to)
        assert again.copied == ()
        assert set(again.same) == {*first.copied, *first.same}
    assert content(to) == before


def test_a_bank_that_went_on_is_left_alone(held: Room, tmp_path: Path) -> None:
    """Nothing that people wrote in the new folder is overwritten; it is said which files stay."""
    to = tmp_path / "next"
    carry_over(held.folder, to)
    mine = bank("a", "core", say="How")
    (to / "paper-a.yaml").write_text(mine, encoding="utf-8")
    done = carry_over(held.folder, to)
    assert done.kept == ("paper-a.yaml",)
    assert (to / "paper-a.yaml").read_text(encoding="utf-8") == mine


def test_a_second_session_is_added_and_a_corrected_one_takes_its_place(
    held: Room, room: Room, tmp_path: Path
) -> None:
    """Two sessions, two entries; a day that went on after the first time is counted anew."""
    to = tmp_path / "next"
    room.decided("ana")
    room.desk.close()
    carry_over(room.folder, to)
    carry_over(held.folder, to)
    before = memory(to)
    assert len(before) == 2
    room.open_again()
    room.decided("eli")
    room.desk.close()
    carry_over(room.folder, to)
    after = memory(to)
    assert [one.commit for one in after] == [one.commit for one in before]
    assert len(after[0].questions) > len(before[0].questions)
    assert after[1] == before[1]


def test_of_two_folders_the_first_one_wins_and_all_approvals_come(tmp_path: Path) -> None:
    """A private bank goes before a public one of the same reading."""
    folder = write_small(tmp_path, SETTINGS.replace("[banks]", "[mine, banks]"))
    (folder / "mine").mkdir()
    private = bank("a", *USUAL_KINDS, say="What")
    (folder / "mine" / "paper-a.yaml").write_text(private, encoding="utf-8")
    for place in ("mine", "banks"):
        one = waiting_for(bank_files([folder / place]), Judged.APPROVED)[0][-1]
        judge(one, Judged.APPROVED, "instructor", date(2024, 12, 2))
    room = Room(folder)
    room.decided("chi")
    room.desk.close()
    carry_over(folder, tmp_path / "next")
    assert (tmp_path / "next" / "paper-a.yaml").read_text(encoding="utf-8") == private
    found, _ = read_approvals(tmp_path / "next" / APPROVALS)
    assert set(by_question(found.approvals)) == {"a4", "b8"}


def test_the_same_is_said_about_banks_in_their_new_place(held: Room, tmp_path: Path) -> None:
    """A heading is a place in a post, here as there: the catalogue beside the banks comes along."""
    banks = held.folder / "banks"
    course = (held.folder / "course.yaml").read_text(encoding="utf-8")
    course = course.replace("{id: paper-b,", "{id: paper-b, type: blog,")
    (banks / "course.yaml").write_text(course, encoding="utf-8")
    for letter in "ab":
        path = banks / f"paper-{letter}.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("say:", "source: [{at: Why so}], say:"), encoding="utf-8")
    carry_over(held.folder, tmp_path / "next")
    before, after = (Linter([folder]).run().problems for folder in (banks, tmp_path / "next"))
    told = [(one.line, one.rule, one.text) for one in before]
    assert told == [(one.line, one.rule, one.text) for one in after]
    assert {one.file for one in before if "understood as a place" in one.text} == {
        str(banks / "paper-a.yaml")
    }


# --- what is refused -----------------------------------------------------------------------


def test_a_session_that_was_not_held_has_nothing_to_remember(folder: Path, tmp_path: Path) -> None:
    """Neither a draft nor a committed session makes a folder."""
    with pytest.raises(Refused, match="Nobody was examined"):
        carry_over(folder, tmp_path / "next")
    room = Room(folder)
    commit_session(room.desk)
    room.desk.close()
    with pytest.raises(Refused, match="Nobody was examined"):
        carry_over(folder, tmp_path / "next")
    assert not (tmp_path / "next").exists()


def test_a_broken_memory_is_not_replaced(held: Room, tmp_path: Path) -> None:
    """What cannot be read is told, and neither it nor anything else is written."""
    to = tmp_path / "next"
    to.mkdir()
    (to / MEMORY).write_text("sessions: 7\n")
    with pytest.raises(BadInput):
        carry_over(held.folder, to)
    assert content(to) == {MEMORY: b"sessions: 7\n"}


def test_a_file_in_place_of_the_folder_is_refused(held: Room, tmp_path: Path) -> None:
    """Before anything is read."""
    (tmp_path / "next").write_text("mine")
    with pytest.raises(WrongUsage, match="is no folder"):
        carry_over(held.folder, tmp_path / "next")


def test_a_disk_that_says_no_is_told(
    held: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear message; done again later it goes on where it stopped."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("examrunner.services.carry_over.write_exposure", full)
        with pytest.raises(Environment, match="No space left"):
            carry_over(held.folder, tmp_path / "next")
    done = carry_over(held.folder, tmp_path / "next")
    assert done.copied == ()
    assert len(memory(tmp_path / "next")) == 1


# --- the next term -------------------------------------------------------------------------


def test_the_next_session_knows_what_was_shown(held: Room, tmp_path: Path) -> None:
    """The check counts the memory beside the banks, with no session of last term in reach."""
    (tmp_path / "later").mkdir()
    new = write_small(tmp_path / "later")
    shutil.rmtree(new / "banks")
    carry_over(held.folder, new / "banks")
    found = [one for one in check(new).problems if one.rule == "shown-before"]
    assert [one.text for one in found] == ["4 of 4 questions on `paper-a` were shown before"]
    assert found[0].hint == "a1 (3x), a2 (3x), a3 (3x), a4 (3x)"


def test_what_stands_beside_and_in_memory_counts_once(held: Room, tmp_path: Path) -> None:
    """The old session in the next folder is the one that the memory holds; its own is no news."""
    new = held.folder.parent / "new"
    shutil.copytree(held.folder, new, ignore=shutil.ignore_patterns("exam.*", "commit.json"))
    carry_over(held.folder, held.folder / "banks")
    shutil.copy(held.folder / "banks" / MEMORY, new / "banks" / MEMORY)
    assert shown_before(new, "tiny", [new / "banks"])["a1"] == 3
    assert not shown_before(held.folder, "tiny", [held.folder / "banks"])


def test_a_memory_that_cannot_be_read_does_not_stop_a_session(folder: Path) -> None:
    """It is told as a warning: the day is possible without it."""
    (folder / "banks" / MEMORY).write_text("sessions: 7\n")
    found = check(folder)
    assert found.is_ok
    assert [one.rule for one in found.problems if one.file] == ["exposure"]
