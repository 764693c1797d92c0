"""What simulated sessions say of a spacing, as plain numbers: needs no arrays to be read."""

from __future__ import annotations

from dataclasses import dataclass

from examrunner.domain.draw.fairness import Fairness


@dataclass(frozen=True, slots=True)
class Figures:
    """What one spacing does, as means over simulated sessions unless said otherwise."""

    h: int
    sessions: int
    students: int
    """Those with a paper that may be drawn."""
    exposed: float
    """Students whose paper somebody drew before them."""
    within_6: float
    """Students whose paper was drawn at most 6 places before them."""
    within_12: float
    """The same for 12 places."""
    clear: float
    """Share of the sessions in which no paper came twice."""
    nearest: float | None
    """Places between the nearest two draws of one paper, over the sessions with a repeat."""
    guess: float
    """The best guess of the session: the largest chance that a card counter could name."""
    guess_high: float
    """The best guess that 95 of 100 sessions stay at or under."""
    load: float
    """How often the paper drawn most often was drawn."""
    load_worst: int
    """The same in the worst session."""
    repeated: float | None
    """Questions, over all students, that were asked before on the same paper; None: no banks."""
    fairness: Fairness
