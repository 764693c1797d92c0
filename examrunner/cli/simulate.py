"""The command that shows what spacing does to a class: simulate."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session
from examrunner.cli.progress import Progress
from examrunner.domain.errors import WrongUsage
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.draw.fairness import Fairness
    from examrunner.domain.draw.figures import Figures
    from examrunner.services.simulate import Simulated

MOST_SESSIONS = 1_000_000
MOST_SPACING = 1_000_000
BAR = 10
"""Cells of the longest bar."""
UNLIKELY = 0.001
TERMS = (
    ("on a used paper", "students whose paper was drawn before, for somebody else"),
    ("within 12", "those of them who had it at most 12 places after somebody else"),
    ("nearest", "places between the nearest two on one paper, in sessions with a repeat"),
    (
        "best guess",
        (
            "the largest chance that one who knows all lists and earlier draws could ever name; "
            "beside it, what 95 of 100 sessions stay under"
        ),
    ),
    ("most", "how often the paper drawn most often is drawn"),
    ("again", "questions, all students together, asked before on the same paper"),
)


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "simulate",
        help="how often papers would repeat, and how well draws could be guessed",
        description="Simulate the draws of a session, every student called once in the order of "
        "the roster, with its own spacing h and with others. Nothing is drawn and nothing is "
        "written. A higher h means fewer repeats, but later draws are easier to guess.",
    )
    add_session(parser)
    parser.add_argument(
        "--sessions",
        type=int,
        metavar="N",
        help="how many sessions to simulate for each h (usually 400; 20000 for --fairness)",
    )
    parser.add_argument(
        "--spacing",
        type=int,
        action="append",
        default=[],
        metavar="H",
        help="look at this spacing, too; may be given several times",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="another number, other sessions (usually 0)",
    )
    parser.add_argument(
        "--fairness",
        action="store_true",
        help="count how often each student draws each paper, and test that against 1/k",
    )
    add_json(parser)
    parser.set_defaults(run=_simulate)


def _simulate(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder
    from examrunner.services.simulate import material_of, simulated

    _demand(options)
    with Progress(out) as told:
        told("reading the session")
        found = simulated(
            material_of(session_folder(options.session)),
            sessions=options.sessions,
            seed=options.seed,
            spacings=options.spacing,
            fairness=options.fairness,
            told=lambda done, total: told(f"{done:,} of {total:,} sessions", done / total),
        )
    out.emit(_data(found, options.seed))
    if not options.json:
        _say(found, out)
    return 0


def _demand(options: Namespace) -> None:
    if options.sessions is not None and not 1 <= options.sessions <= MOST_SESSIONS:
        raise WrongUsage(f"--sessions takes a number from 1 to {MOST_SESSIONS:,}.")
    if any(not 0 <= h <= MOST_SPACING for h in options.spacing):
        raise WrongUsage(f"--spacing takes numbers from 0 to {MOST_SPACING:,}.")


# --- words ---------------------------------------------------------------------------------


def _say(found: Simulated, out: Output) -> None:
    material, figures = found.material, found.figures
    papers = len({paper for papers in material.lists for paper in papers})
    out.say(
        f"{material.session}: {counted(len(material.lists), 'student')}, "
        f"{counted(papers, 'paper')}, {figures[0].sessions:,} sessions simulated."
    )
    for line in _left_out(found):
        out.say(line)
    out.say()
    say_figures(figures, material.h, out)
    if found.fairness is not None:
        out.say()
        _say_fairness(found.fairness, material.students, material.h, out)


def _left_out(found: Simulated) -> list[str]:
    material, lines = found.material, []
    if material.without:
        lines.append(f"{counted(material.without, 'student')} without a paper to draw left out.")
    if material.assigned:
        who = counted(material.assigned, "student")
        lines.append(f"{who} with an assigned paper counted as if drawn for.")
    if found.omitted is not None:
        lines.append(
            f"h = {found.omitted} takes long and is left out; --spacing {found.omitted} shows it."
        )
    return lines


def say_figures(figures: Sequence[Figures], chosen: int, out: Output) -> None:
    """Write the figures of several spacings as a table with bars, and what they mean.

    `chosen` is the session's own spacing.
    """
    header = ["h", *(term for term, _ in TERMS)]
    most = max(1.0, *(one.exposed for one in figures))
    rows: list[list[str | int | Decimal | None]] = []
    for one in figures:
        guess = f"{one.guess:4.0%} {_bar(one.guess)}"
        rows.append(
            [
                one.h,
                f"{one.exposed:5.2f} {_bar(one.exposed / most)}",
                _places(one.within_12, 2),
                None if one.nearest is None else _places(one.nearest, 1),
                f"{guess:<{BAR + 5}} {one.guess_high:4.0%}",
                _places(one.load, 1),
                None if one.repeated is None else _places(one.repeated, 1),
            ]
        )
    if all(one.repeated is None for one in figures):
        header, rows = header[:-1], [row[:-1] for row in rows]
    out.table(header, rows)
    out.say()
    for term, meaning in TERMS[: len(header) - 1]:
        out.say(f"{term}: {meaning}.")
    out.say()
    out.say(
        f"This session has h = {chosen}. A higher h means fewer repeats, but later draws are "
        "easier to guess; with 0, the plain draw, earlier draws tell nothing. With any h every "
        "paper of a student is equally likely before the session."
    )


def _bar(share: float) -> str:
    """Return a bar; what is not nothing has at least half a cell."""
    halves = min(2 * BAR, round(2 * BAR * share))
    return "█" * (halves // 2) + "▌" * (halves % 2)


def _places(value: float, digits: int) -> Decimal:
    return Decimal(f"{value:.{digits}f}")


def _say_fairness(fairness: Fairness, students: Sequence[str], h: int, out: Output) -> None:
    out.say(
        f"How often each paper was drawn in {fairness.sessions:,} simulated sessions with h = {h}:"
    )
    out.say()
    header = ("student", "papers", "chance of each", "rarest", "commonest", "largest deviation")
    rows = []
    for place, (who, counts) in enumerate(zip(students, fairness.counts, strict=True)):
        shares = [count / fairness.sessions for count in counts]
        worst = _worst(fairness, place)
        rows.append(
            (
                who,
                len(counts),
                f"1/{len(counts)} = {1 / len(counts):.2%}",
                f"{min(shares):.2%}",
                f"{max(shares):.2%}",
                "" if worst is None else f"{worst[1]:+.1f} s.e. {worst[0]}",
            )
        )
    out.table(header, rows)
    out.say()
    out.say(
        "chance of each is exact, whatever h. A deviation is told in standard errors of the "
        "count; among so many papers a few beyond 2 and one near 3.5 are to be expected."
    )
    if not fairness.freedom:
        out.say("Every student has a single paper: there is nothing to test.")
        return
    verdict = (
        "as even as chance allows"
        if fairness.p >= UNLIKELY
        else "that is rare by chance alone: try another --seed; if it stays so, report it"
    )
    out.say(
        f"All counts together: chi-square {fairness.chi_square:.1f} on {fairness.freedom} degrees "
        f"of freedom, p = {fairness.p:.2g}; {verdict}."
    )


def _worst(fairness: Fairness, place: int) -> tuple[str, float] | None:
    found = max(fairness.deviations(place), key=lambda one: abs(one.errors), default=None)
    return None if found is None else (found.paper, found.errors)


# --- data ----------------------------------------------------------------------------------


def _data(found: Simulated, seed: int) -> dict[str, Any]:
    material = found.material
    fairness = found.fairness
    return {
        "ok": True,
        "problems": [],
        "session": material.session,
        "committed": material.is_committed,
        "students": len(material.lists),
        "without_papers": material.without,
        "assigned": material.assigned,
        "spacing": material.h,
        "omitted": found.omitted,
        "seed": seed,
        "figures": [figures_data(one) for one in found.figures],
        "fairness": None if fairness is None else _fairness_data(fairness, material.students),
    }


def figures_data(figures: Figures) -> dict[str, Any]:
    """Return the figures of one spacing as plain data, without the counts of fairness."""
    data = asdict(figures)
    del data["fairness"]
    return data


def _fairness_data(fairness: Fairness, students: Sequence[str]) -> dict[str, Any]:
    rows = []
    for place, who in enumerate(students):
        worst = _worst(fairness, place)
        papers = zip(fairness.lists[place], fairness.counts[place], strict=True)
        rows.append(
            {
                "student": who,
                "chance": [1, len(fairness.lists[place])],
                "counts": dict(papers),
                "worst": None if worst is None else {"paper": worst[0], "errors": worst[1]},
            }
        )
    return {
        "sessions": fairness.sessions,
        "chi_square": fairness.chi_square,
        "freedom": fairness.freedom,
        "p": fairness.p,
        "students": rows,
    }
