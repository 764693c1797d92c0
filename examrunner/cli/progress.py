"""How far a command is, on a terminal's last line, once it takes longer than a person waits."""

from __future__ import annotations

from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examrunner.cli.output import Output
    from examrunner.services.ports import Watch

SOON = 0.5
"""Seconds after which a command says how far it is."""
BEAT = 0.2
"""Seconds between two looks of the line."""
CELLS = 10
BLOCK = 3
"""Cells of the block that moves where nobody knows how much is left."""


class Progress:
    """A bar with words while something takes long; gone when it is done."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._words = ""
        self._part: float | None = None
        self._is_over = Event()
        self._began = monotonic()
        self._thread = Thread(target=self._show, name="progress", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self.tell

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._out.passing("")

    def tell(self, words: str, part: float | None = None) -> None:
        """Say what is being done, and how much of it (0 to 1) where that is known."""
        self._words, self._part = words, part

    def _show(self) -> None:
        pause = SOON
        while not self._is_over.wait(pause):
            pause = BEAT
            passed = monotonic() - self._began
            drawn = moving(int(passed / BEAT)) if self._part is None else bar(self._part)
            self._out.passing(f"{drawn}  {self._words}, {passed:.0f} s")


def bar(part: float) -> str:
    """Return a bar that is filled to a part (0 to 1), with the figure."""
    full = max(0, min(CELLS, int(part * CELLS)))
    return f"{'█' * full}{'░' * (CELLS - full)} {part:.0%}"


def moving(step: int) -> str:
    """Return a bar in which a block goes to and fro: it moves, and nobody knows how far it is."""
    way = CELLS - BLOCK
    place = way - abs(step % (2 * way) - way)
    return "░" * place + "█" * BLOCK + "░" * (way - place)
