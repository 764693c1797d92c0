"""The sheet as lines: the current question whole, the others in a line each.

What matters is never cut: the question and its points are always there, and so is the probe or
hint offered last. Earlier ones, red flags, anchors and air are added as far as the height allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from examrunner.domain.bank.banks import Question
from examrunner.domain.exam.attempts import Asked
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.events import Help, Rating
from examrunner.tui.lines import EMPTY, GAP, Line, Span, hanging, line, pad, wrap
from examrunner.tui.words import why_words

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
    offers: int
    """How many probes and hints, of those offered, the last ones."""
    flags: int
    anchors: bool = False
    others: bool = True
    """The other questions in a line each; else they share one line."""
    rest: bool = True
    """How many probes and hints are left to offer."""


LEVELS = (
    Level(air=4, offers=9, flags=3, anchors=True),
    Level(air=4, offers=9, flags=2),
    Level(air=4, offers=2, flags=1),
    Level(air=4, offers=1, flags=1),
    Level(air=3, offers=1, flags=1),
    Level(air=2, offers=1, flags=1),
    Level(air=1, offers=1, flags=1),
    Level(air=0, offers=1, flags=1),
    Level(air=0, offers=1, flags=1, others=False),
    Level(air=0, offers=1, flags=0, others=False, rest=False),
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
    remarks: Mapping[str, str] = field(default_factory=dict)
    """Question to a word on where it comes from, for those that are not approved ones."""
    aside: Sequence[Line] | None = None
    """What stands in the place of all but the current question and its points, if asked for."""


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
    if view.aside is not None:
        return [*_current(view, width, level), *air, *view.aside]
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
    remark = view.remarks.get(question.id, "")
    rows: list[Line] = [_heading(question, asked, view.spent, remark)]
    rows += [EMPTY] if level.air >= HEADING else []
    rows += [line((text, "strong")) for text in wrap(question.say, inner)]
    if question.look_for and level.air >= POINTS:
        rows.append(EMPTY)
    for number, point in enumerate(question.look_for, 1):
        ticked = number in asked.points
        mark: Line = ((f"{number} ✓ ", "good"),) if ticked else ((f"{number} · ", ""),)
        ink = "strong" if point.must else ""
        rows += hanging(mark, "    ", wrap(point.text, inner - 4), ink)
    extras: list[Line] = []
    if view.aside is None:
        extras += _offers(question, asked, level, inner)
        extras += _extras(question, level, inner)
        extras += [row for text in view.notes for row in _labelled("note", text, inner, "dim", "")]
    rows += [EMPTY] if extras and level.air >= EXTRAS else []
    rows += extras
    return [(EDGE, *row) for row in rows]


def _heading(question: Question, asked: Asked, spent: int, remark: str) -> Line:
    spans: list[Span] = [(question.kind, "accent")]
    spans.append((f"{GAP}{shown(spent)} of {shown(question.seconds)}", ""))
    spans += [(f"{GAP}{remark}", "dim")] if remark else []
    if asked.rating:
        spans.append((f"{GAP}{asked.rating}", RATING_INK[asked.rating]))
    if asked.not_asked:
        spans.append((f"{GAP}not asked: {why_words(asked.not_asked)}", "dim"))
    if HELP_WORD[asked.help]:
        spans.append((f"{GAP}{HELP_WORD[asked.help]}", "warn"))
    if asked.flags:
        spans.append((f"{GAP}{'!' * len(asked.flags)} flagged", "bad"))
    return tuple(spans)


def _labelled(label: str, text: str, inner: int, ink: str, text_ink: str) -> list[Line]:
    head = line((pad(label, LABEL), ink))
    return hanging(head, " " * LABEL, wrap(text, inner - LABEL), text_ink)


def _offers(question: Question, asked: Asked, level: Level, inner: int) -> list[Line]:
    """Return the probes and hints offered so far, and what is left of them."""
    offered = [
        (f"probe {n}", text, "") for n, text in enumerate(question.probes[: asked.probes], 1)
    ]
    hints = question.hints[: asked.hints]
    offered += [(f"hint {n}", text, "warn") for n, text in enumerate(hints, 1)]
    rows = [
        row
        for label, text, ink in offered[max(0, len(offered) - level.offers) :]
        for row in _labelled(label, text, inner, ink, ink)
    ]
    left = rest_words(question, asked)
    if left and level.rest:
        rows.append(line((pad("o", LABEL), "key"), (left, "dim")))
    return rows


def rest_words(question: Question, asked: Asked) -> str:
    """Return what the next offer is, and how much is left: `probe 1 of 3, then 2 hints`."""
    probes, hints = len(question.probes), len(question.hints)
    if asked.probes < probes:
        then = f", then {hints} hint{'s' if hints > 1 else ''}" if hints else ""
        return f"probe {asked.probes + 1} of {probes}{then}"
    return f"hint {asked.hints + 1} of {hints}" if asked.hints < hints else ""


def _extras(question: Question, level: Level, inner: int) -> list[Line]:
    parts = [("!", text) for text in question.red_flags[: level.flags]]
    parts += _anchors(question) if level.anchors else []
    return [row for label, text in parts for row in _labelled(label, text, inner, "dim", "dim")]


def _anchors(question: Question) -> list[tuple[str, str]]:
    anchors = question.anchors
    if anchors is None:
        return []
    pairs = (("strong", anchors.strong), ("enough", anchors.enough), ("weak", anchors.weak))
    return [(label, text) for label, text in pairs if text]


def info_lines(question: Question, width: int) -> list[Line]:
    """Return the misconceptions and sample answers of a question."""
    inner = width - 8
    rows = [
        row
        for label, text in _anchors(question)
        for row in _labelled(label, text, inner, RATING_INK[Rating(label)] or "strong", "")
    ]
    for one in question.misconceptions:
        rows += [EMPTY] if rows else []
        rows += _labelled("wrong", one.claim, inner, "bad", "")
        rows += _labelled("right", one.correction, inner, "good", "") if one.correction else []
    if not rows:
        rows = [line(("this question has no misconceptions and no sample answers", "dim"))]
    return [line(MARGIN * 2, *row) for row in rows]


def _other(view: SheetView, place: int, width: int) -> Line:
    question, asked = view.questions[place], view.asked[place]
    label = pad(question.kind, LABEL)
    if asked.rating or asked.not_asked or asked.asked_at:
        done = asked.rating is not None
        spans: list[Span] = [(f"{MARGIN}✓ " if done else f"{MARGIN}· ", "good" if done else "dim")]
        spans.append((label, "dim"))
        word = asked.rating or (why_words(asked.not_asked) if asked.not_asked else "not rated")
        spans.append((f"{word:<10}", RATING_INK[asked.rating] if asked.rating else "dim"))
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
    shown_words, room = len(words), width - 2
    while True:
        left = len(words) - shown_words
        told = [*words[:shown_words], *([f"{left} more"] if left else [])]
        text = MARGIN + "  " + GAP.join(told)
        if not shown_words or len(text) <= room:
            return line((pad(text, room).rstrip(), "dim"))
        shown_words -= 1
