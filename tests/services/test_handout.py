"""The handout: figures from the rules, nothing about anybody, and a question to practise with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from examrunner.domain.bank.banks import Point, Question
from examrunner.domain.bank.fallback import PROGRAM_FALLBACK
from examrunner.domain.exam.settings import Settings
from examrunner.domain.problems import BadInput
from examrunner.services.doctor.rules import Class
from examrunner.services.handout import Material, handout_of, practice
from examrunner.storage.writers.handout import Handout, Practice, Section, render_handout
from tests.services.desks import COURSE, SETTINGS, USUAL_KINDS, Room, bank, write_small
from tests.storage.test_kit_html import HOSTILE, Seen

DEMO = Path(__file__).parent.parent.parent / "sessions" / "demo"
OTHER = """\
session: quiz-3
kind: quiz
course: course.yaml
banks: [banks]
exam:
  date: 2024-12-13
  window: {start: 09:00, end: 11:00, timezone: America/Chicago}
  minutes: 4:25
  papers_per_student: 2
  points: {pass: 5, edge: 2, fail: 0}
  verdict: optional
eligible: {exclude_presented: false}
sheet: {core: 1, aside: 2}
without_bank: exclude
draw: {spacing: 0, public: the first draw after noon}
"""
FALLBACK = """\
fallback:
  reading: fallback
  questions:
    - {id: f1, kind: opening, say: What is it about?, look_for: [must: says it]}
    - {id: f2, kind: core, say: How does it work?, look_for: [must: tells it]}
    - {id: f3, kind: extra, say: Who would disagree?, look_for: [must: names one]}
"""
ROSTER = "student_id,name,extra_time\nana,Ana Quill,1.5\nchi,Chi Wren,\n"
KNOWN = Class((), (), 0, 0, 4, None)


def told(handout: Handout) -> dict[str, str]:
    """Return each section as one text, by what it is about."""
    return {
        one.about: " ".join([*one.words, *(f"{term}: {words}." for term, words in one.terms)])
        for one in handout.sections
    }


def whole(handout: Handout) -> str:
    """Return everything that a handout says."""
    asked = handout.practice
    last = [*asked.words, asked.question.say] if asked else []
    return " ".join([handout.session, handout.kind, handout.day, *told(handout).values(), *last])


def with_fallback(folder: Path) -> Path:
    """Give a session's course general questions of its own."""
    (folder / "course.yaml").write_text(COURSE + FALLBACK, encoding="utf-8")
    return folder


# --- what is told --------------------------------------------------------------------------


def test_the_figures_are_those_of_the_rules() -> None:
    """The demo: time, draw, kinds, points, and what no bank means."""
    text = told(handout_of(DEMO))
    assert "You have 5 minutes." in text["Format and time"]
    assert "of type paper or blog, but none that you presented" in text["Your paper"]
    assert "all papers of a student are equally likely" in text["Your paper"]
    assert "general ones are asked" in text["Your paper"]
    assert "4 questions: 1 opening, 1 core, 1 detail, 1 critique." in text["The questions"]
    assert "Points: pass 10, fail 0. Edge gives no score." in text["Ratings and the verdict"]
    assert "until 11:00" in text["Absent or late"]
    assert handout_of(DEMO).day == "Friday 13 December 2024, 09:00 to 11:00 (America/Chicago)"


def test_other_rules_give_another_handout(tmp_path: Path) -> None:
    """Two papers, odd minutes, a plain draw with a public number, free verdicts, own kinds."""
    text = told(handout_of(write_small(tmp_path, OTHER)))
    assert "about 2 papers, one after the other" in text["Format and time"]
    assert "You have 4 minutes and 25 seconds for each paper." in text["Format and time"]
    assert "Plain: all papers" in text["Your paper"]
    assert "A public number takes part: the first draw after noon" in text["Your paper"]
    assert "presented" not in text["Your paper"]
    assert "Papers for which no questions were prepared are not drawn." in text["Your paper"]
    assert "3 questions: 1 core, 2 aside." in text["The questions"]
    assert "aside:" not in text["The questions"]
    assert "may give a verdict" in text["Ratings and the verdict"]
    assert "pass 5, edge 2, fail 0." in text["Ratings and the verdict"]
    assert "Each of the 2 papers is an equal share." in text["Ratings and the verdict"]


def test_without_a_limit_no_time_is_told(tmp_path: Path) -> None:
    """No minutes, no clock: nothing is said about either."""
    text = whole(handout_of(write_small(tmp_path, f"{SETTINGS}exam: {{minutes: none}}\n")))
    assert "There is no time limit." in text
    assert "Extra time" not in text
    assert "clock" not in text


