"""Events that the disk has not taken yet: they wait in memory, in order, each with its own time.

The exam goes on with them as if they were saved, the screen says NOT SAVED, and they are tried
again until they are. An emergency file elsewhere keeps them while the disk is away.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.domain.errors import Environment
from examrunner.domain.exam.chain import Event, text_hash
from examrunner.domain.exam.moments import Moment, seconds_between
from examrunner.storage.database.drafts import Draft, Exposure, Told
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.mirror import line_of
from examrunner.storage.places import state_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SHARE = 10
"""A try that took a second is followed by so many seconds without one."""
EMERGENCY = "emergency"
"""Folder, and first word of the names, of emergency files."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What belongs together: all of it is saved, or none."""

    drafts: tuple[Draft, ...]
    moment: Moment
    exposures: tuple[Exposure, ...] = ()

    def events(self, seq: int, actor: str, epoch: int) -> tuple[Event, ...]:
        """Return the events as they will be, but for their place in the chain."""
        return tuple(
            Event(place, draft.id, epoch, actor, self.moment, _hashed(draft), "", "")
            for place, draft in enumerate(self.drafts, seq + 1)
        )


def _hashed(draft: Draft) -> Any:
    if draft.text is None:
        return draft.what
    what: Any = draft.what
    return replace(what, text=text_hash("", draft.text))


@dataclass(slots=True)
class Waiting:
    """The batches that wait, the oldest first."""

    batches: list[Batch] = field(default_factory=list)
    reason: str = ""
    """What the machine said last."""
    file: Path | None = None
    """The emergency file, once there is one."""
    _tried: Moment | None = None
    _took: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.batches)

    @property
    def count(self) -> int:
        """How many events wait."""
        return sum(len(batch.drafts) for batch in self.batches)

    def add(self, batch: Batch) -> None:
        """Let a batch wait behind the others."""
        self.batches.append(batch)

    def failed(self, before: Moment, after: Moment, reason: str) -> None:
        """Note a try that failed, and how long it took: slow ones are made less often."""
        self._tried, self._took, self.reason = after, seconds_between(before, after), reason

    def is_due(self, now: Moment) -> bool:
        """Say whether it is time for another try."""
        return self._tried is None or seconds_between(self._tried, now) >= self._took * SHARE

    def is_known(self, attempt: str | None) -> bool:
        """Say whether events of an attempt wait."""
        return any(
            getattr(draft.what, "attempt", None) == attempt
            for batch in self.batches
            for draft in batch.drafts
        )

    def told(self, record: str, last: str, actor: str, epoch: int) -> Iterator[Told]:
        """Return the events that wait, with their texts, numbered by batch.

        In the place of the hash before stands that of the record's first event, which says whose
        they are, and in the place of their own that of the last event saved before them.
        """
        for number, batch in enumerate(self.batches, 1):
            for draft, event in zip(batch.drafts, batch.events(0, actor, epoch), strict=True):
                yield Told(replace(event, seq=number, prev=record, hash=last), "", draft.text)

    def clear_away(self) -> None:
        """Remove the emergency file: all that it held is saved."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)
            self.file = None


def write_emergency_file(
    waiting: Waiting,
    session: str,
    told: Iterable[Told],
    folders: Sequence[Callable[[], Path]],
) -> Path:
    """Write what waits to the first of some folders that takes it. Raises Environment if none does.

    The file is written anew each time, whole, and private to the user.
    """
    lines = "".join(f"{line_of(session, one)}\n" for one in told)
    first = waiting.batches[0].drafts[0].id
    before = waiting.file
    known: list[Callable[[], Path]] = [lambda: before.parent] if before else []
    for folder in (*known, *folders):
        try:
            place = folder()
            make_private(place)
            file = place / f"{EMERGENCY}-{session[:64]}-{first[:12]}.jsonl"
            write_atomically(file, lines.encode())
        except OSError:
            continue
        if before is not None and before != file:
            before.unlink(missing_ok=True)
        waiting.file = file
        return file
    raise Environment("No emergency file could be written anywhere.", "Write it on paper.")


def usual_folders() -> tuple[Callable[[], Path], ...]:
    """Return where emergency files go, the best place first."""
    return (
        lambda: state_folder() / EMERGENCY,
        lambda: Path(tempfile.mkdtemp(prefix=f"examrunner-{EMERGENCY}-")),
        lambda: Path(tempfile.mkdtemp(prefix=f"examrunner-{EMERGENCY}-", dir=Path.home())),
    )
