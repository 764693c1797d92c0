"""The commands of the TA's week before the writing and after the exam: todo and carry-over."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session
from examrunner.domain.errors import WrongUsage
from examrunner.domain.text import counted, some

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Cell, Output
    from examrunner.domain.bank.demand import Need
    from examrunner.services.bank_todo import Worklist
    from examrunner.services.carry_over import Carried

USUAL_HOURS = 8.0
"""Hours of which is told what they lead to, unless others are asked for: a day."""
MOST_HOURS, MOST_MINUTES = 10_000.0, 1_000.0
BAR = 40
"""Cells of a full bar."""
ROWS = 10
"""The plot has so many lines at most, beside the last one."""
NICE = (0.25, 0.5, 1, 2, 3, 4, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2500)
"""Hours between two lines of the plot."""
AN_HOUR = 60


def add_todo(commands: Commands) -> None:
    """Add the command todo to those of banks."""
    parser = commands.add_parser(
        "todo",
        help="which banks to write first, and how far that leads",
        description="List the readings of a session by their chance of being drawn times the "
        "questions that their banks lack. Tells how likely a full bank is met after how many "
        "hours of work, and which questions of earlier sessions should be looked at again. Nothing "
        "tells who reviewed what; where all papers were drawn ahead, decoys are among them.",
    )
    add_session(parser)
    parser.add_argument(
        "--hours",
        type=float,
        default=USUAL_HOURS,
        metavar="H",
        help=f"tell what so many hours of work lead to (usually {USUAL_HOURS:g})",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        metavar="M",
        help="minutes that one question takes (5 are assumed)",
    )
    add_json(parser)
    parser.set_defaults(run=_todo)


def add_carry_over(commands: Commands) -> None:
    """Add the command carry-over to those of banks."""
    parser = commands.add_parser(
        "carry-over",
        help="take banks into the next term, with a memory of what was asked",
        description="Copy the banks of an examined session as they are, with approvals.yaml and "
        "course.yaml beside them, and write exposure.yaml: which question was shown how often, and "
        "how it was answered where at least three students were asked. No student is in it. "
        "Nothing that is there already is overwritten, and a session counts once however often "
        "this is done.",
    )
    add_session(parser)
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="DIR",
        help="the folder of the next term's banks; it may be the one that they are in",
    )
    add_json(parser)
    parser.set_defaults(run=_carry_over)


# --- todo ----------------------------------------------------------------------------------


def _todo(options: Namespace, out: Output) -> int:
    from examrunner.services.bank_todo import MINUTES, worklist
    from examrunner.services.folders import session_folder

    minutes = MINUTES if options.minutes is None else options.minutes
    _demand("--minutes", minutes, MOST_MINUTES)
    _demand("--hours", options.hours, MOST_HOURS)
    found = worklist(session_folder(options.session), minutes)
    out.emit(_todo_data(found, options.hours))
    if not options.json:
        _say_todo(found, options.hours, is_assumed=options.minutes is None, out=out)
    return 0


def _demand(name: str, value: float, most: float) -> None:
    if not (math.isfinite(value) and 0 < value <= most):
        raise WrongUsage(f"{name} takes a number above 0, up to {most:,.0f}.")


def _say_todo(found: Worklist, hours: float, *, is_assumed: bool, out: Output) -> None:
    _say_head(found, out)
    open_ones = [need for need in found.needs if not need.is_full]
    if open_ones:
        out.say()
        _say_table(open_ones, found, out)
        out.say()
        _say_effort(found, hours, is_assumed=is_assumed, out=out)
    if found.known:
        out.say()
        _say_known(found, out)
    if found.problems:
        out.say()
        out.problems(found.problems)


def _say_head(found: Worklist, out: Output) -> None:
    full = sum(need.is_full for need in found.needs)
    lack = sum(need.lack for need in found.needs)
    readings = counted(len(found.needs), "reading")
    if not found.needs:
        out.say(f"{found.session}: no paper is still to be drawn, so no bank is needed.")
        return
    what = "to prepare" if found.drawn else "can be drawn"
    out.say(
        f"{found.session}: {readings} {what}, {full} with a full bank; "
        f"{counted(lack, 'question')} missing."
    )
    if found.drawn:
        out.say(
            "All papers are drawn. These are their readings among decoys, about two for three: "
            "chances and order are those from before the draw, and nothing tells which is which."
        )
    if found.still_to_draw:
        out.say(
            f"Papers were drawn ahead, but not yet for {counted(found.still_to_draw, 'student')}, "
            "so any reading can still come: examrunner draw --all makes the list shorter."
        )
    if found.is_over:
        out.say("The day is over: this is what the same lists would need, drawn once more.")
    elif found.is_committed:
        _say_record(found, out)


def _say_record(found: Worklist, out: Output) -> None:
    """Say what the questions of the record have to do with those that are counted here."""
    if not found.can_commit_again:
        out.say(
            "The day has begun: this session asks the questions of its record. What is written "
            "now is asked after: examrunner update --banks."
        )
    if found.behind:
        readings = counted(len(found.behind), "reading")
        what = (
            "; examrunner commit --why takes them in before the first student comes"
            if found.can_commit_again
            else ""
        )
        out.say(
            f"The record has other questions on {readings} than the files: "
            f"{some(found.behind)}{what}."
        )


def _say_table(needs: Sequence[Need], found: Worklist, out: Output) -> None:
    header = ("chance", "mean", "there", "lack", "again", "time", "reading")
    rows: list[Sequence[Cell]] = [
        (
            f"{_percent(need.demand.chance):>6}",
            f"{float(need.demand.students):.2f}",
            " ".join(map(str, need.there)),
            " ".join(map(str, need.missing)),
            f"{need.again[0]:.1f} {need.again[1]:.1f}",
            _clock(need.lack * found.minutes),
            need.demand.reading,
        )
        for need in needs
    ]
    out.table(header, rows)
    out.say()
    kinds = ", ".join(kind for kind, _ in found.kinds)
    state = "" if str(found.lowest) == "draft" else f" that are {found.lowest} at least"
    out.say("chance: that anybody draws it; mean: students who do, on average.")
    out.say(f"there: questions{state}, by kind: {kinds}; lack: what is missing, likewise.")
    out.say("again: questions asked before, expected for the 2nd and the 3rd student on it.")
    waiting = sum(need.waiting for need in needs)
    if waiting:
        out.say(
            f"{counted(waiting, 'question')} more are written and wait: examrunner bank approve."
        )


def _say_effort(found: Worklist, hours: float, *, is_assumed: bool, out: Output) -> None:
    from examrunner.domain.bank.demand import share_after

    basis = "assumed; --minutes tells another" if is_assumed else "as told"
    out.say(
        f"Draws that meet a full bank after hours of work, {found.minutes:g} minutes a question "
        f"({basis}):"
    )
    for at in _points(found.steps[-1].minutes / AN_HOUR):
        share = share_after(found.steps, at * AN_HOUR, found.full)
        out.whole(f"{_clock(at * AN_HOUR):>7}  {_bar(float(share))}  {_percent(share):>4}")
    out.say()
    done = [step for step in found.steps if step.minutes <= hours * AN_HOUR]
    share = share_after(found.steps, hours * AN_HOUR, found.full)
    out.say(
        f"With {hours:g} {'hour' if hours == 1 else 'hours'} of work, "
        f"{counted(len(done), 'bank')} of this list, {_percent(share)} of draws meet a full bank; "
        f"now {_percent(found.full)} do, and {_percent(found.own)} get a sheet without general "
        "questions."
    )


def _points(total: float) -> list[float]:
    """Return hours at even distances, from 0 up to all the work."""
    step = next((one for one in NICE if total / one <= ROWS), total / ROWS)
    return [place * step for place in range(math.ceil(total / step))] + [total]


def _bar(share: float) -> str:
    halves = min(2 * BAR, round(2 * BAR * share))
    return f"{'█' * (halves // 2) + '▌' * (halves % 2):<{BAR}}"


def _percent(share: Any) -> str:
    """Return a share in words that make neither all nor nothing of what is not."""
    if 0 < share < 1:
        shown = min(99, round(100 * float(share)))
        return f"{shown}%" if shown else "<1%"
    return f"{100 * int(share)}%"


def _clock(minutes: float) -> str:
    whole = math.ceil(minutes)
    return f"{whole // AN_HOUR}:{whole % AN_HOUR:02d}"


def _say_known(found: Worklist, out: Output) -> None:
    again = [one for one in found.known if one.seen.why]
    banks = len({one.reading for one in found.known})
    where = "in this session and earlier ones" if found.is_over else "in earlier sessions"
    out.say(
        f"{counted(len(found.known), 'question')} in {counted(banks, 'bank')} "
        f"{'was' if len(found.known) == 1 else 'were'} shown {where}."
    )
    if again:
        out.say("To look at again, since the answers told little:")
    for one in again:
        out.say(f"{one.question}: {one.seen.why}", indent=2)


def _todo_data(found: Worklist, hours: float) -> dict[str, Any]:
    from examrunner.cli.output import problems_data
    from examrunner.domain.bank.demand import share_after

    steps = {step.reading: step for step in found.steps}
    return {
        **problems_data(found.problems),
        "ok": True,
        "session": found.session,
        "committed": found.is_committed,
        "drawn_ahead": found.drawn,
        "over": found.is_over,
        "still_to_draw": found.still_to_draw,
        "questions": str(found.lowest),
        "minutes_per_question": found.minutes,
        "full_now": float(found.full),
        "own_sheet_now": float(found.own),
        "hours": hours,
        "full_after_hours": float(share_after(found.steps, hours * AN_HOUR, found.full)),
        "record_differs": list(found.behind),
        "readings": [_need_data(need, found) for need in found.needs],
        "coverage": [
            {"reading": name, "minutes": step.minutes, "full": float(step.share)}
            for name, step in steps.items()
        ],
        "shown_before": [
            {
                "question": one.question,
                "reading": one.reading,
                "sheets": one.seen.times,
                "sessions": one.seen.sessions,
                "look_again": one.seen.why,
            }
            for one in found.known
        ],
    }


def _need_data(need: Need, found: Worklist) -> dict[str, Any]:
    return {
        "reading": need.demand.reading,
        "title": found.titles[need.demand.reading],
        "chance": float(need.demand.chance),
        "students": float(need.demand.students),
        "there": dict(zip(need.kinds, need.there, strict=True)),
        "aim": dict(zip(need.kinds, need.aim, strict=True)),
        "missing": dict(zip(need.kinds, need.missing, strict=True)),
        "waiting": need.waiting,
        "repeats": {"second": need.again[0], "third": need.again[1]},
        "minutes": need.lack * found.minutes,
    }


# --- carry-over ----------------------------------------------------------------------------


def _carry_over(options: Namespace, out: Output) -> int:
    from examrunner.services.carry_over import carry_over
    from examrunner.services.folders import session_folder

    done = carry_over(session_folder(options.session), options.to)
    out.emit(_carried_data(done))
    _say_carried(done, out)
    return 0


def _say_carried(done: Carried, out: Output) -> None:
    there = f", {len(done.same)} there already" if done.same else ""
    out.say(f"{counted(len(done.copied), 'file')} copied to {done.to}{there}.")
    for name in done.kept:
        out.say(f"{name} says something else there and was left as it is.", indent=2)
    out.say(
        f"{done.memory.name} remembers {counted(done.questions, 'question')} of {done.session}, "
        f"with answers to {done.told} of them: none are told where fewer than three students were "
        "asked."
    )
    if not done.is_over:
        out.say("The day is not closed: do this again once it is, and its memory is made anew.")


def _carried_data(done: Carried) -> dict[str, Any]:
    return {
        "ok": True,
        "problems": [],
        "session": done.session,
        "to": str(done.to),
        "copied": list(done.copied),
        "there_already": list(done.same),
        "left_as_they_are": list(done.kept),
        "memory": str(done.memory),
        "questions": done.questions,
        "times_shown": done.shown,
        "with_answers": done.told,
        "closed": done.is_over,
    }
