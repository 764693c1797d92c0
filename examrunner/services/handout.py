"""The handout: what students should know beforehand, with the figures of the session's rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import Question, State
from examrunner.domain.bank.fallback import PROGRAM_FALLBACK, questions_for
from examrunner.domain.draw.commitment import questions_in
from examrunner.domain.exam.settings import (
    NO_PUBLIC_SOURCE,
    Settings,
    VerdictRule,
    WithoutBank,
)
from examrunner.domain.text import counted, long_date
from examrunner.services import committed
from examrunner.services.doctor.rules import Class, breaks_in_words, rules_in_words
from examrunner.services.folders import demand_session, has_record
from examrunner.storage.readers.session_files import read_settings
from examrunner.storage.writers.handout import Handout, Practice, Section, render_handout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from pathlib import Path

    from examrunner.domain.exam.settings import ExamRules
    from examrunner.services.committed import Stored

KINDS = {
    "opening": "what the paper is about, in your own words",
    "core": "its main idea, how it works and why",
    "detail": "something that a reader of the paper knows and others do not",
    "critique": "limits, evidence, what you would ask or change",
}
"""What the usual kinds of questions are about; a session may have others."""
HELP = (
    ("unaided", "you answered without help"),
    ("clarified", "the question was said again in other words"),
    ("probed", "a further question took you on"),
    ("led", "a hint pointed towards the answer"),
)
RATINGS = (
    ("strong", "right, with reasons"),
    ("enough", "right in what matters"),
    ("weak", "what matters was missing or wrong"),
)
VERDICTS = {
    "pass": "the examiner is convinced that you read and understood the paper",
    "edge": "not settled yet: it is decided later, in a second look",
    "fail": "the examiner is not convinced",
}


@dataclass(frozen=True, slots=True)
class Material:
    """What a handout is made from, whether it stands in files or in the record."""

    settings: Settings
    known: Class
    general: tuple[Question, ...]
    """The questions that fit any reading."""
    banks: tuple[Question, ...]
    """Every question of a real bank."""
    asked: frozenset[str]
    """The general questions that may be asked, by their words."""


def handout_of(folder: Path) -> Handout:
    """Return a session's handout; a committed session's is that of its record.

    Raises WrongUsage where the folder is no session, BadInput where its files cannot be read.
    """
    demand_session(folder)
    material = _material(folder)
    settings, exam = material.settings, material.settings.exam
    told = {rule.about: rule.words for rule in rules_in_words(settings, material.known)}
    sections = (
        _format(settings),
        _paper(material, told),
        _questions(settings, told),
        _help(),
        _verdict(exam, told),
        _time_up(exam),
        _absence(exam),
        _record(),
        _complaint(),
    )
    return Handout(settings.session, settings.kind, _day(exam), sections, practice(material))


def write_html(handout: Handout, path: Path) -> None:
    """Write the handout's page as a new file. Raises Refused where there is one already."""
    from examrunner.services.export import demand_new
    from examrunner.storage.files import write_atomically

    demand_new(path)
    write_atomically(path, render_handout(handout))


# --- what is told --------------------------------------------------------------------------


def _day(exam: ExamRules) -> str:
    words = [long_date(exam.date)] if exam.date else []
    if exam.window is not None:
        start, end = exam.window.start, exam.window.end
        words.append(f"{start:%H:%M} to {end:%H:%M} ({exam.window.timezone})")
    return ", ".join(words)


def _length(time: timedelta) -> str:
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    parts = [(minutes, "minute"), (seconds, "second")]
    return " and ".join(counted(number, noun) for number, noun in parts if number)


def _format(settings: Settings) -> Section:
    exam = settings.exam
    several = exam.papers_per_student > 1
    about = f"{exam.papers_per_student} papers, one after the other" if several else "one paper"
    words = [f"You talk with the examiner, alone, about {about}."]
    if exam.minutes is None:
        words.append("There is no time limit.")
    else:
        each = " for each paper" if several else ""
        words.append(
            f"You have {_length(exam.minutes)}{each}. Extra time that was agreed with you is added "
            "and the questions stay the same in number."
        )
    if exam.breaks and exam.window is not None:
        words.append(f"Nobody is called during a planned break: {breaks_in_words(exam)}.")
    return Section("Format and time", tuple(words))


