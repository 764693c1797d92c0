"""The mirror: every event of a session as one line of JSON, in a file beside the database.

It is only added to, so that watchers can read it while the exam goes on, and so that the events
after the newest good copy can be had back when the database is damaged. The texts of notes
and reasons stand in it too; it is written anew when one of them is forgotten.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from examrunner.domain.exam.chain import Event, what_from
from examrunner.domain.exam.moments import Moment
from examrunner.domain.plain import canonical, instant_from, instant_text
from examrunner.storage.database.drafts import Told
from examrunner.storage.files import PRIVATE_FILE, sync_folder, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MIRROR = "events.jsonl"
LONGEST_LINE = 1 << 20
"""Bytes; a line is far shorter, so that the last one is found by reading so many."""
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def line_of(session: str, told: Told) -> str:
    """Return an event as its line, without the line feed."""
    event = told.event
    line: dict[str, Any] = {
        "actor": event.actor,
        "at": instant_text(event.at),
        "body": json.loads(event.body()),
        "boot_id": event.moment.boot_id,
        "boot_ns": event.moment.boot_ns,
        "epoch": event.epoch,
        "hash": event.hash,
        "id": event.id,
        "kind": event.kind,
        "prev": event.prev,
        "seq": event.seq,
        "session": session,
    }
    if told.text is not None:
        line |= {"salt": told.salt, "text": told.text}
    return canonical(line)


def told_from(line: str | bytes) -> tuple[str, Told]:
    """Read what `line_of` wrote: the session's name and the event. Raises one of UNREADABLE."""
    data = json.loads(line)
    event = Event(
        seq=data["seq"],
        id=data["id"],
        epoch=data["epoch"],
        actor=data["actor"],
        moment=Moment(instant_from(data["at"]), data["boot_id"], data["boot_ns"]),
        what=what_from(data["kind"], data["body"]),
        prev=data["prev"],
        hash=data["hash"],
    )
    return data["session"], Told(event, data.get("salt"), data.get("text"))


def read_mirror(path: Path, offset: int = 0) -> tuple[list[Told], int]:
    """Return the events from a place in the file on, and the place after them.

    A last line that is still being written is left for the next time; reading ends before a line
    that cannot be read. Raises OSError.
    """
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read()
    found: list[Told] = []
    for line in data.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            found.append(told_from(line)[1])
        except UNREADABLE:
            break
        offset += len(line)
    return found, offset


def last_told(path: Path) -> Told | None:
    """Return the last event of a mirror; None where it has none, or a torn or foreign end."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LONGEST_LINE))
            lines = file.read().splitlines(keepends=True)
        return told_from(lines[-1])[1] if lines[-1].endswith(b"\n") else None
    except (OSError, IndexError, *UNREADABLE):
        return None


def append(path: Path, session: str, told: Iterable[Told]) -> None:
    """Add events at the end; on disk when this returns. Raises OSError."""
    data = _bytes(session, told)
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    try:
        written = 0
        while written < len(data):
            written += os.write(handle, data[written:])
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        sync_folder(path.parent)


def rewrite(path: Path, session: str, told: Iterable[Told]) -> None:
    """Write the mirror anew, in one step. Raises OSError."""
    write_atomically(path, _bytes(session, told))


def _bytes(session: str, told: Iterable[Told]) -> bytes:
    return "".join(f"{line_of(session, one)}\n" for one in told).encode()
