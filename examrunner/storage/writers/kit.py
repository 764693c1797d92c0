"""The paper kit as one HTML file: made to be printed, with no script and nothing fetched.

Text from people is escaped by the template and shown through `safe`, so that it is neither markup
nor able to hide or reorder what stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.banks import Question
from examrunner.domain.text import safe

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = "kit.html.j2"
LONG_SHEET = 1200
"""A sheet with more characters of prepared text is set in smaller type, to stay on its page."""
DENSE_SHEET = 1900
"""Above this even smaller type is needed."""
LONGEST_HINT = 90
"""A longer hint is cut after a word: on paper it is only a reminder."""


@dataclass(frozen=True, slots=True)
class Line:
    """One student in the list on the cover."""

    number: int
    name: str
    student_id: str
    planned: str
    state: str
    """What the record says already; empty where nothing."""


@dataclass(frozen=True, slots=True)
class Page:
    """One paper sheet."""

    number: int
    name: str
    say_name: str
    student_id: str
    section: str
    planned: str
    allowed: str
    extra: str
    """What was agreed with this student: time, stops, questions in writing."""
    attempt: str
    """Which paper of the student, where there are several."""
    title: str
    """Empty where the paper is chosen by hand."""
    about: str
    readings: tuple[str, ...]
    """Titles to choose from, where it is chosen by hand."""
    general: str
    """Why the questions fit any paper; empty where they are about this one."""
    questions: tuple[Question, ...]
    kinds: tuple[str, ...]
    """Of the free questions of a blank sheet."""
    is_written: bool = False
    """Its questions stand on a card, too, for the student to read."""

    @property
    def is_long(self) -> bool:
        """Whether its text needs smaller type."""
        return sum(map(_length, self.questions)) > LONG_SHEET

    @property
    def is_dense(self) -> bool:
        """Whether it needs the smallest type."""
        return sum(map(_length, self.questions)) > DENSE_SHEET


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands above all sheets."""

    session: str
    day: str
    made: str
    kit: str
    """Which kit this is, printed on every sheet."""
    is_blank: bool
    lines: tuple[Line, ...]


def render_kit(cover: Cover, pages: tuple[Page, ...]) -> bytes:
    """Return the kit as the bytes of an HTML file."""
    template = templates().get_template(TEMPLATE)
    return template.render(cover=cover, pages=pages).encode("utf-8", "replace")


def templates() -> Environment:
    """Return what fills in the templates of this folder: text from people stays text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["short"] = _short
    return made


def _visible(value: Any) -> Any:
    """Let nothing hidden through; line breaks of long texts stay."""
    if type(value) is not str:
        return value
    return "\n".join(map(safe, value.split("\n")))


def _short(text: str) -> str:
    """Return a hint, cut after a word where it is long."""
    if len(text) <= LONGEST_HINT:
        return text
    return f"{text[:LONGEST_HINT].rpartition(' ')[0] or text[:LONGEST_HINT]} …"


def _length(question: Question) -> int:
    points = sum(len(point.text) for point in question.look_for)
    return len(question.say) + points + sum(map(len, (*question.probes, *question.hints)))
