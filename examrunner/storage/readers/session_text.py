"""The text of a session.yaml: every setting with the words that a person needs beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import time, timedelta

    from examrunner.domain.exam.settings import Break, ExamRules, Settings

_PLAIN = re.compile(r"(?:\.{1,2}/)*[A-Za-z0-9](?:[A-Za-z0-9 ./_+@-]*[A-Za-z0-9./_+@-])?")
_HEAD = """\
# Settings of an exam day. Every line may be deleted: each key has a usual value.
# A comment begins with # and has two spaces before it.
"""


def settings_text(settings: Settings) -> str:
    """Return the YAML that reads back as these settings."""
    return _HEAD + "\n".join([*_lines(settings), ""])


def _lines(settings: Settings) -> list[str]:
    draw, eligible = settings.draw, settings.eligible
    return [
        f"session: {_text(settings.session)}",
        f"kind: {_text(settings.kind)}",
        "# without a course the titles in the reviews are the readings, and no review rule applies",
        _line("course", _maybe(settings.course), "../../questionbanks/my-course/course.yaml"),
        "# folders with banks; the first that has a reading's bank wins",
        f"banks: {_list(settings.banks)}",
        "exam:",
        *(f"  {line}" for line in _exam_lines(settings.exam)),
        "eligible:",
        f"  types: {_list(eligible.types)}",
        f"  exclude_presented: {str(eligible.exclude_presented).lower()}",
        "# without this line the course's own rules apply",
        _line("reviews", _reviews(settings), "{required: 20, from_calendar: 15}"),
        "# how many questions of each kind, in the order they are asked",
        f"sheet: {_pairs(settings.sheet)}",
        "# the lowest state of a question that may be drawn: draft, reviewed, approved",
        f"questions: {settings.questions.value}",
        "# fallback, exclude or refuse",
        f"without_bank: {settings.without_bank.value}",
        "draw:",
        "  # h of examrunner-draw/1: auto or a number; 0 is the plain uniform draw",
        f"  spacing: {_text(draw.spacing)}",
        "  # words that say how the public value is obtained; only then the app asks for it",
        f"  public: {_text(draw.public)}",
        "  # true: each student says a number at the reveal, and it takes part in the draw",
        f"  spoken_number: {str(draw.spoken_number).lower()}",
        "second_window:",
        "  # the student's window shows paper and time; true: the question, too, and the next",
        "  # one as soon as one is rated",
        f"  question: {str(settings.second_window.question).lower()}",
        "export:",
        "  # what exports write for absent students: blank (they are left out), zero or excused",
        f"  absent: {settings.export.absent.value}",
        "# or the name of an environment variable that holds a PostgreSQL address",
        f"database: {_text(settings.database)}",
    ]


def _exam_lines(exam: ExamRules) -> list[str]:
    window = None
    if exam.window is not None:
        start, end = _time(exam.window.start), _time(exam.window.end)
        window = f"{{start: {start}, end: {end}, timezone: {_text(exam.window.timezone)}}}"
    return [
        _line("date", None if exam.date is None else exam.date.isoformat(), "2024-12-13"),
        '# without a window nothing is ever "behind"',
        _line("window", window, "{start: 09:00, end: 11:00, timezone: America/Chicago}"),
        f"minutes: {_talk_time(exam.minutes)}  # or 4:25, or none: no time limit",
        f"changeover_seconds: {exam.changeover_seconds}",
        "# planned breaks within the window; no student is planned to be there during one",
        f"breaks: [{', '.join(map(_break, exam.breaks))}]  # [{{at: 10:00, minutes: 10}}]",
        "# slots at the end of the window kept free for latecomers, retakes and voids",
        f"reserve: {exam.reserve}",
        "# so many minutes after call and planned time absent is offered; none: never",
        f"absent_after: {_talk_time(exam.absent_after)}",
        f"papers_per_student: {exam.papers_per_student}",
        "# a verdict that is not named gives no score",
        f"points: {_pairs(exam.points)}",
        f"verdict: {exam.verdict.value}  # required or optional",
        "# after so many students your own earlier verdicts are recalled; 0: never",
        f"anchor_every: {exam.anchor_every}",
    ]


def _break(one: Break) -> str:
    return f"{{at: {_time(one.at)}, minutes: {_talk_time(one.minutes)}}}"


def _line(key: str, value: str | None, example: str) -> str:
    """Return a setting, or an example of it in a comment where it is not set."""
    return f"# {key}: {example}" if value is None else f"{key}: {value}"


def _maybe(text: str | None) -> str | None:
    if text is None:
        return None
    return "'none'" if text == "none" else _text(text)


def _reviews(settings: Settings) -> str | None:
    rules = settings.reviews
    if rules is None:
        return None
    numbers = (("required", rules.required), ("from_calendar", rules.from_calendar))
    return "{" + ", ".join(f"{key}: {_number(value)}" for key, value in numbers) + "}"


def _number(value: int | None) -> str:
    return "none" if value is None else str(value)


def _talk_time(length: timedelta | None) -> str:
    if length is None:
        return "none"
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return f"{minutes}:{seconds:02}" if seconds else str(minutes)


def _time(at: time) -> str:
    return at.isoformat("seconds").removesuffix(":00")


def _list(items: Iterable[str]) -> str:
    return "[" + ", ".join(_text(item) for item in items) + "]"


def _pairs(pairs: Iterable[tuple[str, int]]) -> str:
    return "{" + ", ".join(f"{_text(key)}: {value}" for key, value in pairs) + "}"


def _text(text: str) -> str:
    """Return a text as YAML: plain where nobody can misread it, else in quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in ("", "true", "false", "null", "yes", "no"):
        return text
    if "\n" in text:
        inside = text.replace("\\", "\\\\").replace('"', r"\"").replace("\n", r"\x0A")
        return f'"{inside}"'
    return "'" + text.replace("'", "''") + "'"
