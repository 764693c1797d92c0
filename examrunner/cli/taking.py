"""What the imports of lists share: their options, asking, writing and saying what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, quoted
from examrunner.domain.errors import Refused
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from examrunner.cli.arguments import Parser
    from examrunner.cli.output import Output
    from examrunner.services.changes import Changes
    from examrunner.services.new_list import NewList

WHY_CODES = ("late", "import-error", "other")
SHOWN = 40
"""So many students of a kind are named; the others are counted."""


def add_taking(parser: Parser) -> None:
    """Add what every import takes."""
    parser.add_argument(
        "--why", choices=WHY_CODES, help="the reason in the public log, once the day has begun"
    )
    parser.add_argument("--preview", action="store_true", help="show only")
    parser.add_argument("--yes", action="store_true", help="take it in without asking")
    add_json(parser)


def add_into(parser: Parser) -> None:
    """Add the session that takes it in."""
    parser.add_argument(
        "--session", metavar="SESSION", help="the session's folder, where there are several"
    )


class Done:
    """What came of an import."""

    def __init__(self) -> None:
        self.is_written = False
        self.kept: Path | None = None
        self.changes: Changes | None = None
        self.taken = 0


def may(options: Namespace, question: str, out: Output) -> bool:
    """Say whether something may be written. Raises Refused where nobody can say so."""
    if options.yes:
        return True
    if not out.can_ask():
        raise Refused("Nobody can be asked.", "--yes takes it in, --preview shows only.")
    return out.ask(question)


def take(new: NewList, options: Namespace, out: Output, *, differs: bool) -> Done:
    """Write a list that differs from the file, once that is wanted, and take it into the record.

    The record of a day that has begun may lack what the file says already. With --preview it is
    only shown.
    """
    from examrunner.services import new_list
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    done = Done()
    writes = differs and not options.preview
    if writes and not may(options, "Write this?", out):
        return done
    if new.phase in new_list.BEGUN:
        _take_into_record(new, options, out, done, writes=writes)
    elif writes:
        done.kept = new_list.write(new, SystemClock(), examiner())
        done.is_written = True
    return done


def _take_into_record(
    new: NewList, options: Namespace, out: Output, done: Done, *, writes: bool
) -> None:
    from examrunner.cli.draw import say_changes
    from examrunner.cli.opened import opened
    from examrunner.services import new_list
    from examrunner.services.changes import take_in

    try:
        with opened(new.folder) as desk:
            if writes:
                done.kept, done.changes = new_list.write_begun(new, desk)
                done.is_written = True
            else:
                done.changes = new_list.changes_with(new, desk)
            if not options.json:
                out.say()
                out.say("Against the record of the day that has begun:")
                say_changes(done.changes, out)
            wants = done.changes.to_take and not options.preview
            if wants and may(options, "Take this into the record?", out):
                done.taken = take_in(desk, done.changes, options.why)
    except Refused as taken:
        if not options.preview:
            raise
        out.say(f"Not compared with the record: {taken.message}")


def say_each(word: str, listed: Sequence[str], out: Output) -> None:
    """Say what is new, gone or changed, a line each, and how many there are beyond the first."""
    for text in listed[:SHOWN]:
        out.say(f"{word:9}  {text}")
    if len(listed) > SHOWN:
        out.say(f"{word:9}  and {len(listed) - SHOWN:,} more")


def say_done(new: NewList, done: Done, out: Output, also: str = "", *, differs: bool) -> None:
    """Say what came of a list; `also` follows what was taken into the record."""
    from examrunner.domain.exam.phases import SessionPhase

    if done.is_written:
        kept = f"; the old one is kept as {done.kept}" if done.kept else ""
        out.say(f"{new.kind.file} is written{kept}.")
    elif differs:
        out.say("Nothing was written.")
    if done.is_written and new.phase is SessionPhase.COMMITTED:
        again = quoted("commit", new.folder, "--why", "import-error")
        out.say(f"The session is committed without it: {again} takes it in.")
    elif done.taken:
        out.say(f"{counted(done.taken, 'change')} taken into the record{also}.")
    elif done.changes is not None and done.changes.to_take and (done.is_written or not differs):
        out.say(f"Nothing was taken into the record: {quoted('update', new.folder)} does so.")


def record_data(done: Done) -> dict[str, Any] | None:
    """Return how the list differs from the record as data; None where no day has begun."""
    from examrunner.cli.draw import changes_data

    return changes_data(done.changes) if done.changes is not None else None
