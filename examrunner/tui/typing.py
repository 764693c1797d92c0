"""Keys one at a time: each is done before the next one is looked at.

Textual hands out keys as they come, whatever the one before it is about to do. Keys that arrive
together, after a terminal or a disk was slow, would then go to the wrong place: the letters of a
note would rate and stop the clock before the note's field is open.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.app import App

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

PATIENCE = 1.0
"""Seconds after which a key counts as done, should its way have been cut off."""
ROUNDS = 2
"""How often the way of a key is gone before it counts as done."""


class OneKeyAtATime(App[None]):
    """An app whose keys wait for each other."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed: deque[events.Key] = deque()
        """Keys that wait, the oldest first."""
        self._since: float | None = None
        """When the key that is under way was handed out."""

    async def on_event(self, event: events.Event) -> None:
        """Hand out a key, or keep it for later; everything else is Textual's."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._since is None or time.monotonic() - self._since > PATIENCE:
            await self._next()

    async def _next(self) -> None:
        self._since = None
        if not self._typed:
            return
        self._since = time.monotonic()
        target: MessagePump = self.focused or self.screen
        await super().on_event(self._typed.popleft())
        self._follow(target, target, ROUNDS)

    def _follow(self, target: MessagePump, place: MessagePump | None, rounds: int) -> None:
        """Go behind the key from where it was handed out up to the app, where its way ends.

        What a key leads to, such as the closing of a field on enter, comes right behind it, so
        the way is gone again for that.
        """
        if place is not None and place is not self:
            if place.call_later(self._follow, target, place._parent, rounds):  # noqa: SLF001
                return
            rounds = 1
        if rounds > 1:
            self.call_later(self._follow, target, target, rounds - 1)
        else:
            self.call_later(self._next)
