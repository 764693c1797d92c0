"""The commands after the day: results and export."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session
from examrunner.cli.output import failure_data, problems_data
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Cell, Output
    from examrunner.domain.errors import ExamError
    from examrunner.services.export import CanvasExport, Written
    from examrunner.services.results import Result, Results

COMMANDS = ("results", "export")


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
    parser = commands.add_parser(
        "export",
        help="scores as a table, or for Canvas",
        description="Write the scores to a file. An existing file is never overwritten, and each "
        "export is recorded.",
    )
    forms = parser.add_subparsers(title="forms", metavar="FORM", dest="form", required=True)
    parser = forms.add_parser(
        "csv",
        help="a table for people",
        description="Write everyone's status, verdict, score and paper to a CSV file. Notes are "
        "not in it.",
    )
    add_session(parser)
    _add_out(parser)
    add_json(parser)
    parser.set_defaults(run=_csv)
    parser = forms.add_parser(
        "canvas",
        help="an upload for the Canvas gradebook",
        description="Compare the settled scores with your own Canvas export, show what would "
        "change, and write a file for Canvas's import that changes just that.",
    )
    add_session(parser)
    parser.add_argument(
        "--into",
        type=Path,
        required=True,
        metavar="GRADEBOOK",
        help="the gradebook exported from Canvas; it is only read",
    )
    parser.add_argument(
        "--column",
        metavar='"TITLE (ID)"',
        help="the assignment that takes the scores; may be left out where only one is an oral or "
        "final exam",
    )
    _add_out(parser)
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument(
        "--force", action="store_true", help="also replace other scores that Canvas has"
    )
    add_json(parser)
    parser.set_defaults(run=_canvas)


def _add_out(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="the file to write (default: a new one in the session's folder exports)",
    )


# --- results -------------------------------------------------------------------------------


def _results(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder
    from examrunner.services.results import as_json, read_results

    results = read_results(session_folder(options.session))
    out.emit(as_json(results))
    rows = [_result_row(one, results) for one in results.results]
    out.table(("student", "status", "verdict", "score", "time", "paper"), rows)
    out.say()
    out.say(_sums(results))
    if results.count:
        out.say(f"record: {results.vouched}")
    return 0


def _result_row(result: Result, results: Results) -> list[Cell]:
    from examrunner.domain.exam.clock import shown
    from examrunner.domain.exam.phases import Phase

    decided = [one for one in result.attempts if one.phase is Phase.DECIDED]
    begun = [one for one in result.attempts if one.reading]
    return [
        result.student.name,
        result.status,
        ", ".join(str(one.verdict or "none") for one in decided),
        result.score,
        ", ".join("-" if one.used is None else shown(int(one.used)) for one in decided),
        "; ".join(results.title(one.reading) for one in begun),
    ]


def _sums(results: Results) -> str:
    from examrunner.domain.exam.events import Verdict

    verdicts = Counter(
        str(one.verdict) for result in results.results for one in result.attempts if one.verdict
    )
    others = Counter(result.status for result in results.results if result.status != "done")
    known = [f"{verdicts[name]} {name}" for name in map(str, Verdict) if verdicts[name]]
    rest = [f"{count} {status}" for status, count in others.most_common()]
    settled = sum(result.score is not None for result in results.results)
    scores = f"{settled} of {len(results.results)} scores settled"
    return ", ".join([*known, *rest, scores])


# --- export --------------------------------------------------------------------------------


def _csv(options: Namespace, out: Output) -> int:
    from examrunner.services import export
    from examrunner.services.folders import session_folder
    from examrunner.services.results import read_results
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    folder = session_folder(options.session)
    clock = SystemClock()
    file = options.out or export.default_out(folder, export.CSV, clock.now().at)
    export.demand_new(file)
    results = read_results(folder)
    written = export.write_csv(folder, results, file, clock, examiner(), asked=False)
    out.emit({"ok": True, "problems": [], "written": _written_data(written)})
    students = counted(len(results.results), "student")
    scores = counted(written.scores, "settled score")
    out.say(f"{written.file}: {students}, {scores}. Record: {written.record}.")
    return 0


def _canvas(options: Namespace, out: Output) -> int:
    from examrunner.domain.errors import Refused
    from examrunner.services import export
    from examrunner.services.folders import session_folder
    from examrunner.services.results import read_results
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    folder = session_folder(options.session)
    clock = SystemClock()
    file = options.out or export.default_out(folder, export.CANVAS, clock.now().at)
    export.demand_new(file)
    plan = export.plan_canvas(
        folder, read_results(folder), options.into, options.column, force=options.force
    )
    _say_canvas(plan, out)
    if plan.errors:
        out.emit(_canvas_data(plan, None))
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
    written = export.write_canvas(plan, file, clock, examiner(), asked=asked)
    out.emit(_canvas_data(plan, written))
    scores = counted(written.scores, "score")
    out.say(f"{written.file}: {scores}. Record: {written.record}.")
    out.say("In Canvas: Grades, Import, choose this file, compare, save.")
    return 0


def _say_canvas(plan: CanvasExport, out: Output) -> None:
    out.say(f"column   {plan.column}")
    if plan.errors:
        out.problems(plan.errors)
        return
    if plan.upload.changes:
        out.say()
        out.table(("student", "in Canvas", "new"), plan.diff(), indent=2)
    if plan.upload.unchanged:
        out.say()
        out.say(
            f"unchanged: {counted(len(plan.upload.unchanged), 'score')} that Canvas has already"
        )
    if plan.left_out:
        out.say()
        out.say("not in the file, because")
        rows = [(one.student.name, one.why) for one in plan.left_out]
        out.table(("student", "why"), rows, indent=2)
    if plan.remarks:
        out.say()
        out.problems(plan.remarks)
    out.say()


def _refuse(plan: CanvasExport, failure: ExamError, out: Output) -> int:
    """Refuse after showing: as data this is one document, as words the usual message."""
    if not out.as_json:
        raise failure
    shown = _canvas_data(plan, None)
    problems = [*shown["problems"], *failure_data(failure)["problems"]]
    out.emit({**shown, "ok": False, "problems": problems})
    return failure.exit_code


def _written_data(written: Written) -> dict[str, Any]:
    return {
        "file": str(written.file),
        "sha256": written.sha256,
        "scores": written.scores,
        "record": written.record,
    }


def _canvas_data(plan: CanvasExport, written: Written | None) -> dict[str, Any]:
    upload = plan.upload
    return {
        **problems_data(upload.problems),
        "column": plan.column,
        "changes": [
            {"student": one.student.student_id, "old": one.old, "new": one.new}
            for one in upload.changes
        ],
        "unchanged": [one.student.student_id for one in upload.unchanged],
        "overwritten": plan.overwritten,
        "left_out": [{"student": one.student.student_id, "why": one.why} for one in plan.left_out],
        "written": _written_data(written) if written else None,
    }
