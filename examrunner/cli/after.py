"""The commands after the day: results and export."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.cli.arguments import add_json, add_session
from examrunner.cli.calendar import add_ics
from examrunner.cli.export_words import SYSTEMS, TABLES, plan_data, say_plan, written_data
from examrunner.cli.output import failure_data
from examrunner.cli.progress import Progress
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Cell, Output
    from examrunner.domain.errors import ExamError
    from examrunner.services.export_into import Into, Plan
    from examrunner.services.results import Result, Results


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "results",
        help="verdicts and scores so far",
        description="Show what is on record. The session may be open elsewhere.",
    )
    add_session(parser)
    add_json(parser)
    parser.set_defaults(run=_results)
    _add_export(commands)


# --- results -------------------------------------------------------------------------------


def _results(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder
    from examrunner.services.results import as_json, read_results

    results = read_results(session_folder(options.session))
    out.emit(as_json(results))
    called = results.called()
    rows = [
        [called[one.student.student_id], *_result_cells(one, results)] for one in results.results
    ]
    out.table(("student", "status", "verdict", "score", "time", "paper"), rows)
    out.say()
    out.say(_sums(results))
    if results.count:
        out.say(f"record: {results.vouched}")
    if results.settings.is_rehearsal:
        out.say("rehearsal: nobody was examined, and the verdicts are made up")
    return 0


def _result_cells(result: Result, results: Results) -> list[Cell]:
    from examrunner.domain.exam.clock import shown
    from examrunner.domain.exam.phases import Phase

    decided = [one for one in result.attempts if one.phase is Phase.DECIDED]
    begun = [one for one in result.attempts if one.reading]
    return [
        result.status,
        ", ".join(str(one.verdict or "none") for one in decided),
        result.score,
        ", ".join("-" if one.used is None else shown(int(one.used)) for one in decided),
        "; ".join(results.title(one.reading) for one in begun),
    ]


def _sums(results: Results) -> str:
    from examrunner.domain.exam.events import Verdict
    from examrunner.domain.exam.rules import tallied

    verdicts, void = tallied(one for result in results.results for one in result.attempts)
    others = Counter(one.status for one in results.results if one.status not in ("done", "void"))
    others.update(void=void)
    known = [f"{verdicts[name]} {name}" for name in Verdict if verdicts[name]]
    rest = [f"{count} {status}" for status, count in others.most_common() if count]
    settled = sum(result.score is not None for result in results.results)
    scores = f"{settled} of {len(results.results)} scores settled"
    return ", ".join([*known, *rest, scores])


# --- export --------------------------------------------------------------------------------


def _add_export(commands: Commands) -> None:
    parser = commands.add_parser(
        "export",
        help="scores for a learning management system, or as tables and data",
        description="Write the scores to a file. An existing file is never overwritten, and each "
        "export is recorded.",
    )
    forms = parser.add_subparsers(title="forms", metavar="FORM", dest="form", required=True)
    for form in TABLES:
        _add_table(forms, form)
    for form in SYSTEMS:
        _add_system(forms, form)
    add_ics(forms)


def _add_table(forms: Commands, form: str) -> None:
    words, description = TABLES[form]
    parser = forms.add_parser(form, help=words, description=description)
    add_session(parser)
    _add_out(parser)
    if form == "json":
        parser.add_argument(
            "--with-notes",
            action="store_true",
            help="also notes and reasons, which are the examiner's own words",
        )
    else:
        _add_absent(parser)
    add_json(parser)
    parser.set_defaults(run=_table)


def _add_system(forms: Commands, form: str) -> None:
    system = SYSTEMS[form]
    parser = forms.add_parser(form, help=system.words, description=system.description)
    add_session(parser)
    parser.add_argument(
        "--into",
        "--from",
        type=Path,
        required=system.needs_file,
        metavar="FILE",
        help=f"{system.source}; it is only read",
    )
    parser.add_argument("--column", metavar=system.metavar, help=system.column)
    if form == "moodle":
        parser.add_argument(
            "--key",
            choices=("email", "sis", "login"),
            help="what Moodle knows the students by: e-mail address, ID number or username",
        )
        parser.add_argument(
            "--feedback", action="store_true", help="add a column with verdict and paper"
        )
    if form == "oneroster":
        for option, dest, what in (
            ("--class", "class_id", "the class"),
            ("--category", "category", "the category of a new line item"),
            ("--period", "period", "the grading period of a new line item"),
        ):
            parser.add_argument(option, dest=dest, metavar="ID", help=f"sourcedId of {what}")
    _add_absent(parser)
    _add_out(parser)
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument(
        "--force", action="store_true", help="also replace other scores that stand there"
    )
    add_json(parser)
    parser.set_defaults(run=_into)


def _add_out(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="the file to write (default: a new one in the session's folder exports)",
    )


def _add_absent(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--absent",
        choices=("blank", "zero", "excused"),
        help="what absent students get, where this file is to differ from the session's setting",
    )


def _table(options: Namespace, out: Output) -> int:
    from examrunner.domain.exam.settings import Absent
    from examrunner.services import export
    from examrunner.services.folders import session_folder
    from examrunner.services.results import read_results
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    folder, clock, form = session_folder(options.session), SystemClock(), options.form
    file = options.out or export.default_out(folder, form, clock.now().at)
    export.demand_new(file)
    given = getattr(options, "absent", None)
    table = export.Table(
        form, Absent(given) if given else None, getattr(options, "with_notes", False)
    )
    with Progress(out) as told:
        told("reading the record")
        results = read_results(folder)
        written = export.write_table(
            folder, results, table, file, clock=clock, actor=examiner(), asked=False, watch=told
        )
    out.emit({"ok": True, "problems": [], "written": written_data(written)})
    students = counted(len(results.results), "student")
    scores = counted(written.scores, "settled score")
    out.say(f"{written.file}: {students}, {scores}. Record: {written.record}.")
    return 0


def _into(options: Namespace, out: Output) -> int:
    from examrunner.domain.errors import Refused
    from examrunner.services import export, export_into
    from examrunner.services.folders import session_folder
    from examrunner.services.results import read_results
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    folder, clock = session_folder(options.session), SystemClock()
    file = options.out or export.default_out(folder, options.form, clock.now().at)
    export.demand_new(file)
    with Progress(out) as told:
        told("reading the record")
        plan = export_into.plan(folder, read_results(folder), _asked_for(options), told)
    say_plan(plan, out)
    if plan.errors:
        out.emit(plan_data(plan, None))
        return 1
    if plan.refusal():
        hint = "--force overwrites them." if plan.upload.overwrites else ""
        return _refuse(plan, Refused(plan.refusal(), hint), out)
    asked = not options.yes
    if asked and not out.can_ask():
        why = Refused("Nothing was written: nobody is here to say yes.", "--yes writes unasked.")
        return _refuse(plan, why, out)
    if asked and not out.ask(f"Write {counted(len(plan.upload.changes), 'score')} to {file}?"):
        out.say("Nothing was written.")
        return 0
    with Progress(out) as told:
        told("writing the scores")
        written = export_into.write(plan, file, clock, examiner(), asked=asked)
    out.emit(plan_data(plan, written))
    scores = counted(written.scores, "score")
    out.say(f"{written.file}: {scores}. Record: {written.record}.")
    out.say(SYSTEMS[options.form].next_step)
    return 0


def _asked_for(options: Namespace) -> Into:
    from examrunner.domain.exam.settings import Absent
    from examrunner.services.export_into import Into

    return Into(
        options.form,
        options.into,
        options.column,
        force=options.force,
        absent=Absent(options.absent) if options.absent else None,
        key=getattr(options, "key", None),
        feedback=getattr(options, "feedback", False),
        class_id=getattr(options, "class_id", None),
        category=getattr(options, "category", None),
        period=getattr(options, "period", None),
    )


def _refuse(plan: Plan, failure: ExamError, out: Output) -> int:
    """Refuse after showing: as data this is one document, as words the usual message."""
    if not out.as_json:
        raise failure
    shown = plan_data(plan, None)
    problems = [*shown["problems"], *failure_data(failure)["problems"]]
    out.emit({**shown, "ok": False, "problems": problems})
    return failure.exit_code
