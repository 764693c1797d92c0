"""How long a student who was called has been waited for, and what the session's rule says then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import Phase
from examrunner.services.day import day_of

if TYPE_CHECKING:
    from datetime import datetime

    from examrunner.services.day import Day
    from examrunner.services.desk import Desk

MISSING = frozenset({Phase.WAITING, Phase.POSTPONED, Phase.CALLED})
"""Phases in which a student who was called may still be missing."""


def missing_since(desk: Desk, key: str) -> datetime | None:
    """Return when a student was called first who has not been here since; None for no such call."""
    attempt = desk.row(key).attempt
    if attempt.phase not in MISSING or attempt.is_present or attempt.called_at is None:
        return None
    since: datetime | None = None
    for event in desk.events(attempt.id):
        if isinstance(event.what, ev.Called):
            since = since or event.at
        elif isinstance(event.what, ev.Present | ev.Absent):
            since = None
    return since


def waited(desk: Desk, key: str, day: Day | None = None) -> timedelta | None:
    """Return how long a missing student has been waited for; None for one who is not missing.

    Nobody is late before the planned time, however early the call came. `day` saves making it.
    """
    since = missing_since(desk, key)
    if since is None:
        return None
    day = day or day_of(desk)
    planned = dict(zip((row.key for row in desk.rows()), day.starts, strict=False)).get(key)
    due = max(since, planned) if planned else since
    return max(timedelta(0), desk.clock.now().at - due)


def overdue(desk: Desk, key: str, day: Day | None = None) -> timedelta | None:
    """Return how long a student has been missing, once the rule's minutes have passed."""
    rule = desk.settings.exam.absent_after
    found = waited(desk, key, day) if rule is not None else None
    return found if found is not None and rule is not None and found >= rule else None
