"""The command that tells a student how the draw went: explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.cli.arguments import add_json
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.services.explain import Came, Explained
    from examrunner.services.receipts import Receipt


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "explain",
        help="tell a student how the draw went: list, odds, paper, proof",
        description="Say in plain words what a student's paper was drawn from, at which odds, "
        "when, and how strong the proof is. With draw number, ticket and head of the log it is the "
        "student's receipt.",
    )
    parser.add_argument(
        "student", metavar="STUDENT", help="id, address, name or a part of it, or the draw's key"
    )
    parser.add_argument(
        "--session", metavar="SESSION", help="the session's folder, where there are several"
    )
    add_json(parser)
    parser.set_defaults(run=_explain)


def _explain(options: Namespace, out: Output) -> int:
    from examrunner.services.explain import explain
    from examrunner.services.folders import session_folder

    told = explain(session_folder(options.session), options.student)
    out.emit(data_of(told))
    if not options.json:
        for about, words in words_of(told):
            if about:
                out.say()
                out.say(about.upper())
            for text in words:
                out.say(text)
    return 0


def words_of(told: Explained) -> list[tuple[str, list[str]]]:
    """Return the explanation as headed paragraphs, in plain words."""
    return [
        ("", [_who(told)]),
        ("The list", _list_words(told)),
        ("What was drawn", _came_words(told)),
        ("Spacing", [_spacing_words(told)]),
        ("How strong the proof is", _strength_words(told)),
    ]


def _who(told: Explained) -> str:
    place = (
        f"place {told.position} of {told.places} in the exam order"
        if told.position
        else "not in the draw"
    )
    return f"{told.student.name}, {told.key} in the published files, {place}."


def _list_words(told: Explained) -> list[str]:
    if told.student.assigned is not None:
        title = told.titles[told.student.assigned]
        return [f"The paper of this student is assigned, not drawn: {title}."]
    count = len(told.papers)
    if not count:
        return ["No paper of this student may be drawn."]
    before = f"{counted(count, 'paper')} may be drawn{': no other can come' * (count == 1)}."
    is_late = told.committed is None and told.position is not None
    if is_late:
        before += " The student joined after the commitment; the log has the line."
    elif told.committed not in (None, told.papers):
        other = ", ".join(told.titles[name] for name in told.committed or ())
        before += f" In the commitment stood another list: {other}. The log has the change."
    elif count > 1:
        before += (
            f" Each has a chance of 1 in {count} before the day, whoever else is in the class and "
            "in whatever order it is called."
        )
    return [before, *(f"- {told.titles[name]}" for name in told.papers)]


def _came_words(told: Explained) -> list[str]:
    if not told.came:
        return ["No paper was shown." if told.is_over else "No paper is known yet."]
    return [_one_came(told, one) for one in told.came]


def _one_came(told: Explained, came: Came) -> str:
    from examrunner.domain.draw.odds import W
    from examrunner.domain.draw.ticket import NONE

    attempt, receipt = came.attempt, came.receipt
    assert attempt.reading is not None
    title = told.titles[attempt.reading]
    at = f" at {came.at:%H:%M:%S}" if came.at else ""
    void = ". This attempt was voided" if attempt.void else ""
    if receipt is None:
        words = f"Attempt {attempt.number}{at}: {title}, {attempt.origin}, not drawn{void}."
        if (other := came.passed_over) is not None:
            words += (
                f" Draw {other.number}, on line {other.line} of the log, had given "
                f"{told.titles[other.paper]}, which was not asked."
            )
        return words
    said = "" if receipt.nonce == NONE else f" The number said was {receipt.nonce}."
    among = counted(len(receipt.odds), "paper")
    return (
        f"Attempt {attempt.number}{at}: {title}{void}. It was draw {receipt.number}, on line "
        f"{receipt.line} of the log: ticket {receipt.ticket:,} of {W:,}; this paper's chance was "
        f"{receipt.chance:.1%} just then, among {among}.{said} The log's head after it begins "
        f"{receipt.head}."
    )


def _spacing_words(told: Explained) -> str:
    if told.student.assigned is not None:
        return "It has no part in a paper that is assigned."
    if told.h == 0:
        return "Every draw is independent of all others."
    if len(told.papers) <= 1:
        return "It moves chances between the papers of a student, and there are no two here."
    return (
        f"When a paper is drawn for somebody at most {counted(told.h, 'place')} away, its chance "
        "of coming up again for you is moved to your other papers, by a published rule that does "
        "not change anybody's overall chances."
    )


PUBLIC = (
    "With public dice: the value {public} ({source}) takes part in every ticket. Who saw the "
    "commitment published before it knows that nobody could choose the seed."
)
WAITS = (
    "With public dice: a value that nobody knows yet ({source}) will take part in every ticket. "
    "Who has seen the commitment published before it will know that nobody could choose the seed."
)
SEALED = (
    "Sealed: no public value takes part. Who saw the commitment published before the day knows "
    "that lists, order and secret were not changed since; the examiner could have tried several "
    "secrets before."
)
RECORDED = (
    "Recorded: the session was committed in the moment in which the day began, so that nobody "
    "could see the commitment before. The record shows that no draw was changed afterwards; the "
    "examiner could have chosen the secret."
)


CHECK = (
    "Every attempt and every number gives another ticket. No proof shows that a number was said or "
    "why an attempt was left out: check that those of this student are right."
)


def _strength_words(told: Explained) -> list[str]:
    words = {"public": PUBLIC, "sealed": SEALED, "recorded": RECORDED}[told.strength]
    if told.waits_for_public:
        words = WAITS
    made = f"The commitment {told.commit} was made on {told.committed_at:%d %b %Y at %H:%M}."
    return [words.format(public=told.public, source=told.source), made, CHECK]


def data_of(told: Explained) -> dict[str, object]:
    """Return the explanation as data; times in the session's time zone."""
    return {
        "ok": True,
        "problems": [],
        "session": told.session,
        "student": told.student.student_id,
        "key": told.key,
        "position": told.position,
        "places": told.places,
        "papers": [{"reading": name, "title": told.titles[name]} for name in told.papers],
        "committed": None if told.committed is None else list(told.committed),
        "attempts": [
            {
                "attempt": one.attempt.number,
                "reading": one.attempt.reading,
                "title": told.titles[str(one.attempt.reading)],
                "origin": str(one.attempt.origin),
                "void": one.attempt.void,
                "revealed_at": one.at.isoformat(timespec="seconds") if one.at else None,
                "receipt": _receipt_data(one.receipt),
                "passed_over": _receipt_data(one.passed_over),
            }
            for one in told.came
        ],
        "spacing": told.h,
        "public": told.public,
        "source": told.source,
        "commit": told.commit,
        "committed_at": told.committed_at.isoformat(timespec="seconds"),
        "strength": told.strength,
    }


def _receipt_data(receipt: Receipt | None) -> dict[str, object] | None:
    if receipt is None:
        return None
    return {
        "draw": receipt.number,
        "line": receipt.line,
        "nonce": receipt.nonce,
        "ticket": receipt.ticket,
        "paper": receipt.paper,
        "chance": receipt.chance,
        "odds": [list(pair) for pair in receipt.odds],
        "head": receipt.head,
    }
