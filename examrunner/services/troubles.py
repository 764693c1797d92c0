"""Troubles put into a rehearsal by hand: what the app then says or does, and to whom.

Whom they meet follows from the seed. Everything else stays the person's: nothing here writes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.errors import Refused, WrongUsage
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import newest_first
from examrunner.domain.exam.phases import UNDER_WAY, Phase
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examrunner.services.desk import Desk
    from examrunner.services.known import Row

NO_SHOW, LATECOMER, CRASH = "no-show", "latecomer", "crash"
KINDS = (NO_SHOW, LATECOMER, CRASH)
LATER_BY = 2
"""So many others come between the latecomer's turn and the latecomer."""
MARKS_BEFORE = 2
"""The crash comes after so many marks."""


@dataclass(frozen=True, slots=True)
class Troubles:
    """Ids of the students whom something happens to; None: that does not happen."""

    no_show: str | None = None
    latecomer: str | None = None
    after: int = 0
    """The latecomer comes once so many others are done or absent."""
    crash: str | None = None
    has_crashed: bool = False


def kinds_of(text: str) -> tuple[str, ...]:
    """Return the troubles named in a list with commas. Raises WrongUsage."""
    kinds = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    unknown = [one for one in kinds if one not in KINDS]
    if unknown or not kinds:
        told = f"There is no trouble {unknown[0]!r}." if unknown else "No trouble is named."
        raise WrongUsage(told, f"There are {', '.join(KINDS)}.")
    return kinds


def troubles_for(students: Sequence[str], kinds: Sequence[str], seed: int) -> Troubles:
    """Choose whom the troubles meet, one student each; ids are in the order of the day.

    Who it is does not depend on which others are asked for. Raises Refused where the class is
    too small.
    """
    if len(students) < len(KINDS):
        raise Refused(
            f"A class of {counted(len(students), 'student')} is too small for troubles.",
            f"There must be {len(KINDS)} at least.",
        )
    chosen = random.Random(f"troubles {seed}").sample(list(students), len(KINDS))  # noqa: S311
    who = {kind: one for kind, one in zip(KINDS, chosen, strict=True) if kind in kinds}
    late = who.get(LATECOMER)
    after = min(students.index(late) + LATER_BY, len(students) - 1) if late else 0
    return Troubles(who.get(NO_SHOW), late, after, who.get(CRASH))


def nobody_comes(desk: Desk, troubles: Troubles, key: str) -> bool:
    """Say whether a called student does not come in, or not yet."""
    who = desk.row(key).student.student_id
    return who == troubles.no_show or (who == troubles.latecomer and not _has_come(desk, troubles))


def latecomer(desk: Desk, troubles: Troubles) -> Row | None:
    """Return the late student who has come by now and waits; None while there is none."""
    if not _has_come(desk, troubles) or desk.under_way() is not None:
        return None
    for row in desk.rows():
        if row.student.student_id == troubles.latecomer and not row.is_done:
            return row
    return None


def _has_come(desk: Desk, troubles: Troubles) -> bool:
    others = [row for row in desk.rows() if row.student.student_id != troubles.latecomer]
    settled = [row for row in others if row.is_done or row.attempt.phase is Phase.ABSENT]
    return len(settled) >= troubles.after


def is_crash_due(desk: Desk, troubles: Troubles) -> bool:
    """Say whether the program is to die now: in the middle of the exam, all marks saved."""
    attempt = desk.under_way()
    if troubles.crash is None or attempt is None or attempt.phase not in UNDER_WAY or desk.waiting:
        return False
    if desk.row(attempt.student).student.student_id != troubles.crash:
        return False
    standing = newest_first(desk.events(attempt.id))
    return sum(isinstance(one.what, ev.MARKS) for one in standing) >= MARKS_BEFORE
