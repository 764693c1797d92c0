"""The suggested verdict: what the marks of an attempt say. It is shown on demand, never applied.

The course's rule is a judgement, convinced that the student read and understood, and what shows it
are the core and the detail answers. The marks suggest

- nothing, unless a core and a detail answer were rated: too little was asked;
- pass, where all of these answers are at least enough and no flag stands;
- fail, where none of them is at least enough;
- edge, in between: one answer is weak, or a flag stands.

Without a rating an answer with all its must points counts as enough; a led one counts as enough at
most. A flag takes nothing away: it asks for a second detail question, and stands until that one is
answered. A question that was not asked counts for nothing and against nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from examrunner.domain.exam.attempts import Asked, Attempt
from examrunner.domain.exam.events import Help, Rating, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.bank.banks import Question

CORE, DETAIL = "core", "detail"
RESTS_ON = (CORE, DETAIL)
"""The kinds that show whether a paper was read and understood."""
STEPS = (Verdict.FAIL, Verdict.EDGE, Verdict.PASS)
TWICE = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A verdict that the marks suggest, and why. None: they carry none, and the reasons say why."""

    verdict: Verdict | None
    reasons: tuple[str, ...]
    """The facts in plain words; the last one says how much was asked."""

    def steps_to(self, verdict: Verdict | None) -> int:
        """Return how many steps a verdict is away from it; 0 where one of them is none."""
        if self.verdict is None or verdict is None:
            return 0
        return abs(STEPS.index(self.verdict) - STEPS.index(verdict))


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, as far as a suggestion looks at it."""

    asked: Asked
    at: datetime
    must: int = 0
    """How many must points the question has; 0 also where its bank is not known."""
    met: int = 0

    @property
    def has_all(self) -> bool:
        """Whether all its must points were ticked."""
        return 0 < self.must == self.met

    @property
    def worth(self) -> Rating | None:
        """What it counts as; None where nothing says how good it was."""
        if self.asked.rating is None:
            return Rating.ENOUGH if self.has_all else None
        is_capped = self.asked.help is Help.LED and self.asked.rating is Rating.STRONG
        return Rating.ENOUGH if is_capped else self.asked.rating

    @property
    def is_good(self) -> bool:
        """Whether it counts as at least enough."""
        return self.worth in (Rating.STRONG, Rating.ENOUGH)


def suggest(attempt: Attempt, questions: Iterable[Question] = ()) -> Suggestion:
    """Return what an attempt's marks suggest.

    `questions` are those of its sheet; of a question that is not among them only the marks count.
    """
    if not attempt.questions:
        return Suggestion(None, ())
    known = {question.id: question for question in questions}
    answers = [
        _answer(asked, asked.asked_at, known.get(asked.id))
        for asked in attempt.questions
        if asked.asked_at is not None
    ]
    counted = [one for one in answers if one.asked.kind in RESTS_ON and one.worth]
    missing = [kind for kind in RESTS_ON if all(one.asked.kind != kind for one in counted)]
    standing = [one for one in answers if _stands(one, answers)]
    reasons = [_reason(one, is_standing=one in standing) for one in _told(answers)]
    reasons += [f"no {kind} answer rated" for kind in missing]
    asked = f"{len(answers)} of {len(attempt.questions)} questions asked"
    if missing:
        return Suggestion(None, (*reasons, asked))
    verdict = _verdict(counted, has_flag=bool(standing))
    return Suggestion(verdict, (*reasons, f"rests on {len(counted)} answers, {asked}"))


def _answer(asked: Asked, at: datetime, question: Question | None) -> _Answer:
    points = question.look_for if question else ()
    must = [number for number, point in enumerate(points, 1) if point.must]
    return _Answer(asked, at, len(must), len(set(must) & set(asked.points)))


def _verdict(counted: list[_Answer], *, has_flag: bool) -> Verdict:
    if not any(one.is_good for one in counted):
        return Verdict.FAIL
    if has_flag or not all(one.is_good for one in counted):
        return Verdict.EDGE
    return Verdict.PASS


def _stands(flagged: _Answer, answers: list[_Answer]) -> bool:
    """Return whether a flag was raised that no later second detail question has answered."""
    if not flagged.asked.flags:
        return False
    details = [one for one in answers if one.asked.kind == DETAIL]
    further = sorted(details, key=lambda one: (one.at, one.asked.id))[1:]
    last = max(flagged.asked.flags)
    return not any(one.is_good and one.at > last for one in further)


# --- the reasons in words ------------------------------------------------------------------


def _told(answers: list[_Answer]) -> list[_Answer]:
    """Return the answers that bear on the suggestion, core first, then detail, then others."""
    kinds = [[one for one in answers if one.asked.kind == kind] for kind in RESTS_ON]
    others = [one for one in answers if one.asked.kind not in RESTS_ON and one.asked.flags]
    return [*kinds[0], *kinds[1], *others]


def _reason(answer: _Answer, *, is_standing: bool) -> str:
    asked = answer.asked
    is_unaided = asked.rating is not None and asked.help is Help.UNAIDED
    words = [f"{asked.kind} {asked.rating or 'not rated'}{' unaided' if is_unaided else ''}"]
    if asked.help is not Help.UNAIDED:
        words.append(str(asked.help))
    if answer.must and asked.points:
        words.append(f"{answer.met} of {answer.must} must points")
    if answer.worth is not asked.rating:
        words.append("counts as enough")
    if asked.flags:
        words.append(f"flagged {_times(len(asked.flags))}")
        words[-1] += ": not read" if is_standing else ", then a second detail was answered"
    return ", ".join(words)


def _times(count: int) -> str:
    return {1: "once", TWICE: "twice"}.get(count, f"{count} times")
