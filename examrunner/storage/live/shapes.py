"""What is kept of Canvas's answers. Without the optional packages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from examrunner.storage.writers.uploads import EXCUSED


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One course that the token may see."""

    id: str
    name: str
    code: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A student of the course; texts are empty where Canvas does not show them."""

    canvas_id: str
    name: str
    """Sortable: Last, First."""
    sis_id: str = ""
    login: str = ""
    email: str = ""
    section: str = ""
    is_invited: bool = False
    """The invitation to the course has not been accepted yet."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment."""

    id: str
    title: str
    points: Decimal | None = None
    grading: str = "points"
    """points, percent, pass_fail, letter_grade, gpa_scale or not_graded."""
    is_published: bool = True
    is_anonymous: bool = False

    @property
    def header(self) -> str:
        """The assignment as a gradebook calls it."""
        return f"{self.title} ({self.id})"


@dataclass(frozen=True, slots=True)
class Handed:
    """What Canvas has of one student for one assignment; also where nothing was handed in."""

    user: str
    assignment: str
    submitted_at: str = ""
    """As 2024-10-29T15:00:00Z; empty where nothing was handed in."""
    files: tuple[str, ...] = ()
    """Names of the files handed in."""
    body: str = ""
    """The text that was handed in, as HTML that nobody has checked; or an address."""
    score: Decimal | None = None
    is_excused: bool = False
    is_late: bool = False

    @property
    def cell(self) -> str:
        """The score as a gradebook's cell has it."""
        return EXCUSED if self.is_excused else "" if self.score is None else plain(self.score)


def plain(number: Decimal) -> str:
    """Return a number in plain digits, without zeros at its end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