def test_every_help_level_rating_and_verdict_is_explained() -> None:
    """Nothing that can stand in a student's record is left without a meaning."""
    text = told(handout_of(DEMO))
    for word in ("unaided", "clarified", "probed", "led"):
        assert f"{word}: " in text["Help"]
    for word in ("strong", "enough", "weak", "pass", "edge", "fail"):
        assert f"{word}: " in text["Ratings and the verdict"]


def test_it_says_nothing_about_anybody(tmp_path: Path) -> None:
    """No name, and no word on who has extra time or how many have."""
    text = whole(handout_of(write_small(tmp_path, roster=ROSTER)))
    assert not {"Ana", "Quill", "Chi", "Wren"} & set(text.split())
    assert "7:30" not in text
    assert "1 student" not in text


def test_a_committed_session_is_told_as_it_was_committed(tmp_path: Path) -> None:
    """What the files say later no longer counts; open elsewhere is no obstacle."""
    room = Room(with_fallback(write_small(tmp_path)))
    before = handout_of(room.folder)
    room.running()
    (room.folder / "session.yaml").write_text(f"{SETTINGS}sheet: {{core: 3}}\n", encoding="utf-8")
    (room.folder / "roster.csv").unlink()
    after = handout_of(room.folder)
    room.leave()
    assert after.sections == before.sections
    assert after.practice is not None


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """A draft whose roster is broken has no handout yet: the class's rules are unknown."""
    folder = write_small(tmp_path, roster="student_id,name\nana,Ana\nana,Ana\n")
    with pytest.raises(BadInput):
        handout_of(folder)


# --- a question to practise with -----------------------------------------------------------


def test_the_practice_question_is_one_of_the_course(tmp_path: Path) -> None:
    """It has its points; a general question of a kind that is not asked is the best one."""
    found = handout_of(with_fallback(write_small(tmp_path))).practice
    assert found is not None
    assert found.question.id == "f3"
    assert found.question.look_for == (Point("names one", must=True),)
    assert "It is not asked in the exam." in found.words


def test_one_that_may_come_up_says_so(tmp_path: Path) -> None:
    """Where every general question may be asked, that is told beside it."""
    text = COURSE + FALLBACK[: FALLBACK.index("    - {id: f3")]
    folder = write_small(tmp_path)
    (folder / "course.yaml").write_text(text, encoding="utf-8")
    found = handout_of(folder).practice
    assert found is not None
    assert found.question.id == "f1"
    assert "only on a paper with too few prepared questions" in found.words[-1]


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_question_of_a_real_bank_is_never_given_out(tmp_path: Path, is_committed: bool) -> None:  # noqa: FBT001
    """A bank that copied a general question, whatever its case and spaces, keeps it to itself."""
    own = bank("a", *USUAL_KINDS) + "  - {id: a9, kind: extra, say: who  would DISAGREE?}\n"
    room = Room(with_fallback(write_small(tmp_path, a=own)))
    if is_committed:
        room.running()
    found = handout_of(room.folder).practice
    room.leave()
    assert found is not None
    assert found.question.id in ("f1", "f2")


def test_where_all_are_in_banks_there_is_none() -> None:
    """The program's own questions come after the course's; when those are used up, none is left."""
    own = Question("f1", "core", "Why?", 60, 2)
    banks = (replace(own, id="b1"),)
    left = Material(Settings(session="s"), KNOWN, (own,), banks, frozenset())
    found = practice(left)
    assert found is not None
    assert found.question in PROGRAM_FALLBACK.questions
    taken = replace(left, banks=(*banks, *PROGRAM_FALLBACK.questions))
    assert practice(taken) is None


# --- the page ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_people_stays_text_on_the_page(text: str) -> None:
    """Nothing that people wrote becomes markup, a template or a hidden character."""
    question = Question("q", "core", text, 60, 2, look_for=(Point(text, must=True),))
    section = Section(text, (text,), ((text, text),))
    page = Handout(text, text, text, (section,), Practice(question, (text,)))
    plain = Handout("a", "a", "a", (Section("a", ("a",), (("a", "a"),)),), None)
    plain = replace(
        plain,
        practice=Practice(replace(question, say="a", look_for=(Point("a", must=True),)), ("a",)),
    )
    seen, expected = Seen(render_handout(page)), Seen(render_handout(plain))
    assert seen.tags == expected.tags
    assert seen.attributes == expected.attributes
    assert "\u202e" not in seen.text
    assert "\x1b" not in seen.text


def test_the_page_needs_nothing_from_elsewhere() -> None:
    """No script, no link, no picture: one file that can be mailed."""
    html = render_handout(handout_of(DEMO))
    assert not {"script", "link", "img", "iframe"} & set(Seen(html).tags)
    assert b"http" not in html.replace(b"http-equiv", b"")
