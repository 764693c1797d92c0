"""Thirty rules over 1,000 banks of 17 questions, against reading the same bytes into events.

The yardstick is PyYAML's C parser, which hands out events and keeps nothing.
"""

from __future__ import annotations

import os
import re
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from examrunner.services.bank_lint import LOOK_EVERY, Linter

if TYPE_CHECKING:
    from collections.abc import Callable

BANKS = 1000
SHIPPED = sorted(
    path
    for path in (Path(__file__).parents[2] / "questionbanks" / "cs496").glob("*.yaml")
    if path.read_text("utf-8").count("- id: ") == 17
)
"""Banks of 17 questions as people wrote them."""
ROUNDS = 5
NOTICED = 0.3
"""Seconds after which a person notices that an answer took its time."""


def measured(folder: Path) -> dict[str, tuple[float, float]]:
    """Return our seconds and the yardstick's, for one core, for two, and for a saved file."""
    shelf = folder / "shelf"
    shelf.mkdir()
    for n in range(BANKS):
        (shelf / f"b{n}.yaml").write_text(_written(n))
    one: list[float] = []
    alone: list[float] = []
    two: list[float] = []
    yard: list[float] = []
    for _ in range(ROUNDS):
        yard.append(_taken(lambda: _events(shelf), time.process_time))
        one.append(_taken(Linter([shelf], workers=1).run, time.process_time))
        alone.append(_taken(Linter([shelf], workers=1).run))
        two.append(_taken(Linter([shelf], workers=2).run))
    found = {
        "lint of 1,000 banks to their events": (statistics.median(one), statistics.median(yard)),
        "a saved file among 1,000, answered": (_answered(shelf), NOTICED),
    }
    if (os.cpu_count() or 1) > 1:
        found["lint on two cores to one"] = (statistics.median(two), statistics.median(alone))
    return found


def _written(number: int) -> str:
    """Return a shipped bank as another one's reading, with ids of its own."""
    path = SHIPPED[number % len(SHIPPED)]
    text = path.read_text("utf-8").replace(f"reading: {path.stem}\n", f"reading: b{number}\n")
    for name in re.findall(r"- id: (\S+)", text):
        text = re.sub(rf"(?<=[ \[]){re.escape(name)}(?![\w-])", f"b{number}-{name}", text)
    return text


def _events(shelf: Path) -> None:
    for path in sorted(shelf.glob("*.yaml")):
        for _ in yaml.parse(path.read_bytes(), Loader=yaml.CLoader):
            pass


def _answered(shelf: Path) -> float:
    """Return the seconds from saving a file to the answer, the longest wait between included."""
    linter = Linter([shelf])
    linter.run()
    times = []
    for n in range(ROUNDS):
        path = shelf / f"b{n}.yaml"
        path.write_text(_written(n) + "\n")
        times.append(_taken(linter.refresh))
    return LOOK_EVERY + max(times)


def _taken(run: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    run()
    return clock() - began
