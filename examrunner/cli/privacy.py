"""The commands that delete what is known of people: forget and purge."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json
from examrunner.cli.output import failure_data
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Mapping

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.services.forget import Done, Plan
    from examrunner.services.purge import Alone, Old

SHOWN_CLOSED = 5
UNASKED = "--yes does it unasked, --dry-run only shows."


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "forget",
        help="delete who a student was, and all notes about them",
        description="Delete name, e-mail address, ids, notes and reasons of one student from the "
        "session: record, mirror, backups, lists, exports and kit. Attempts, verdicts and times "
        "stay under a key, a receipt goes on record, and the record still verifies. There is no "
        "way back.",
    )
    parser.add_argument("session", metavar="SESSION", help="the session's folder, or its name")
    parser.add_argument(
        "student", metavar="STUDENT", help="student id, e-mail address or exact name"
    )
    _add_ways(parser)
    parser.set_defaults(run=_forget)
    parser = commands.add_parser(
        "purge",
        help="forget everyone in sessions from before a day",
        description="Forget every student of every session whose exam was before a day. What "
        "stays of each session is its record without people. There is no way back.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("sessions"),
        metavar="FOLDER",
        help="the folder that holds sessions (default: sessions), or one session",
    )
    parser.add_argument(
        "--before", type=_day, required=True, metavar="DATE", help="a day, such as 2024-12-31"
    )
    _add_ways(parser)
    parser.set_defaults(run=_purge)


def _add_ways(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be deleted")
    add_json(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day: write it like 2024-12-31") from None


# --- forget --------------------------------------------------------------------------------


def _forget(options: Namespace, out: Output) -> int:
    from examrunner.domain.errors import Refused
    from examrunner.services import forget as forgetting
    from examrunner.services.folders import session_folder
    from examrunner.services.roll import find, is_meant, read_roll, who
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    folder, clock = session_folder(options.session), SystemClock()
    if forgetting.is_unfinished(folder) and not options.dry_run:
        people, done = forgetting.finish(folder, clock, examiner())
        out.say("An earlier forgetting was interrupted; it is done now.")
        if any(is_meant(options.student, one.student) for one in people):
            return _tell(done, None, out)
    roll = read_roll(folder)
    person = find(roll, options.student)
    planned = forgetting.plan(roll, (person,))
    out.say(f"student    {who(person.student)}")
    _say_plan(planned, out)
    if options.dry_run:
        out.emit(_data(planned, None))
        return 0
    if not options.yes and not out.can_ask():
        why = Refused("Nothing was deleted: nobody is here to say yes.", UNASKED)
        return _refuse(why, _data(planned, None), out)
    if not options.yes and not out.ask("Delete all of this? There is no way back."):
        out.say("Nothing was deleted.")
        return 0
    return _tell(forgetting.forget(planned, clock, examiner()), planned, out)


def _tell(done: Done, planned: Plan | None, out: Output) -> int:
    out.emit(_data(planned, done))
    out.say("Forgotten." if planned or done.receipts else "Nothing was left to forget.")
    if done.count:
        out.say(f"record: {done.count} events, head {done.head}")
    _say_left(done.left, out)
    return 0


def _say_plan(planned: Plan, out: Output) -> None:
    from examrunner.services.forget import BEYOND

    found = planned.found
    if planned.keys:
        _say_record(planned, out)
    for path, count in found.rows.items():
        if count:
            out.say(f"rows       {path.name}: {counted(count, 'row')} deleted")
    for path in found.deleted:
        out.say(f"deleted    {path}")
    for path in planned.emergency:
        out.say(f"notes out  {path}")
    _say_left(found.left, out)
    for path in found.closed[:SHOWN_CLOSED]:
        out.say(f"unread     {path}: no text, so look into it yourself")
    if len(found.closed) > SHOWN_CLOSED:
        out.say(f"unread     and {len(found.closed) - SHOWN_CLOSED} more")
    for words in (*BEYOND, *(f"the export {name}" for name in planned.elsewhere)):
        out.say(f"beyond     {words}")


def _say_record(planned: Plan, out: Output) -> None:
    from examrunner.services.forget import STAYS

    out.say(f"notes      {counted(planned.texts, 'text')} (notes and reasons) deleted")
    if planned.mentions:
        out.say(f"           {planned.mentions} more about others, in which the name stands, too")
    out.say("record     database and mirror written anew; a receipt goes on record")
    out.say(f"backups    {counted(planned.backups, 'file')} replaced by one new backup")
    out.say(f"stays      {STAYS}")


def _say_left(left: Iterable[Path], out: Output) -> None:
    for path in left:
        out.say(f"left       {path} is yours and holds the name: change or delete it")


def _refuse(failure: Any, data: Mapping[str, Any], out: Output) -> int:
    """Refuse after showing: as data this is one document, as words the usual message."""
    if not out.as_json:
        raise failure
    out.emit({**data, **failure_data(failure)})
    return int(failure.exit_code)


def _data(planned: Plan | None, done: Done | None) -> dict[str, Any]:
    return {"ok": True, "problems": [], "plan": _plan_data(planned), "done": _done_data(done)}


def _plan_data(planned: Plan | None) -> dict[str, Any] | None:
    if planned is None:
        return None
    found = planned.found
    return {
        "session": str(planned.roll.folder),
        "students": [
            {"key": one.key or None, "student_id": one.student.student_id, "name": one.student.name}
            for one in planned.people
        ],
        "texts": planned.texts,
        "mentions": planned.mentions,
        "rows": {path.name: count for path, count in found.rows.items()},
        "backups": planned.backups,
        "deleted": [str(path) for path in found.deleted],
        "emergency": [str(path) for path in planned.emergency],
        "left": [str(path) for path in found.left],
        "unread": [str(path) for path in found.closed],
        "exports_elsewhere": list(planned.elsewhere),
    }


def _done_data(done: Done | None) -> dict[str, Any] | None:
    if done is None:
        return None
    left = [str(path) for path in done.left]
    return {"receipts": done.receipts, "events": done.count, "head": done.head, "left": left}


# --- purge ---------------------------------------------------------------------------------


def _purge(options: Namespace, out: Output) -> int:
    from examrunner.domain.errors import Refused
    from examrunner.services.purge import look, purge
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    old, alone = look(options.folder, options.before)
    _say_old(old, alone, out)
    if options.dry_run or not old:
        out.emit(_purge_data(old, [], alone))
        return _code(alone)
    if not options.yes and not out.can_ask():
        why = Refused("Nothing was deleted: nobody is here to say yes.", UNASKED)
        return _refuse(why, _purge_data(old, [], alone), out)
    question = f"Forget everyone in {counted(len(old), 'session')}? There is no way back."
    if not options.yes and not out.ask(question):
        out.say("Nothing was deleted.")
        return 0
    done, hindered = purge(old, SystemClock(), examiner())
    out.emit(_purge_data(old, done, [*alone, *hindered]))
    for one, what in done:
        out.say(f"{one.folder}: everyone is forgotten, {counted(what.receipts, 'receipt')}")
        _say_left(what.left, out)
    _say_alone(hindered, out)
    return _code([*alone, *hindered])


def _code(alone: Iterable[Alone]) -> int:
    return 1 if any(one.is_fault for one in alone) else 0


def _say_old(old: list[Old], alone: list[Alone], out: Output) -> None:
    from examrunner.services.forget import BEYOND, STAYS

    rows = [
        (
            str(one.folder),
            str(one.on),
            len(one.plan.people),
            one.plan.texts + one.plan.mentions,
            one.plan.backups + len(one.plan.found.deleted),
        )
        for one in old
    ]
    if rows:
        out.table(("session", "day", "students", "notes", "files"), rows)
        out.say()
        out.say(f"stays      {STAYS}")
        for words in BEYOND:
            out.say(f"beyond     {words}")
        for one in old:
            _say_left(one.plan.found.left, out)
    else:
        out.say("No session from before that day has anybody left to forget.")
    _say_alone(alone, out)


def _say_alone(alone: Iterable[Alone], out: Output) -> None:
    for one in alone:
        out.say(f"left alone {one.folder}: {one.why}")


def _purge_data(old: list[Old], done: list[tuple[Old, Done]], alone: list[Alone]) -> dict[str, Any]:
    return {
        "ok": not any(one.is_fault for one in alone),
        "problems": [],
        "sessions": [{"day": str(one.on), **(_plan_data(one.plan) or {})} for one in old],
        "done": [{"session": str(one.folder), **(_done_data(what) or {})} for one, what in done],
        "left_alone": [{"session": str(one.folder), "why": one.why} for one in alone],
    }
