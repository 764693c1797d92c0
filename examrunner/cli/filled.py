"""What stands on a filled paper sheet, from options or asked step by step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from examrunner.domain.errors import Refused, WrongUsage

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from examrunner.cli.output import Output
    from examrunner.services.desk import Desk
    from examrunner.services.enter_paper import Answer, Filled
    from examrunner.services.kit import PaperSheet

FILLING = (
    "verdict",
    "rating",
    "help_level",
    "points",
    "flag",
    "not_asked",
    "minutes",
    "seconds",
    "note",
    "question_note",
    "reason",
)
"""Options that say what stands on the sheet: with none of them a person is asked step by step."""
MINUTES = re.compile(r"([0-9]{1,3})(?::([0-5][0-9]))?")
RATINGS = {"s": "strong", "e": "enough", "w": "weak"}
HELPS = {"u": "unaided", "c": "clarified", "p": "probed", "l": "led"}
VERDICTS = {"p": "pass", "e": "edge", "f": "fail"}
NONE = "none"
NOT_ASKED = "x"


def add_filling(parser: ArgumentParser) -> None:
    """Let a command take what stands on a sheet."""

    def many(option: str, metavar: str, about: str) -> None:
        parser.add_argument(
            option, nargs="+", action="extend", default=[], metavar=metavar, help=about
        )

    parser.add_argument("--verdict", choices=[*VERDICTS.values(), NONE], help="the verdict")
    many("--rating", "N=RATING", "strong, enough or weak")
    many("--help-level", "N=HELP", "unaided, clarified, probed or led")
    many("--points", "N=P,P", "ticked points, by their number")
    many("--flag", "N", "a sign that the paper was not read")
    many("--not-asked", "N", "questions that were not asked")
    many("--question-note", "N=TEXT", "a note on a question")
    used = parser.add_mutually_exclusive_group()
    used.add_argument("--minutes", metavar="M:SS", help="time used; unknown where left out")
    used.add_argument("--seconds", type=int, metavar="S", help="the same in seconds")
    parser.add_argument("--note", metavar="TEXT", help="a note on the whole sheet")
    parser.add_argument("--reason", metavar="TEXT", help="the reason for the verdict")


def has_filling(options: Namespace) -> bool:
    """Say whether anything of a sheet is given."""
    return any(getattr(options, name) not in (None, []) for name in FILLING)


# --- what stands on the sheet, from options ------------------------------------------------


def from_options(number: int, options: Namespace) -> Filled:
    """Return what options say of a sheet. Raises WrongUsage for what they cannot mean."""
    from examrunner.domain.exam.events import Help, Rating, Verdict
    from examrunner.services.enter_paper import Answer, Filled

    if options.verdict is None:
        raise WrongUsage("The verdict is missing.", "--verdict pass, edge, fail or none.")
    found: dict[int, dict[str, Any]] = {}

    def put(place: int, name: str, value: Any, option: str) -> None:
        if name in found.setdefault(place, {}):
            raise WrongUsage(f"{option} says two things of question {place}.")
        found[place][name] = value

    for word in options.rating:
        place, value = _pair("--rating", word, RATINGS.values())
        put(place, "rating", Rating(value), "--rating")
    for word in options.help_level:
        place, value = _pair("--help-level", word, HELPS.values())
        put(place, "help", Help(value), "--help-level")
    for word in options.points:
        place, value = _pair("--points", word)
        put(place, "points", _points(value), "--points")
    for word in options.question_note:
        place, value = _pair("--question-note", word)
        put(place, "note", value, "--question-note")
    for word in options.not_asked:
        found.setdefault(_place("--not-asked", word), {})["is_not_asked"] = True
    for word in options.flag:
        found.setdefault(_place("--flag", word), {})["is_flagged"] = True
    return Filled(
        number,
        None if options.verdict == NONE else Verdict(options.verdict),
        {place: Answer(**marks) for place, marks in found.items()},
        options.paper,
        _seconds(options.minutes) if options.minutes is not None else options.seconds,
        options.note or "",
        options.reason or "",
    )


def _pair(option: str, word: str, values: Any = None) -> tuple[int, str]:
    place, equals, value = word.partition("=")
    if not equals or not value:
        raise WrongUsage(f"{option} takes a question and a value, as in 1=…; not {word!r}.")
    if values is not None and value not in values:
        raise WrongUsage(f"{option} knows no {value!r}.", f"It is one of {', '.join(values)}.")
    return _place(option, place), value


def _place(option: str, word: str) -> int:
    if not (word.isascii() and word.isdecimal() and int(word[:4])):
        raise WrongUsage(f"{option} names questions by their place, from 1; not {word!r}.")
    return int(word[:4])


def _points(word: str) -> tuple[int, ...]:
    parts = re.split(r"[ ,]+", word.strip())
    return tuple(sorted({_place("A list of points", part) for part in parts}))


def _seconds(word: str) -> int:
    match = MINUTES.fullmatch(word)
    if match is None:
        raise WrongUsage(f"The time is written as 4:40 or as whole minutes, not {word!r}.")
    return int(match[1]) * 60 + int(match[2] or 0)


# --- what stands on the sheet, asked step by step ------------------------------------------


def asked(desk: Desk, sheet: PaperSheet, options: Namespace, out: Output) -> Filled:
    """Ask a person for what stands on a sheet. Raises Refused where the answers end."""
    from examrunner.domain.exam.events import Verdict
    from examrunner.services.enter_paper import Filled
    from examrunner.services.kit import questions_of, sheet_words

    for line in sheet_words(desk, sheet):
        out.say(line)
    out.say("enter skips what the sheet leaves empty")
    reading = options.paper
    if sheet.paper is None and reading is None:
        reading = _line(out, "paper (its reading id):") or None
    seconds = _until(out, "time used (4:40):", _seconds)
    answers: dict[int, Answer] = {}
    for place, question in enumerate(questions_of(desk, sheet), 1):
        out.say(f"{place} {question.kind}: {question.say}")
        answers[place] = _answer(out, len(question.look_for))
    letters = {"": "", **VERDICTS, NONE: NONE}
    verdict = _pick(out, "verdict p pass, e edge, f fail:", letters)
    reason = _line(out, "reason for it:")
    note = _line(out, "note on the whole sheet:")
    chosen = Verdict(verdict) if verdict not in ("", NONE) else None
    return Filled(sheet.number, chosen, answers, reading, seconds, note, reason)


def _answer(out: Output, points: int) -> Answer:
    from examrunner.domain.exam.events import Help, Rating
    from examrunner.services.enter_paper import Answer

    letters = {"": "", **RATINGS, NOT_ASKED: NOT_ASKED}
    rating = _pick(out, "  s strong, e enough, w weak, x not asked:", letters)
    if rating == NOT_ASKED:
        return Answer(is_not_asked=True, note=_line(out, "  note:"))
    ticked = _until(out, f"  points of {points} (1 3):", _points) if points else None
    level = _pick(out, "  u unaided, c clarified, p probed, l led:", {"": "", **HELPS})
    flagged = _pick(out, "  ! paper not read:", {"": "", "!": "!"})
    note = _line(out, "  note:")
    return Answer(
        Rating(rating) if rating else None,
        Help(level) if level else None,
        ticked or (),
        bool(flagged),
        note=note,
    )


def _line(out: Output, question: str) -> str:
    answer = out.prompt(question)
    return _ended() if answer is None else answer


def _ended() -> NoReturn:
    raise Refused("Nothing was written: the answers have ended.")


def _pick(out: Output, question: str, letters: dict[str, str]) -> str:
    """Ask until the answer is one of the letters, or the word that one stands for."""
    while True:
        answer = _line(out, question).casefold()
        if answer in letters:
            return letters[answer]
        if answer in letters.values():
            return answer


def _until(out: Output, question: str, read: Any) -> Any:
    """Ask until the answer can be read; None for an empty one."""
    while answer := _line(out, question):
        try:
            return read(answer)
        except WrongUsage as wrong:
            out.say(wrong.message)
    return None
