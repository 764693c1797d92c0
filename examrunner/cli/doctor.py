"""The command that looks at everything before the day: doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Cell, Output
    from examrunner.services.doctor.found import Findings

WIDEST_GROUP, WIDEST_NAME = 7, 11
"""Cells of the first two columns, so that the groups stand below each other."""


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "doctor",
        help="is everything fit for the day: machine, files, record, rules",
        description="Look at the machine and at a session, which may be open elsewhere, say what "
        "to do about what is wrong, and read the session's rules out. Nothing is changed. Without "
        "a session only the machine is looked at.",
    )
    add_session(parser)
    parser.add_argument(
        "--deep",
        action="store_true",
        help="replay the whole record, and check every backup and every line of the mirror",
    )
    add_json(parser)
    parser.set_defaults(run=_doctor)


def _doctor(options: Namespace, out: Output) -> int:
    from examrunner.services.doctor.examine import examine, folder_of
    from examrunner.storage.clock import SystemClock

    found = examine(folder_of(options.session), SystemClock(), deep=options.deep)
    out.emit(_data(found))
    _say(found, out)
    return found.code


def _say(found: Findings, out: Output) -> None:
    from itertools import groupby

    for group, checks in groupby(found.ordered(), key=lambda check: check.group):
        rows: list[list[Cell]] = []
        for check in checks:
            rows.append([str(check.state), check.name.ljust(WIDEST_NAME), check.words])
            if check.hint:
                rows.append(["", "", f"-> {check.hint}"])
        out.table((group.ljust(WIDEST_GROUP), "", ""), rows)
        out.say()
    if found.rules:
        out.table(("rules", ""), ([rule.about, rule.words] for rule in found.rules))
        out.say()
    out.say(_sum(found))


def _sum(found: Findings) -> str:
    from examrunner.services.doctor.found import State

    fine, warned, wrong = (found.count(state) for state in State)
    if not wrong and not warned:
        return f"Ready: all {fine} checks are fine."
    look = f"{counted(warned, 'thing')} {'is' if warned == 1 else 'are'} worth a look"
    if not wrong:
        return f"Ready: {fine} checks are fine, {look}."
    more = f", {look}" if warned else ""
    return f"Not ready: {counted(wrong, 'error')}{more}. What to do stands below each."


def _data(found: Findings) -> dict[str, Any]:
    head = found.head
    return {
        "ok": found.code == 0,
        "checks": [
            {
                "group": check.group,
                "name": check.name,
                "state": str(check.state),
                "words": check.words,
                "hint": check.hint,
            }
            for check in found.ordered()
        ],
        "rules": [{"about": rule.about, "words": rule.words} for rule in found.rules],
        "head": {"events": head[0], "hash": head[1]} if head else None,
    }
