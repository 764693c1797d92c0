"""Which screen belongs to which phase of an attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.phases import Phase

if TYPE_CHECKING:
    from examrunner.domain.exam.attempts import Attempt
    from examrunner.tui.screens.base import ExamScreen


def screen_for(attempt: Attempt, *, has_break: bool = False) -> ExamScreen | None:
    """Return the screen above the board on which an attempt goes on; None: the board itself.

    `has_break`: it is still to be said whether a break counts, before a running clock is shown.
    """
    if has_break and attempt.phase is Phase.RUNNING:
        from examrunner.tui.screens.resume import ResumeScreen

        return ResumeScreen()
    match attempt.phase:
        case Phase.CALLED | Phase.REVEALED:
            from examrunner.tui.screens.hand_over import HandOverScreen

            return HandOverScreen(attempt.id)
        case Phase.RUNNING | Phase.PAUSED:
            from examrunner.tui.screens.sheet import SheetScreen

            return SheetScreen(attempt.id)
        case Phase.STOPPED:
            from examrunner.tui.screens.decide import DecideScreen

            return DecideScreen(attempt.id)
        case _:
            return None
