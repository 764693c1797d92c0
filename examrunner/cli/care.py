"""The commands that look after the record: backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.cli.arguments import add_json, add_session, quoted
from examrunner.domain.errors import Refused

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.services.backup import Plan


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "backup",
        help="a checked copy of the record, now",
        description="Copy the record of a session, which may be open elsewhere, and check the "
        "copy. The app does the same after each student and at the end.",
    )
    add_session(parser)
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="into a folder of this session below DIR, with mirror and secret (default: the "
        "session's own folder backups)",
    )
    add_json(parser)
    parser.set_defaults(run=_backup)
    parser = commands.add_parser(
        "restore",
        help="build a damaged or lost record again",
        description="Take the newest good copy and the events that the mirror has beyond it, and "
        "put the present record aside. With --emergency take in a file that was written while "
        "the disk was away.",
    )
    parser.add_argument("session", type=Path, metavar="SESSION", help="the session's folder")
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="PATH",
        help="a copy, or a folder that has backups (default: the session's own)",
    )
    parser.add_argument("--emergency", type=Path, metavar="FILE", help="an emergency file")
    parser.add_argument("--yes", action="store_true", help="restore without asking")
    add_json(parser)
    parser.set_defaults(run=_restore)


def _backup(options: Namespace, out: Output) -> int:
    from examrunner.services.backup import back_up
    from examrunner.services.folders import session_folder

    copy = back_up(session_folder(options.session), options.to)
    out.emit({"ok": True, "file": str(copy.path), "events": copy.events, "head": copy.head})
    out.say(f"{copy.path}: {copy.events} events, head {copy.head}, checked")
    return 0


def _restore(options: Namespace, out: Output) -> int:
    if options.emergency is not None:
        return _bring_in(options, out)
    from examrunner.services.backup import plan_restore, restore
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    plan = plan_restore(options.session, options.source)
    for words in _plan_words(plan):
        out.say(words)
    if not options.yes and not out.ask("Restore?"):
        raise Refused("Nothing was restored.", "--yes restores without asking.")
    done = restore(plan, SystemClock(), examiner())
    out.emit(
        {
            "ok": True,
            "events": done.events,
            "head": done.head,
            "copy": str(plan.copy.path),
            "mirrored": len(plan.tail),
            "put_aside": str(done.put_aside) if done.put_aside else None,
        }
    )
    out.say(f"restored: {done.events} events, head {done.head}")
    if done.put_aside:
        out.say(f"The record that was there is now {done.put_aside}.")
    out.say(f"Next: {quoted('doctor', options.session)}")
    return 0


def _plan_words(plan: Plan) -> list[str]:
    """Return what would be done, and what would be lost by it."""
    words = [f"copy: {plan.copy.path}, {plan.copy.events} events"]
    if plan.tail:
        last = plan.tail[-1].event
        words.append(f"mirror: {len(plan.tail)} later events, the last at {last.at:%H:%M:%S} UTC")
    else:
        words.append("mirror: no later events")
    if plan.record is not None:
        count, head = plan.record
        words.append(f"The present record holds: {count} events, head {head[:12]}.")
        if count > plan.events:
            words.append(f"It has {count - plan.events} events more than would be restored.")
    elif plan.has_record:
        words.append("The present record is damaged. It is put aside, not deleted.")
    return words


def _bring_in(options: Namespace, out: Output) -> int:
    from examrunner.services.backup import bring_in_file
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    new, known = bring_in_file(options.session, options.emergency, SystemClock(), examiner())
    out.emit({"ok": True, "written": new, "known": known})
    out.say(f"{new} events were written, {known} were on record already.")
    out.say(f"{options.emergency} can be deleted: it holds students' data.")
    return 0
