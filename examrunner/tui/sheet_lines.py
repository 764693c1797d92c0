"""The sheet as lines: the current question whole, the others in a line each.

What matters is never cut: the question and its points are always there. Probes, red flags,
anchors and air are added as far as the height allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from examrunner.domain.bank.banks import Question
from examrunner.domain.exam.attempts import Asked
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.events import Help, Rating
from examrunner.tui.lines import EMPTY, GAP, Line, Span, hanging, line, pad, wrap

MARGIN = "  "
EDGE: Span = ("  ▌ ", "accent")
LABEL = 9
"""Cells of a label such as `critique`."""
RATING_INK = {Rating.STRONG: "good", Rating.ENOUGH: "", Rating.WEAK: "warn"}
HELP_WORD = {
    Help.UNAIDED: "",
    Help.CLARIFIED: "clarified",
    Help.PROBED: "probed",
    Help.LED: "led",
}


AROUND, HEADING, EXTRAS, POINTS = 1, 2, 3, 4
"""Where empty rows stand, the most important place first."""


@dataclass(frozen=True, slots=True)
class Level:
    """How much is shown beside the question and its points."""

    air: int
    """In how many of the places named above an empty row stands."""
    probes: int
    flags: int
    anchors: bool = False
    others: bool = True
    """The other questions in a line each; else they share one line."""


LEVELS = (
    Level(air=4, probes=3, flags=3, anchors=True),
    Level(air=4, probes=3, flags=2),
    Level(air=4, probes=2, flags=1),
    Level(air=4, probes=1, flags=1),
    Level(air=3, probes=1, flags=1),
    Level(air=2, probes=1, flags=1),
    Level(air=1, probes=1, flags=1),
    Level(air=0, probes=1, flags=1),
    Level(air=0, probes=1, flags=1, others=False),
    Level(air=0, probes=0, flags=0, others=False),
)


@dataclass(frozen=True, slots=True)
class SheetView:
    """What the sheet shows."""

    questions: Sequence[Question]
    asked: Sequence[Asked]
    current: int
    spent: int
    """Seconds the current question has been current."""
    notes: Sequence[str] = ()
    """Notes on the current question."""


def sheet_lines(view: SheetView, width: int, height: int) -> list[Line]:
    """Return the sheet at the richest level that fits; the poorest where none does."""
    rows: list[Line] = []
    for level in LEVELS:
        rows = _rows(view, width, level)
        if len(rows) <= height:
            break
    return rows


def _rows(view: SheetView, width: int, level: Level) -> list[Line]:
    air = [EMPTY] if level.air >= AROUND else []
    if not level.others:
        return [*_current(view, width, level), _shared(view, width)]
    before = [_other(view, place, width) for place in range(view.current)]
    after = [_other(view, place, width) for place in range(view.current + 1, len(view.asked))]
    rows = [*before, *(air if before else [])]
    rows += _current(view, width, level)
    return rows + ([*air, *after] if after else [])


def _current(view: SheetView, width: int, level: Level) -> list[Line]:
    question, asked = view.questions[view.current], view.asked[view.current]
    inner = width - 8
    rows: list[Line] = [_heading(question, asked, view.spent)]
    rows += [EMPTY] if level.air >= HEADING else []
    rows += [line((text, "strong")) for text in wrap(question.say, inner)]
    if question.look_for and level.air >= POINTS:
        rows.append(EMPTY)
    for number, point in enumerate(question.look_for, 1):
        ticked = number in asked.points
        mark: Line = ((f"{number} ✓ ", "good"),) if ticked else ((f"{number} · ", ""),)
        ink = "strong" if point.must else ""
        rows += hanging(mark, "    ", wrap(point.text, inner - 4), ink)
    extras = _extras(question, asked, level, inner)
    extras += [
        row
        for text in view.notes
        for row in hanging(line(("note     ", "dim")), " " * LABEL, wrap(text, inner - LABEL), "")
    ]
    rows += [EMPTY] if extras and level.air >= EXTRAS else []
    rows += extras
    return [(EDGE, *row) for row in rows]


def _heading(question: Question, asked: Asked, spent: int) -> Line:
    spans: list[Span] = [(question.kind, "accent")]
    spans.append((f"{GAP}{shown(spent)} of {shown(question.seconds)}", ""))
    if asked.rating:
        spans.append((f"{GAP}{asked.rating}", RATING_INK[asked.rating]))
    if asked.not_asked:
        spans.append((f"{GAP}not asked", "dim"))
    if HELP_WORD[asked.help]:
        spans.append((f"{GAP}{HELP_WORD[asked.help]}", "warn"))
    if asked.flags:
        spans.append((f"{GAP}{'!' * len(asked.flags)} flagged", "bad"))
    return tuple(spans)


def _extras(question: Question, asked: Asked, level: Level, inner: int) -> list[Line]:
    rows: list[Line] = []
    hints = question.hints[: list(Help).index(asked.help)]
    parts = [
        *(("hint", text, "warn") for text in hints),
        *(("probe", text, "") for text in question.probes[: level.probes]),
        *(("!", text, "dim") for text in question.red_flags[: level.flags]),
    ]
    if level.anchors and question.anchors:
        anchors = question.anchors
        pairs = (("strong", anchors.strong), ("enough", anchors.enough), ("weak", anchors.weak))
        parts += [(label, text, "dim") for label, text in pairs if text]
    for label, text, ink in parts:
        head = line((pad(label, LABEL), ink))
        rows += hanging(head, " " * LABEL, wrap(text, inner - LABEL), ink)
    return rows


def _other(view: SheetView, place: int, width: int) -> Line:
    question, asked = view.questions[place], view.asked[place]
    label = pad(question.kind, LABEL)
    if asked.rating or asked.not_asked or asked.asked_at:
        done = asked.rating is not None
        spans: list[Span] = [(f"{MARGIN}✓ " if done else f"{MARGIN}· ", "good" if done else "dim")]
        spans.append((label, "dim"))
        word = asked.rating or ("not asked" if asked.not_asked else "not rated")
        spans.append((f"{word:<9}", RATING_INK[asked.rating] if asked.rating else "dim"))
        spans.append((f"  {shown(asked.spent)}", "dim"))
        if asked.points:
            spans.append((f"{GAP}{len(asked.points)} of {len(question.look_for)}", "dim"))
        if HELP_WORD[asked.help]:
            spans.append((f"{GAP}{HELP_WORD[asked.help]}", "dim"))
        if asked.flags:
            spans.append((f"{GAP}!", "bad"))
        return tuple(spans)
    head = f"{MARGIN}  {label}{shown(question.seconds)}{GAP}"
    return line((head, "dim"), (pad(question.say, width - len(head) - 2).rstrip(), "dim"))


def _shared(view: SheetView, width: int) -> Line:
    words = []
    for place, (question, asked) in enumerate(zip(view.questions, view.asked, strict=True)):
        if place != view.current:
            words.append(f"{question.kind} {asked.rating or shown(question.seconds)}")
    return line((pad(MARGIN + "  " + GAP.join(words), width - 2).rstrip(), "dim"))
