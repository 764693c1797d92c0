"""The command bank approve: question by question, what nobody stands behind yet as it is now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import PATHS, add_json
from examrunner.domain.errors import Refused
from examrunner.domain.problems import BadInput
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import date

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.bank.approval import Judged
    from examrunner.domain.errors import ExamError
    from examrunner.domain.problems import Problem
    from examrunner.services.approving import Waiting
    from examrunner.services.bank_lint import Linter

KEYS = "a {accept}, e edit, s send back, k skip, q quit:"
WITHOUT = "e edit, k skip, q quit:"
"""For a question that cannot be read."""
ACCEPT = {"reviewed": "reviewed", "approved": "approve"}


def add_approve(commands: Commands) -> None:
    """Add the command to those of banks."""
    parser = commands.add_parser(
        "approve",
        help="go through the questions that nobody stands behind as they are now",
        description="Show question by question what is new or was changed since it was judged: "
        "accept it, edit it in your editor, or send it back with a word why. The judgement is kept "
        "in approvals.yaml beside the banks, by a hash of what the question says; the banks "
        "themselves are not touched. Sessions ask for it by `questions: approved`.",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=PATHS)
    parser.add_argument(
        "--review", action="store_true", help="review, as somebody other than the author"
    )
    parser.add_argument("--by", metavar="NAME", help="who judges: a name or a role (default: you)")
    parser.add_argument(
        "--question",
        action="append",
        default=[],
        metavar="ID",
        help="accept this question without asking, as it is now; may be given several times",
    )
    add_json(parser)
    parser.set_defaults(run=_approve)


def _approve(options: Namespace, out: Output) -> int:
    from datetime import date

    from examrunner.domain.bank.approval import Judged
    from examrunner.services.approving import judge, summary, waiting_for
    from examrunner.services.bank_lint import Linter
    from examrunner.services.bank_targets import bank_files
    from examrunner.storage.person import examiner

    wanted = Judged.REVIEWED if options.review else Judged.APPROVED
    files = bank_files(options.paths)
    by = options.by or examiner()
    waiting, _ = waiting_for(files, wanted)
    today = date.today()  # noqa: DTZ011  the day on the wall, as people note it
    given = 0
    if options.question:
        for one in _named(waiting, options.question):
            judge(one, wanted, by, today)
            given += 1
    elif out.can_ask() and waiting:
        linter = Linter(options.paths, approval=True)
        given = _ask_all(waiting, wanted, by, today, out, linter=linter)
    left, problems = waiting_for(files, wanted)
    counts = summary(files)
    out.emit(_data(left, counts, given, problems))
    _say_left(left, counts, out, asked=out.can_ask())
    out.problems(problems)
    return 1 if problems else 0


def _named(waiting: list[Waiting], ids: list[str]) -> list[Waiting]:
    """Return the questions with these ids. Raises Refused for one that waits for nothing."""
    known = {one.question.id: one for one in waiting}
    if unknown := [name for name in ids if name not in known]:
        raise Refused(f"{unknown[0]} does not wait for this.", "Nothing was written.")
    return [known[name] for name in ids]


def _ask_all(
    waiting: list[Waiting], wanted: Judged, by: str, today: date, out: Output, *, linter: Linter
) -> int:
    """Go through the questions with the person at the terminal. Returns how many were judged.

    Each is read anew whenever it is shown, since its file may be open in an editor.
    """
    from examrunner.domain.bank.approval import Judged
    from examrunner.domain.errors import ExamError
    from examrunner.services.approving import again, judge, line_of
    from examrunner.storage.editor import edit

    given, place = 0, 0
    out.say(f"{counted(len(waiting), 'question')} to look at, as {by}.")
    while place < len(waiting):
        one, keys = waiting[place], WITHOUT
        try:
            one = again(one)
            _show(one, place + 1, len(waiting), linter, out)
            keys = KEYS.format(accept=ACCEPT[str(wanted)])
        except ExamError as failure:
            _say_why(failure, one, out)
        answer = (out.prompt(keys) or "q").casefold()
        try:
            if answer == "a":
                judge(one, wanted, by, today)
                given += 1
            elif answer == "s":
                judge(one, Judged.RETURNED, by, today, out.prompt("Why:") or "")
                given += 1
            elif answer == "e":
                edit(one.file, line_of(one))
                continue
            elif answer == "q":
                break
            elif answer != "k":
                out.say("Type one of the letters.")
                continue
        except ExamError as failure:
            _say_why(failure, one, out)
            continue
        place += 1
    return given


def _say_why(failure: ExamError, one: Waiting, out: Output) -> None:
    """Say why a question cannot be shown or judged."""
    if isinstance(failure, BadInput):
        out.say(f"{one.question.id} cannot be read:")
        out.problems(failure.problems)
    else:
        out.say(f"{failure.message} {failure.hint}".strip())


def _show(one: Waiting, place: int, count: int, linter: Linter, out: Output) -> None:
    from examrunner.services.approving import has_second_reader

    question = one.question
    out.say()
    out.say(f"{place} of {count}  {one.bank.title or one.bank.reading}: {question.id}")
    out.say(f"{one.why}{'' if has_second_reader(one) else '; no second reader'}")
    out.say()
    out.say(f"{question.kind}, {question.seconds} s: {question.say}", indent=2)
    for point in question.look_for:
        out.say(f"{'must' if point.must else 'also'}  {point.text}", indent=4)
    for name, texts in (
        ("probe", question.probes),
        ("hint", question.hints),
        ("red flag", question.red_flags),
    ):
        for text in texts:
            out.say(f"{name}: {text}", indent=4)
    for wrong in question.misconceptions:
        out.say(f"misconception: {wrong.claim} ({wrong.correction or 'no correction'})", indent=4)
    anchors = question.anchors
    for name in ("strong", "enough", "weak"):
        sample: str | None = getattr(anchors, name, None) if anchors else None
        if sample:
            out.say(f"{name}: {sample}", indent=4)
    for source in question.source:
        out.say(f"at {source.at}{f': {source.what}' if source.what else ''}", indent=4)
    linter.refresh()
    for problem in linter.about(one.file, one.bank.questions.index(question)):
        out.say(f"! {problem.severity}: {problem.text} [{problem.rule}]", indent=4)
    out.say()


def _say_left(left: list[Waiting], counts: dict[str, int], out: Output, *, asked: bool) -> None:
    from examrunner.services.approving import state_words

    out.say(f"{state_words(counts)}.")
    if left and not asked:
        for one in left:
            out.say(f"{one.question.id}: {one.why}", indent=2)


def _data(
    left: list[Waiting], counts: dict[str, int], given: int, problems: list[Problem]
) -> dict[str, Any]:
    from examrunner.cli.output import problems_data

    return {
        **problems_data(problems),
        "judged": given,
        "states": counts,
        "waiting": [
            {"question": one.question.id, "file": str(one.file), "why": one.why} for one in left
        ],
    }
