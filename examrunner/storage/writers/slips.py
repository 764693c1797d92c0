"""Slips as text and as one HTML page to print: each student's own row, and nothing of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.text import counted, safe
from examrunner.storage.writers.kit import templates

if TYPE_CHECKING:
    from collections.abc import Sequence

TEMPLATE = "slips.html.j2"


@dataclass(frozen=True, slots=True)
class SlipPaper:
    """A reading on a slip."""

    title: str
    about: str
    """Authors and year; empty where nobody knows."""
    note: str
    """When it was reviewed, or why it is not drawn."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What one student should check before the day."""

    student_id: str
    name: str
    email: str | None
    place: str
    """Place in the exam order and key in the draw; empty before the commit."""
    papers: tuple[SlipPaper, ...]
    """Those that may be drawn."""
    left_out: tuple[SlipPaper, ...]
    """Reviewed, and not drawn."""
    assigned: str | None
    """Title of the paper that is given and not drawn."""
    number: int = 1
    """On how many papers the student is examined."""


def render_html(title: str, slips: Sequence[Slip], words: str) -> bytes:
    """Return a page with one slip a sheet of paper."""
    template = templates().get_template(TEMPLATE)
    return template.render(title=title, slips=slips, words=words, chance=chance_words).encode(
        "utf-8", "replace"
    )


def render_text(title: str, slip: Slip, words: str) -> str:
    """Return one slip as plain text, ready to be mailed."""
    lines = [title, f"{slip.name} ({slip.student_id})"]
    lines += [slip.place] if slip.place else []
    lines += ["", chance_words(slip), ""]
    lines += _listed(slip.papers)
    if slip.left_out:
        lines += ["", "Reviewed, and not drawn:", "", *_listed(slip.left_out)]
    return "".join(f"{safe(line)}\n" for line in [*lines, "", words])


def chance_words(slip: Slip) -> str:
    """Say what the student may be examined on."""
    count = len(slip.papers)
    if slip.assigned is not None:
        return f"You will be examined on: {slip.assigned}."
    if not count:
        return "There is no paper that may be drawn for you. Please say so now."
    if count == 1:
        return "You will be examined on this paper, the only one that may be drawn for you:"
    if slip.number > 1:
        many = "all" if slip.number >= count else str(slip.number)
        return (
            f"You will be examined on {many} of these {count} papers, drawn at random one after "
            f"the other. Before the day each has the same chance to come first, 1 in {count}."
        )
    return (
        f"You will be examined on one of these {counted(count, 'paper')}, drawn at random. Before "
        f"the day each has the same chance, 1 in {count}."
    )


def _listed(papers: Sequence[SlipPaper]) -> list[str]:
    lines = []
    for number, paper in enumerate(papers, 1):
        notes = [part for part in (paper.about, paper.note) if part]
        lines.append(f"{number:3}. {paper.title}" + (f" ({', '.join(notes)})" if notes else ""))
    return lines