def _paper(material: Material, told: Mapping[str, str]) -> Section:
    settings = material.settings
    types = " or ".join(settings.eligible.types)
    but = ", but none that you presented" if settings.eligible.exclude_presented else ""
    words = [
        f"It is one that you reviewed yourself, of type {types}{but}. It is drawn by lot.",
        told["draw"],
    ]
    if settings.draw.public != NO_PUBLIC_SOURCE:
        words.append(told["public"])
    if settings.draw.spoken_number:
        words.append("You say any number when you sit down; it takes part in your draw.")
    if any(student.assigned for student in material.known.students):
        words.append("Where the course has named a paper for you, that one takes its place.")
    words.append(
        "You learn which paper it is when you sit before the examiner. From then on it counts, "
        "and no other one is drawn because it does not suit."
    )
    if settings.without_bank is WithoutBank.EXCLUDE:
        words.append("Papers for which no questions were prepared are not drawn.")
    elif settings.without_bank is WithoutBank.FALLBACK:
        words.append("On a paper for which no questions were prepared, general ones are asked.")
    return Section("Your paper", tuple(words))


def _questions(settings: Settings, told: Mapping[str, str]) -> Section:
    many = sum(count for _, count in settings.sheet) > 1
    order = " They are asked in this order, unless the examiner sees a reason." if many else ""
    terms = tuple((kind, KINDS[kind]) for kind, _ in settings.sheet if kind in KINDS)
    return Section("The questions", (f"{told['sheet']}{order}",), terms)


def _help() -> Section:
    words = (
        "How much help an answer needed is noted beside it. Nothing is taken off for it by rule."
    )
    return Section("Help", (words,), HELP)


def _verdict(exam: ExamRules, told: Mapping[str, str]) -> Section:
    is_needed = exam.verdict is VerdictRule.REQUIRED
    given = "At the end the examiner gives" if is_needed else "At the end the examiner may give"
    words = (
        (
            "Each question that was asked gets a rating. One that was not asked has none, and that "
            "is never a zero."
        ),
        f"{given} a verdict on the whole. It is a judgement: no sum of the ratings makes it.",
        f"Points: {told['points']}" if exam.points else told["points"],
        *([told["score"]] if "score" in told else ()),
    )
    return Section("Ratings and the verdict", words, (*RATINGS, *VERDICTS.items()))


def _time_up(exam: ExamRules) -> Section:
    if exam.minutes is None:
        words = ["The examiner says when enough has been heard."]
    else:
        words = [
            (
                "The clock says so, and nothing else happens by itself: the examiner lets you end, "
                "or asks no more. What there was no time for is recorded as not asked."
            ),
            "While the clock is paused, as in a disturbance, no time is lost.",
        ]
    return Section("When time is up", tuple(words))


def _absence(exam: ExamRules) -> Section:
    until = f" until {exam.window.end:%H:%M}" if exam.window else ""
    waits = ""
    if exam.absent_after is not None:
        waits = f" The examiner waits {_length(exam.absent_after)} after the planned time."
    return Section(
        "Absent or late",
        (
            (
                "Who is not there when called is recorded as absent. That is no score, and no "
                f"zero; what follows from it is for the course to say.{waits}"
            ),
            (
                f"If you are late, come all the same and say so: while there is time{until} you "
                "can still be called, after others if need be."
            ),
        ),
    )


def _record() -> Section:
    return Section(
        "What is recorded, and who sees it",
        (
            (
                "Your paper, the questions, ratings, help, points that you named, the examiner's "
                "notes and the verdict, each with its time. The program records no sound and no "
                "picture."
            ),
            (
                "The record stays with the examiner. Those who run the course may see it, other "
                "students may not. Only scores go to the course's gradebook."
            ),
            "On request your name and the notes about you can be deleted from the record.",
        ),
    )


