"""Recalling one's own earlier verdicts: the last student is measured as the first one was."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from examrunner.domain.exam.events import Help, Verdict
from examrunner.domain.exam.phases import Phase

if TYPE_CHECKING:
    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.desk import Desk


def recalled(desk: Desk) -> str:
    """Return the anchor after every so many decided attempts, in words; empty in between.

    It gives what the examiner did, and no judgement on it: a handful of verdicts shows no drift.
    Of a class of 99 it fits a line of 80 cells.
    """
    every = desk.settings.exam.anchor_every
    decided = sorted(
        (one for one in desk.attempts() if one.phase is Phase.DECIDED and one.decided_at),
        key=lambda one: (one.decided_at, one.id),
    )
    if not every or not decided or len(decided) % every:
        return ""
    counts = Counter(one.verdict for one in decided)
    words = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    told = ", ".join(words) or "no verdicts"
    passed = [one for one in decided if one.verdict is Verdict.PASS]
    return f"{told}; first pass: {_seen(passed[0])}" if passed else f"so far {told}"


def _seen(attempt: Attempt) -> str:
    rated = [one for one in attempt.questions if one.rating is not None]
    alone = sum(one.help is Help.UNAIDED for one in rated)
    ratings = Counter(one.rating for one in rated)
    words = ", ".join(f"{count} {rating}" for rating, count in ratings.most_common())
    return f"{words or 'no rating'}, {alone}/{len(rated)} unaided"
