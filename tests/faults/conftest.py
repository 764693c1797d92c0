"""What every fault test shares: a seed, and a line in the summary at the end."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass

import pytest

SEED = "EXAMRUNNER_FAULT_SEED"
USUAL_SEED = 20241213
ALL = "EXAMRUNNER_FAULTS"
"""Set to `all` by `make faults`; `make test` causes the costliest faults a third as often."""


def often(count: int) -> int:
    """Return how often a costly fault is caused in this run."""
    return count if os.environ.get(ALL) == "all" else max(1, count // 3)


@dataclass(frozen=True, slots=True)
class Fault:
    """The seed of one fault test, and where it reports what it did."""

    seed: int
    random: random.Random
    lines: list[tuple[str, object]]

    def report(self, number: int, words: str, *, count: int) -> None:
        """Say in the summary what was caused, how often, and from which seed.

        `number` is that of the fault in the reliability notes.
        """
        self.lines.append(("fault", f"{number:>2}  {words}: {count} times, seed {self.seed}"))


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Fault:
    """Give a seeded source of chance, another one for each test."""
    seed = int(os.environ.get(SEED, USUAL_SEED))
    chance = random.Random(f"{seed} {request.node.nodeid}")
    return Fault(seed, chance, request.node.user_properties)
