"""The rules of a session read out: golden texts."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from examrunner.domain.bank.banks import State
from examrunner.domain.course.catalogue import ReviewRules
from examrunner.domain.course.people import Student
from examrunner.domain.exam.settings import (
    DrawRules,
    EligibleRules,
    ExamRules,
    Settings,
    VerdictRule,
    Window,
    WithoutBank,
)
from examrunner.services.doctor.rules import Class, rules_in_words

CLASS = Class(
    students=(
        Student("ana", "Ana"),
        Student("chi", "Chi", extra_time=Decimal("1.5")),
        Student("eli", "Eli", extra_time=Decimal("1.5"), stop_clock=True),
        Student("max", "Max", assigned="lora"),
        Student("zoe", "Zoe", extra_time=Decimal(2)),
    ),
    papers=(3, 7, 5, 0, 0),
    different=9,
    bankless=2,
    spacing=4,
    reviews=ReviewRules(required=20, from_calendar=15),
)
USUAL = Settings(
    session="cs496-final",
    exam=ExamRules(date=date(2024, 12, 13), window=Window(time(9), time(9, 30), "America/Chicago")),
)
USUAL_WORDS = """\
session: cs496-final (exam), on Friday 13 December 2024.
window: 09:00 to 09:30, America/Chicago. It only shows how far behind you are.
time: 5:00 for each attempt, 40 s between two.
extra time: 7:30 for 2 students, 10:00 for 1 student; the questions are the same in number.
breaks: 1 student may have the clock stopped (space).
time is up: Nothing happens by itself: the time changes colour, you go on or decide.
class: 5 students, 1 paper each. It needs 37:40; the window is 7:40 too short.
papers: One that the student reviewed, of type paper or blog, but not what the student presented.
choice: Drawn from 3 to 7 papers of the student's own.
assigned: 1 student gets the paper that the roster names.
no papers: 1 student: you choose a paper by hand (c).
sheet: 4 questions: 1 opening, 1 core, 1 detail, 1 critique.
questions: May be asked: every question that is not retired, drafts too.
without bank: 2 of 9 papers: general questions are asked on those.
draw: A paper just drawn is less likely for the next 4 students. Before the day all papers of \
a student are equally likely.
public: No public number takes part in the draw.
revealing: Cannot be undone: the student then knows the paper.
points: pass 10, fail 0. Edge gives no score.
verdict: Every attempt needs one.
reviews: 20 are owed, 15 of them from the calendar. Fewer is a warning and bars nobody.
"""
OTHER = Settings(
    session="quiz-3",
    kind="quiz",
    exam=ExamRules(
        minutes=None,
        papers_per_student=2,
        points=(("pass", 5), ("edge", 2), ("fail", 0)),
        verdict=VerdictRule.OPTIONAL,
    ),
    eligible=EligibleRules(types=("paper",), exclude_presented=False),
    sheet=(("core", 1),),
    questions=State.APPROVED,
    without_bank=WithoutBank.EXCLUDE,
    draw=DrawRules(spacing="0", public="the first drand round after noon"),
)
OTHER_CLASS = Class((Student("ana", "Ana"),), (3,), 3, 0, 0, None)
OTHER_WORDS = """\
session: quiz-3 (quiz), on any day.
window: None: nothing is ever behind.
time: No limit.
class: 1 student, 2 papers each.
papers: One that the student reviewed, of type paper.
choice: Drawn from 3 papers of the student's own.
sheet: 1 question: 1 core.
questions: May be asked: approved questions only.
without bank: Every paper that may be drawn has a bank.
draw: Plain: all papers of a student are equally likely, whatever was drawn before.
public: A public number takes part: the first drand round after noon
revealing: Cannot be undone: the student then knows the paper.
points: pass 5, edge 2, fail 0.
score: Each of the 2 papers is an equal share.
verdict: May be left out.
"""
UNREAD_WORDS = """\
session: small (exam), on any day.
window: None: nothing is ever behind.
time: 5:00 for each attempt, 40 s between two.
time is up: Nothing happens by itself: the time changes colour, you go on or decide.
papers: One that the student reviewed, of type paper or blog, but not what the student presented.
sheet: 4 questions: 1 opening, 1 core, 1 detail, 1 critique.
questions: May be asked: every question that is not retired, drafts too.
without bank: Papers without a bank: general questions are asked on those.
draw: A paper just drawn is less likely for the next students.
public: No public number takes part in the draw.
revealing: Cannot be undone: the student then knows the paper.
points: pass 10, fail 0. Edge gives no score.
verdict: Every attempt needs one.
"""


@pytest.mark.parametrize(
    ("settings", "known", "words"),
    [
        (USUAL, CLASS, USUAL_WORDS),
        (OTHER, OTHER_CLASS, OTHER_WORDS),
        (Settings(session="small"), None, UNREAD_WORDS),
    ],
)
def test_every_rule_is_read_out(settings: Settings, known: Class | None, words: str) -> None:
    """The usual rules, unusual ones, and what can be said while the class cannot be read."""
    found = rules_in_words(settings, known)
    assert "".join(f"{rule.about}: {rule.words}\n" for rule in found) == words


def test_a_class_that_fits_is_told_so() -> None:
    """What is to spare stands beside what is needed."""
    window = Window(time(9), time(11))
    settings = Settings(session="s", exam=ExamRules(window=window))
    told = {rule.about: rule.words for rule in rules_in_words(settings, CLASS)}
    assert told["class"] == "5 students, 1 paper each. It needs 37:40; 1:22:20 are to spare."
    without = rules_in_words(Settings(session="s"), CLASS)
    assert {rule.about: rule.words for rule in without}["class"].endswith("It needs 37:40.")
