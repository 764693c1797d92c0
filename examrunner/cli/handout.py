"""The command that tells students what to know beforehand: handout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.storage.writers.handout import Handout, Practice


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "handout",
        help="what students should know beforehand, with a practice question",
        description="Tell students how the exam goes: time, draw, kinds of questions, help, "
        "verdict, record, and a practice question. The figures are those of the session's rules; "
        "read it before you give it out, since a course may have rules that the program does not "
        "know.",
    )
    add_session(parser)
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write it to a new file, as a page to print"
    )
    add_json(parser)
    parser.set_defaults(run=_handout)


def _handout(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder
    from examrunner.services.handout import handout_of, write_html

    handout = handout_of(session_folder(options.session))
    if options.html is not None:
        write_html(handout, options.html)
    out.emit(_data(handout, options.html))
    if options.html is not None:
        out.say(f"{options.html}: read it before you give it out.")
    elif not options.json:
        _say(handout, out)
    return 0


def _say(handout: Handout, out: Output) -> None:
    out.say("What to know beforehand")
    out.say(f"{handout.session} ({handout.kind}){', ' if handout.day else ''}{handout.day}")
    for section in handout.sections:
        out.say()
        out.say(section.about.upper())
        for text in section.words:
            out.say(text)
        for term, words in section.terms:
            out.say(f"{term}: {words}", indent=2)
    if handout.practice is not None:
        _say_practice(handout.practice, out)


def _say_practice(practice: Practice, out: Output) -> None:
    out.say()
    out.say("A PRACTICE QUESTION")
    for text in practice.words:
        out.say(text)
    out.say()
    for text in practice.question.say.splitlines():
        out.say(text, indent=2)
    if practice.question.look_for:
        out.say()
        out.say("A good answer")
        for point in practice.question.look_for:
            out.say(f"- {point.text}{' (needed)' if point.must else ''}", indent=2)


def _data(handout: Handout, file: Path | None) -> dict[str, Any]:
    practice = handout.practice
    return {
        "ok": True,
        "problems": [],
        "session": handout.session,
        "kind": handout.kind,
        "day": handout.day,
        "sections": [
            {
                "about": section.about,
                "words": list(section.words),
                "terms": [{"term": term, "words": words} for term, words in section.terms],
            }
            for section in handout.sections
        ],
        "practice": {
            "words": list(practice.words),
            "kind": practice.question.kind,
            "say": practice.question.say,
            "points": [
                {"text": point.text, "must": point.must} for point in practice.question.look_for
            ],
        }
        if practice
        else None,
        "written": str(file) if file else None,
    }
