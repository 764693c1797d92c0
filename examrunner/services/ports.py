"""What a use case needs from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from examrunner.domain.exam.moments import Moment


class ClockPort(Protocol):
    """Something that tells both clocks; a fake one in tests."""

    def now(self) -> Moment:
        """Return the present moment."""
        ...


class Entropy(Protocol):
    """Something that gives random bytes; `secrets.token_bytes` on the day."""

    def __call__(self, count: int, /) -> bytes:
        """Return so many random bytes."""
        ...
