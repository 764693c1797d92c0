"""The commands with which a bank is written: bank new, bank show, bank schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, quoted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.bank.banks import Bank
    from examrunner.services.bank_show import ShownBank, Spoken


def add_new(commands: Commands) -> None:
    """Add the command that begins a bank."""
    parser = commands.add_parser(
        "new",
        help="begin a bank: a file with comments, from the catalogue",
        description="Write the beginning of a bank with the reading's title and authors, every key "
        "explained and a question of each kind to start from. Beside it stands a schema, by which "
        "editors with the YAML language server complete and check. Nothing is overwritten.",
    )
    parser.add_argument("reading", metavar="READING", help="the reading's id in course.yaml")
    parser.add_argument(
        "--course", metavar="FILE", help="the catalogue (course.yaml), or cs496 for the shipped one"
    )
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="the folder of banks (default: the session's first, else the catalogue's)",
    )
    add_json(parser)
    parser.set_defaults(run=_new)


def add_show(commands: Commands) -> None:
    """Add the command that shows a bank."""
    parser = commands.add_parser(
        "show",
        help="a bank as the examiner will see it, with the time it takes to say",
        description="Show all questions of a bank in the order in which they are asked: what is "
        "said and how long that takes at 150 words a minute, points, probes, hints and flags.",
    )
    parser.add_argument("reading", metavar="READING", help="the reading's id, or the bank's file")
    parser.add_argument(
        "--in",
        dest="folders",
        action="append",
        type=Path,
        default=[],
        metavar="DIR",
        help="a folder of banks or a session to look in; may be given several times",
    )
    add_json(parser)
    parser.set_defaults(run=_show)


def add_schema(commands: Commands) -> None:
    """Add the command that gives the schema."""
    parser = commands.add_parser(
        "schema",
        help="the JSON Schema of a bank, for editors",
        description="Write the JSON Schema of a bank to stdout, or to a file. Editors with the "
        "YAML language server find it by the first line of a bank that `bank new` began.",
    )
    parser.add_argument(
        "--to", type=Path, metavar="PATH", help="a file, or a folder for bank.schema.json"
    )
    add_json(parser)
    parser.set_defaults(run=_schema)


def _new(options: Namespace, out: Output) -> int:
    from examrunner.services.bank_new import new_bank

    made = new_bank(options.reading, options.course, options.to)
    check = quoted("bank", "lint", made.file)
    schema = str(made.schema) if made.schema else None
    found = {"file": str(made.file), "title": made.title, "schema": schema}
    out.emit({"ok": True, **found, "missing_in_banks": made.missing or None})
    out.whole(f"Begun: {made.file}")
    if made.missing:
        out.say(f"session.yaml looks for no banks there: add `{made.missing}` to `banks: [...]`.")
    if not made.title:
        out.say("No catalogue knows this reading: fill in its title.")
    if schema:
        out.say(f"Editors complete and check by {made.schema.name if made.schema else ''}.")
    out.say(f"Write a question, then: {check}")
    return 0


def _schema(options: Namespace, out: Output) -> int:
    from examrunner.services.bank_new import write_schema
    from examrunner.storage.writers.json_schema import bank_schema, schema_bytes

    if options.to is not None:
        file = write_schema(options.to)
        out.emit({"ok": True, "file": str(file)})
        out.whole(f"Written: {file}")
    elif options.json:
        out.emit(bank_schema())
    else:
        for line in schema_bytes().decode().splitlines():
            out.whole(line)
    return 0


def _show(options: Namespace, out: Output) -> int:
    from examrunner.services.bank_show import show_bank

    found = show_bank(options.reading, options.folders)
    out.emit(_data(found))
    bank = found.bank
    out.say(bank.title or bank.reading)
    if bank.edition:
        out.say(f"Places refer to {bank.edition}.")
    if bank.gist:
        out.say()
        out.say(bank.gist)
    _say_symbols(bank, out)
    for one in found.questions:
        _say_question(one, out)
    if not found.questions:
        out.say()
        out.say("There is no question yet.")
    return 0


def _say_symbols(bank: Bank, out: Output) -> None:
    if bank.symbols:
        out.say()
        out.table(
            ("written", "said", "means"),
            [[one.write, one.say, one.means] for one in bank.symbols],
        )
    for trap in bank.traps:
        out.say()
        out.say(f"beware: {trap}")


def _say_question(one: Spoken, out: Output) -> None:
    from examrunner.domain.exam.clock import shown
    from examrunner.services.bank_show import aids_of

    question = one.question
    marks = f"{question.marks} mark{'s' * (question.marks != 1)}"
    level = f", {question.level}" if question.level else ""
    state = "" if question.status == "draft" else f"  {question.status}"
    out.say()
    out.say(f"{question.kind}{level}  {shown(question.seconds)}, {marks}  {question.id}{state}")
    out.say(question.say, indent=2)
    out.say(f"({one.reading} s to say, 3 s silence, {one.answer} s to answer)", indent=2)
    for number, point in enumerate(question.look_for, 1):
        out.say(f"{number} {'must' if point.must else 'also'}  {point.text}", indent=4)
    for label, text in aids_of(question):
        out.say(f"{label:<6}  {text}", indent=4)


def _data(found: ShownBank) -> dict[str, Any]:
    from examrunner.domain.plain import to_plain

    plain = to_plain(found.bank)
    plain["questions"] = [
        {**to_plain(one.question), "reading_seconds": one.reading, "answer_seconds": one.answer}
        for one in found.questions
    ]
    return {"ok": True, "file": str(found.file), "bank": plain}
