"""The commands bank export and bank import: banks given away, and made from other files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, quoted
from examrunner.cli.output import problems_data
from examrunner.domain.errors import WrongUsage
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.bank.carrying import Loss
    from examrunner.domain.bank.foreign import Skipped
    from examrunner.domain.course.catalogue import Reading
    from examrunner.domain.course.refs import Double
    from examrunner.services.bank_io import Exported, Imported
    from examrunner.services.refs import Catalogued

FORMS = ("moodle", "gift", "markdown", "html")
SOURCES = ("moodle", "gift", "table", "bibtex")
SHOWN = 40
"""So many of a kind are named; the others are counted."""


def add_export(commands: Commands) -> None:
    """Add the command to those of banks."""
    parser = commands.add_parser(
        "export",
        help="banks as Moodle XML, GIFT, Markdown or a page to print",
        description="Write banks as one new file. Moodle XML holds what only examiners see where "
        "only graders see it; GIFT holds the words of the questions; Markdown and HTML hold "
        "everything, to be read. What a format has no place for is told.",
    )
    parser.add_argument(
        "banks", nargs="+", metavar="READING|FILE", help="banks, or folders of banks"
    )
    parser.add_argument("--form", required=True, choices=FORMS, help="the format")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="a new file (default: named after the reading)"
    )
    add_json(parser)
    parser.set_defaults(run=_export)


def add_import(commands: Commands) -> None:
    """Add the command to those of banks."""
    parser = commands.add_parser(
        "import",
        help="a bank of drafts from Moodle, GIFT or a spreadsheet; readings from BibTeX",
        description="Make a new bank of drafts from the essay questions of Moodle XML or GIFT, or "
        "from a table (CSV, XLSX, ODS) with one question a row and columns such as kind, "
        "question, points, probes. Or propose the entries of a BibTeX file for course.yaml, in a "
        "file of its own. What stays behind is told, and no file is ever rewritten.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the file of the other system")
    parser.add_argument("--reading", metavar="READING", help="the reading that it asks about")
    parser.add_argument(
        "--to",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where the new file goes; may be a new folder",
    )
    parser.add_argument(
        "--form", choices=SOURCES, help="what the file is, where its ending does not say"
    )
    parser.add_argument(
        "--kind", default="core", metavar="KIND", help="of questions that name none (default: core)"
    )
    parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    parser.add_argument(
        "--course",
        type=Path,
        metavar="FILE",
        help="the catalogue that has the reading, or that BibTeX is compared with (default: "
        "course.yaml in DIR)",
    )
    add_json(parser)
    parser.set_defaults(run=_import)


def _export(options: Namespace, out: Output) -> int:
    from examrunner.domain.bank.carrying import Form
    from examrunner.services.bank_io import export_banks, find_banks

    done = export_banks(find_banks(options.banks), Form(options.form), options.out)
    out.emit(_exported_data(done))
    banks = "" if done.banks == 1 else f" from {counted(done.banks, 'bank')}"
    out.say(f"{counted(done.questions, 'question')}{banks} in {done.path}.")
    out.say(done.note)
    for loss in done.lost:
        out.say(f"- {loss}", indent=2)
    return 0


def _exported_data(done: Exported) -> dict[str, Any]:
    return {
        "ok": True,
        "problems": [],
        "written": str(done.path),
        "form": str(done.form),
        "banks": done.banks,
        "questions": done.questions,
        "lost": [_loss_data(loss) for loss in done.lost],
        "note": done.note,
    }


def _loss_data(loss: Loss) -> dict[str, Any]:
    return {"field": loss.field, "words": loss.words, f"{loss.noun}s": loss.count}


def _import(options: Namespace, out: Output) -> int:
    from examrunner.services.bank_io import Source, import_bank, source_of

    source = source_of(options.file, options.form)
    if source is Source.BIBTEX:
        return _readings(options, out)
    if options.reading is None:
        raise WrongUsage("A bank belongs to a reading: name it with --reading.")
    done = import_bank(
        options.file,
        options.reading,
        source=source,
        folder=options.to,
        kind=options.kind,
        sheet=options.sheet,
        course=options.course,
    )
    out.emit(_imported_data(done))
    _say_imported(done, out)
    return 0


def _say_imported(done: Imported, out: Output) -> None:
    count = counted(len(done.bank.questions), "question")
    out.say(f"{count} from {done.form} in {done.path}; all of them are drafts.")
    if done.skipped:
        out.say(f"{counted(len(done.skipped), 'question')} stayed behind:")
        for one in done.skipped[:SHOWN]:
            line = f" (line {one.line})" if one.line else ""
            out.say(f"- {one.name}: {one.why}{line}", indent=2)
        if len(done.skipped) > SHOWN:
            out.say(f"- and {len(done.skipped) - SHOWN:,} more", indent=2)
    out.problems(done.problems)
    out.whole(f"Next: {quoted('bank', 'lint', done.path)}")


def _imported_data(done: Imported) -> dict[str, Any]:
    return {
        **problems_data(done.problems),
        "written": str(done.path),
        "form": done.form,
        "reading": done.bank.reading,
        "questions": [question.id for question in done.bank.questions],
        "skipped": [_skipped_data(one) for one in done.skipped],
    }


def _skipped_data(one: Skipped) -> dict[str, Any]:
    return {"name": one.name, "why": one.why, "line": one.line}


# --- readings ------------------------------------------------------------------------------


def _readings(options: Namespace, out: Output) -> int:
    from examrunner.services.refs import import_readings

    if options.reading is not None:
        raise WrongUsage("BibTeX holds readings and no questions.", "Leave --reading out.")
    done = import_readings(options.file, folder=options.to, course=options.course)
    out.emit(_readings_data(done))
    _say_readings(done, out)
    return 0


def _say_readings(done: Catalogued, out: Output) -> None:
    compared = f"compared with {done.course}" if done.course else "no course.yaml to compare with"
    if done.path:
        out.say(f"{counted(len(done.new), 'reading')} in {done.path}; {compared}.")
    else:
        out.say(f"Nothing new; {compared}. Nothing was written.")
    told = [f"{_double(one)}: the same {one.why}; left out" for one in done.known]
    told += [f"{_double(one)}: alike; kept, decide yourself" for one in done.alike]
    for text in told[:SHOWN]:
        out.say(f"- {text}", indent=2)
    if len(told) > SHOWN:
        out.say(f"- and {len(told) - SHOWN:,} more", indent=2)
    out.problems(done.problems)
    if done.path:
        out.say("Copy what you want of it to below `readings:` in course.yaml.")


def _double(one: Double) -> str:
    return f"{one.reading.id} and {one.other.id}"


def _readings_data(done: Catalogued) -> dict[str, Any]:
    return {
        **problems_data(done.problems),
        "written": str(done.path) if done.path else None,
        "course": str(done.course) if done.course else None,
        "new": [_reading_data(one) for one in done.new],
        "known": [_double_data(one) for one in done.known],
        "alike": [_double_data(one) for one in done.alike],
    }


def _reading_data(one: Reading) -> dict[str, Any]:
    from examrunner.domain.plain import to_plain

    return dict(to_plain(one))


def _double_data(one: Double) -> dict[str, Any]:
    return {"reading": one.reading.id, "other": one.other.id, "why": one.why}
