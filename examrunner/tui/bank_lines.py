"""Banks and their questions as lines, for the bank browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import State
from examrunner.domain.text import counted
from examrunner.services.bank_show import aids_of
from examrunner.tui.lines import Line, hanging, line, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.services.approving import Waiting
    from examrunner.services.bank_list import Shelved

USUAL = ("opening", "core", "detail", "critique")
SIGN = {State.APPROVED: "✓", State.REVIEWED: "+", State.DRAFT: "·", State.RETIRED: "–"}
STEPS = (State.DRAFT, State.REVIEWED, State.APPROVED, State.RETIRED)
LABEL, WIDEST = 8, 100
"""Cells of a label such as `enough`, and of a line that is still easy to read."""


def kinds_words(row: Shelved) -> str:
    """Return how many questions there are of each usual kind."""
    return "  ".join(str(row.kinds.get(kind, 0)) for kind in USUAL) if row.file else ""


def state_words(row: Shelved, cells: int = WIDEST) -> str:
    """Return how far a bank's questions have come; where there is no room, the least far ones."""
    if row.file is None:
        return "no bank"
    if row.bank is None:
        return "unreadable"
    told = ", ".join(f"{number} {state}" for state, number in sorted(row.states.items()))
    if len(told) <= cells:
        return told or "empty"
    least = next(state for state in STEPS if row.states.get(state))
    return f"{row.states[least]} {least} of {len(row.standings)}"


def problem_words(row: Shelved) -> str:
    """Return how much is wrong with a bank."""
    if row.errors:
        return counted(row.errors, "error")
    return counted(len(row.problems), "warning") if row.problems else ""


def question_lines(one: Waiting, problems: Iterable[str], width: int) -> list[Line]:
    """Return a question whole: all that the examiner may see of it, and what is wrong with it."""
    question = one.question
    inner = min(width - 4, WIDEST)
    rows = [line((f"  {question.id}, {question.seconds} s, {one.why}", "dim"))]
    rows += [line((f"  {text}", "strong")) for text in wrap(question.say, inner)]
    points = [("must" if point.must else "also", point.text) for point in question.look_for]
    for label, text in (*points, *aids_of(question)):
        head = line((f"  {label:<{LABEL}}", "key" if label == "must" else "dim"))
        rows += hanging(head, " " * (LABEL + 2), wrap(text, inner - LABEL), "")
    for text in problems:
        rows += hanging(line(("  ! ", "warn")), "    ", wrap(text, inner - 2), "warn")
    return rows