def _complaint() -> Section:
    return Section(
        "If you disagree",
        (
            (
                "Write to those who run the course, soon, and say in order what happened: which "
                "question, what you answered, what was said. It is held against the record."
            ),
            (
                "A verdict can be corrected. The earlier one is kept beside it, with who changed "
                "it and when."
            ),
        ),
    )


# --- a question to practise with -----------------------------------------------------------


def practice(material: Material) -> Practice | None:
    """Return a general question that stands in no real bank; None where there is none.

    One that cannot be asked at all is best, then one with points, then one of the sheet's kinds.
    Where only the program's own questions are left, one of those serves.
    """
    ids = {one.id for one in material.banks}
    texts = {_plain(one) for one in material.banks}
    kinds = dict(material.settings.sheet)
    for source in (material.general, PROGRAM_FALLBACK.questions):
        fit = [
            one
            for one in source
            if one.status is not State.RETIRED and one.id not in ids and _plain(one) not in texts
        ]
        if fit:
            best = min(
                fit,
                key=lambda one: (
                    _plain(one) in material.asked,
                    not one.look_for,
                    one.kind not in kinds,
                ),
            )
            return Practice(best, tuple(_practice_words(best, material)))
    return None


def _practice_words(question: Question, material: Material) -> list[str]:
    words = ["This one is for practice and fits any paper. Try it on each that you reviewed."]
    if _plain(question) in material.asked:
        words.append("In the exam it can come up only on a paper with too few prepared questions.")
    else:
        words.append("It is not asked in the exam.")
    return words


def _plain(question: Question) -> str:
    return " ".join(question.say.casefold().split())


# --- where it comes from -------------------------------------------------------------------


def _material(folder: Path) -> Material:
    settings, _ = read_settings(folder)
    if settings is not None and has_record(folder / settings.database):
        found = _from_record(folder, settings)
        if found is not None:
            return found
    return _from_files(folder)


def _from_files(folder: Path) -> Material:
    from examrunner.services.doctor.content import class_of
    from examrunner.services.prepare import prepare

    prepared = prepare(folder)
    settings, fallback = prepared.settings, prepared.fallback
    wanted = {review.reading_id for review in prepared.reviews}
    wanted |= {one.assigned for one in prepared.students if one.assigned}
    asked: set[str] = set()
    for reading in wanted:
        bank = prepared.banks.get(reading)
        taken, _ = questions_for(bank, fallback, settings.sheet, settings.questions)
        own = {one.id for one in bank.questions} if bank else set()
        asked |= {_plain(one) for one in taken if one.id not in own}
    banks = tuple(one for bank in prepared.banks.values() for one in bank.questions)
    return Material(settings, class_of(prepared), fallback.questions, banks, frozenset(asked))


def _from_record(folder: Path, settings: Settings) -> Material | None:
    from examrunner.services.doctor.content import committed_class
    from examrunner.storage.database.ledger import Ledger

    with Ledger.open(folder / settings.database, settings.session, create=False) as ledger:
        stored = committed.read_stored(ledger)
        if stored is None:
            return None
        known = committed_class(stored, ledger.people())
        texts = {sha: ledger.document(sha) for sha in (stored.fallback, *stored.banks.values())}
    return _of_record(stored, known, texts)


def _of_record(stored: Stored, known: Class, texts: Mapping[str, str]) -> Material:
    """Take apart what the record holds: a stored bank has the general questions that fill it up."""
    general = tuple(questions_in(texts[stored.fallback]).values())
    alike = {(one.id, one.say) for one in general}
    used = [one for sha in set(stored.banks.values()) for one in questions_in(texts[sha]).values()]
    asked = frozenset(_plain(one) for one in used if (one.id, one.say) in alike)
    banks = tuple(one for one in used if (one.id, one.say) not in alike)
    return Material(stored.settings, known, general, banks, asked)
