"""What was put in for an attempt and is on no record yet, kept while its screens come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examrunner.domain.exam.events import Verdict


class Unfinished:
    """Of one attempt: seconds that no mark has recorded, and a verdict that is not confirmed."""

    __slots__ = ("reason", "spent", "verdict")

    def __init__(self) -> None:
        self.spent: dict[int, float] = {}
        """Seconds on each question, by its place."""
        self.verdict: Verdict | None = None
        self.reason = ""
