"""The commands that prove a session's draws: reveal and verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.cli.arguments import add_json, add_session
from examrunner.domain.errors import WrongUsage
from examrunner.domain.text import counted, some

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.draw.verification import Verified

STRENGTHS = {
    "recorded": "recorded: no public value took part, so the examiner could have chosen the seed",
    "sealed": "sealed: the seed was fixed when C was published, chosen by the examiner before",
    "public": "public: nobody could choose the seed, if C was published before P was known",
}
PUBLISHING = (
    "The folder is under keys, not names. An order that was posted at the door says who had which "
    "place, and lists may be guessed by classmates: publish it to the class, not to the world."
)
PRIVATE = (
    "Give the folder, with the student's key, to whoever asks: explain STUDENT tells the key. "
    "--publish says what to mind before it goes to everyone."
)


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "reveal",
        help="write the folder from which anyone can check the draws",
        description="End the public log of a closed day and write its proof: commitment, log, "
        "secret, banks without wording, and two programs that check them (verify.py, verify.html). "
        "From then on the day stays closed.",
    )
    add_session(parser)
    parser.add_argument(
        "--to", type=Path, required=True, metavar="DIR", help="a new folder for the proof"
    )
    parser.add_argument(
        "--publish", action="store_true", help="it is meant for everyone: say what to mind"
    )
    add_json(parser)
    parser.set_defaults(run=_reveal)
    parser = commands.add_parser(
        "verify",
        help="check every draw of a published folder or of a session",
        description="Derive every draw and every sheet again and compare them with the log. Takes "
        "a folder that reveal wrote, or a session, whose whole record is checked as well.",
    )
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER|SESSION", help="a published folder or a session"
    )
    parser.add_argument(
        "--commit", metavar="LINE", help="the line that was published before the day, or its hash"
    )
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="DIGITS",
        help="the first digits of the log's head on a receipt, or for a session of the record's "
        "head in a list of results; may be given several times",
    )
    add_json(parser)
    parser.set_defaults(run=_verify)


def _reveal(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder
    from examrunner.services.proof import reveal
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    folder = session_folder(options.session)
    proof = reveal(folder, options.to, SystemClock(), examiner())
    out.emit(
        {
            "ok": True,
            "problems": [],
            "folder": str(proof.folder),
            "commit": proof.commit,
            "head": proof.head,
            "draws": proof.draws,
            "files": list(proof.files),
            "new": proof.is_new,
        }
    )
    out.say(f"{proof.folder}: {counted(proof.draws, 'draw')}, {', '.join(proof.files)}.")
    out.whole(f"commitment  {proof.commit}")
    out.whole(f"head        {proof.head}")
    out.say("Open verify.html in a browser, or run: python verify.py")
    out.say(PUBLISHING if options.publish else PRIVATE)
    return 0


def _verify(options: Namespace, out: Output) -> int:
    found = _verified(options)
    out.emit(found.plain())
    if not options.json:
        _say(found, out)
    return 0 if found.ok else 1


def _verified(options: Namespace) -> Verified:
    from examrunner.services.folders import is_session, session_folder

    heads = tuple(options.head)
    named = Path(options.folder) if options.folder else None
    if named is not None and named.is_dir() and not is_session(named):
        from examrunner.services.proof import verify_folder

        return verify_folder(named, options.commit, heads)
    from examrunner.services.proof import verify_session

    try:
        folder = session_folder(options.folder)
    except WrongUsage as fault:
        if named is None:
            raise
        raise WrongUsage(fault.message, "Name a folder that reveal wrote, or a session.") from None
    return verify_session(folder, options.commit, heads)


def _say(found: Verified, out: Output) -> None:
    for problem in found.problems:
        place = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file or ''}: "
        out.say(f"{place if problem.file else ''}{problem.text} [{problem.rule}]")
    for note in found.notes:
        out.say(f"note: {note}")
    if found.without_draw:
        who = counted(len(found.without_draw), "student")
        why = "(absent, or a paper by hand)" if found.ended else "so far"
        out.say(f"{who} without a draw {why}: {some(found.without_draw, 30)}")
    if found.head is not None:
        out.whole(f"head  {found.head}")
    if found.ok:
        drawn = f"{counted(found.draws, 'draw')} verified: every one follows from the commitment."
        out.say(drawn if found.draws else "Nothing is wrong, and nothing has been drawn.")
        if found.strength:
            out.say(f"Strength of the proof: {STRENGTHS[found.strength]}.")
    else:
        out.say(f"NOT VERIFIED: {counted(len(found.problems), 'problem')}.")
