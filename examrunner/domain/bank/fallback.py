"""The program's own questions, for a reading that no bank covers, and where they step in.

They fit any reading, so they tell less than questions about one. A course may hold a fallback
bank of its own; this one serves where there is none (design, section 4, "Fallback").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import Bank, Point, Question, State, drawable
from examrunner.domain.draw.sheets import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.draw.sheets import Item

PROGRAM_FALLBACK = Bank(
    reading="fallback",
    title="Questions about any reading",
    public=True,
    questions=(
        Question(
            id="fallback-o1",
            kind="opening",
            level="explain",
            say="Which question does this reading set out to answer?",
            seconds=60,
            marks=2,
            look_for=(
                Point("names a problem that the reading itself poses", must=True),
                Point("says what was lacking or unknown before it"),
                Point("says who would use the answer, or for what"),
            ),
            probes=("What could people do afterwards that they could only guess at before?",),
            status=State.APPROVED,
        ),
        Question(
            id="fallback-c1",
            kind="core",
            level="explain",
            say="Take me through the one main idea of this reading, step by step.",
            seconds=90,
            marks=3,
            look_for=(
                Point("names the idea and what it works on", must=True),
                Point("puts the steps in an order in which each follows from the last", must=True),
                Point("gives the reason for at least one of the steps"),
            ),
            probes=("What would go wrong if you left out the second step?",),
            red_flags=("tells only the topic or the title in other words",),
            status=State.APPROVED,
        ),
        Question(
            id="fallback-d1",
            kind="detail",
            level="recall",
            say="Which result or example in the reading carries its argument most?",
            seconds=60,
            marks=2,
            look_for=(
                Point("describes one particular result or example from the reading", must=True),
                Point("says what it was compared with or measured on"),
                Point("says which claim falls if it is wrong"),
            ),
            probes=("How did the authors arrive at that result or example?",),
            red_flags=("names a result that stands only in the summary",),
            status=State.APPROVED,
        ),
        Question(
            id="fallback-d2",
            kind="detail",
            level="recall",
            say="Which choice that the authors made did you find hardest to accept?",
            seconds=60,
            marks=2,
            look_for=(
                Point("describes one particular choice that the authors made", must=True),
                Point("tells the reason that the authors give for it"),
                Point("names what they could have done instead"),
            ),
            probes=("Where in the reading does that choice make a difference?",),
            red_flags=("names a choice that the authors did not make",),
            status=State.APPROVED,
        ),
        Question(
            id="fallback-q1",
            kind="critique",
            level="evaluate",
            say="Which judgement in your own review would you change today?",
            seconds=75,
            marks=3,
            look_for=(
                Point("states a judgement that is in the student's review", must=True),
                Point("gives a reason from the reading for changing or keeping it", must=True),
                Point("says what would settle the matter"),
            ),
            probes=("What made you see it differently?",),
            status=State.APPROVED,
        ),
        Question(
            id="fallback-q2",
            kind="critique",
            level="evaluate",
            say="Which other reading of this course does it contradict or need most?",
            seconds=75,
            marks=3,
            look_for=(
                Point("names another reading and what that reading claims", must=True),
                Point("says where the two meet, in a claim of each", must=True),
                Point("weighs which of the two is better supported"),
            ),
            probes=("What would the authors of the other reading say to that?",),
            status=State.APPROVED,
        ),
    ),
)
"""Always drawable. Opening 1, core 1, detail 2, critique 2."""


def questions_for(
    bank: Bank | None,
    fallback: Bank,
    kinds: Iterable[tuple[str, int]],
    lowest: State,
) -> tuple[tuple[Question, ...], bool]:
    """Return the questions that a reading's sheet is chosen from, and whether all are fallback.

    They are the bank's drawable ones, then, for every kind of which the bank cannot put as many on
    one sheet as `kinds` asks for, beside those of the kinds before it, the fallback's questions of
    that kind. Those are drawable in any state but retired. A kind that neither supplies stays
    missing.
    """
    own = drawable(bank, lowest) if bank is not None else ()
    short = _short(items_of(own), kinds)
    taken = {question.id for question in own}
    added = tuple(
        question
        for question in fallback.questions
        if question.kind in short
        and question.status is not State.RETIRED
        and question.id not in taken
    )
    return own + added, not own


def _short(items: Iterable[Item], kinds: Iterable[tuple[str, int]]) -> set[str]:
    """Return the kinds that lack a question once each place on a sheet was given one.

    Of a group, whose questions exclude each other, only one place can have a question. Places are
    matched with groups along augmenting paths: as many get one as can.
    """
    groups: dict[str, set[str]] = {}
    for item in items:
        groups.setdefault(item.depth, set()).add(item.group or item.id)
    place_of: dict[str, str] = {}

    def finds_one(kind: str, tried: set[str]) -> bool:
        for group in sorted(groups.get(kind, set()) - tried):
            tried.add(group)
            if group not in place_of or finds_one(place_of[group], tried):
                place_of[group] = kind
                return True
        return False

    return {kind for kind, count in kinds for _ in range(count) if not finds_one(kind, set())}
