"""What a use case needs from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from examrunner.domain.exam.moments import Moment
from examrunner.services.troubles import Troubles


class ClockPort(Protocol):
    """Something that tells both clocks; a fake one in tests."""

    def now(self) -> Moment:
        """Return the present moment."""
        ...

    def slept(self) -> float:
        """Return how many seconds the machine has slept since its boot."""
        ...


class Entropy(Protocol):
    """Something that gives random bytes; `secrets.token_bytes` on the day."""

    def __call__(self, count: int, /) -> bytes:
        """Return so many random bytes."""
        ...


class Watch(Protocol):
    """Someone who wants to know how far a long piece of work is."""

    def __call__(self, words: str, part: float | None = None, /) -> None:
        """Hear what is being done, and how much of it (0 to 1) where that is known."""
        ...


def unwatched(_words: str, _part: float | None = None) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a session is opened in the app."""

    watch: bool = False
    """Only look on at a session that another process examines."""
    window: bool = False
    """Show the student's second window; nothing else can be done there."""
    take_over: bool = False
    """Shut out the process that has it open."""
    second: Path | None = None
    """A further folder for copies."""
    speed: int = 1
    """How many times faster than the real one the clock runs: only in a rehearsal."""
    began: Moment | None = None
    """When a rehearsal's clock began, where it goes on after a crash."""
    troubles: Troubles | None = None
    """What happens in a rehearsal by hand; None on a real day."""
    banks: tuple[Path, ...] | None = None
    """Browse the banks of these folders or of a session instead of examining."""
