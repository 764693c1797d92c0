"""What the command line says of an export: its forms, and the difference that it would make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from examrunner.cli.output import problems_data
from examrunner.domain.text import counted, some

if TYPE_CHECKING:
    from examrunner.cli.output import Output
    from examrunner.services.export import Written
    from examrunner.services.export_into import Plan

TABLES = {
    "csv": (
        "a table for people",
        "Write everyone's status, verdict, score and paper to a CSV file. Notes are not in it.",
    ),
    "xlsx": (
        "a workbook for people",
        "Write the same table to a workbook. Notes are not in it, and no text is a formula.",
    ),
    "json": (
        "everything on record as data",
        "Write the results as JSON with words on what they mean, without notes and reasons.",
    ),
}
"""Forms for people, each with its words and its description."""


@dataclass(frozen=True, slots=True)
class SystemWords:
    """What the command line says of a form for a learning management system."""

    words: str
    description: str
    source: str
    column: str
    next_step: str
    metavar: str = '"TITLE"'
    needs_file: bool = True


SYSTEMS = {
    "canvas": SystemWords(
        "an upload for the Canvas gradebook",
        "Compare the settled scores with your own Canvas export, show what would change, and "
        "write a file for Canvas's import that changes just that.",
        "the gradebook exported from Canvas",
        "the assignment that takes the scores; may be left out where only one is an oral or final "
        "exam",
        "In Canvas: Grades, Import, choose this file, compare, save.",
        '"TITLE (ID)"',
    ),
    "moodle": SystemWords(
        "an upload for Moodle's grade import",
        "Write a file for Moodle's grade import. With a grade file exported from Moodle, show "
        "first what would change.",
        "a grade file exported from Moodle (plain text, real grades)",
        "the grade item that takes the scores; without a file, its name",
        "In Moodle: Grades, Import, CSV file; map the key and the item, import.",
        needs_file=False,
    ),
    "brightspace": SystemWords(
        "an upload for Brightspace's grade import",
        "Write a file for Brightspace's grade import. With a grade file exported from "
        "Brightspace, show first what would change.",
        "a grade file exported from Brightspace with points grades",
        "the grade item that takes the scores; without a file, its exact name",
        "In Brightspace: Grades, Enter Grades, Import, choose this file, preview, import.",
        needs_file=False,
    ),
    "blackboard": SystemWords(
        "an upload for the Blackboard Grade Center",
        "Compare the settled scores with your own download from Blackboard, show what would "
        "change, and write a file that changes just that.",
        "the grade file downloaded from Blackboard",
        "the column that takes the scores, by its header, title or id",
        "In Blackboard: Grade Center, Work Offline, Upload, choose this file, submit.",
    ),
    "oneroster": SystemWords(
        "results as OneRoster 1.1 files",
        "Write line item and results as OneRoster 1.1 CSV files in a zip archive.",
        "the OneRoster set with users and enrolments: a zip archive or a folder",
        "the line item that takes the scores, by title or sourcedId; another title makes a new one",
        "Hand this archive to whoever imports OneRoster files.",
    ),
}
"""Forms for a learning management system."""


def say_plan(plan: Plan, out: Output) -> None:
    """Say in words what an upload would change, who is left out and why."""
    out.say(f"column   {plan.column}")
    if plan.errors:
        out.problems(plan.errors)
        return
    upload = plan.upload
    if upload.changes:
        out.say()
        out.table(("student", f"in {plan.system}", "new"), plan.diff(), indent=2)
    if upload.unchanged:
        out.say()
        same = counted(len(upload.unchanged), "score")
        out.say(f"unchanged: {same} that {plan.system} has already")
    if plan.left_out:
        out.say()
        out.say("not in the file, because")
        called = plan.results.called()
        rows = [(called[one.student.student_id], one.why) for one in plan.left_out]
        out.table(("student", "why"), rows, indent=2)
    if plan.strangers:
        out.say()
        out.say(f"in the gradebook and not in the class: {some(plan.strangers)}")
    if plan.remarks:
        out.say()
        out.problems(plan.remarks)
    out.say()


def plan_data(plan: Plan, written: Written | None) -> dict[str, Any]:
    """Return the difference as data."""
    upload = plan.upload
    return {
        **problems_data(upload.problems),
        "form": plan.into.form,
        "column": plan.column,
        "changes": [
            {"student": one.student.student_id, "old": one.old, "new": one.new}
            for one in upload.changes
        ],
        "unchanged": [one.student.student_id for one in upload.unchanged],
        "overwritten": plan.overwritten,
        "held_back": [
            {"student": one.student.student_id, "old": one.old, "new": one.new}
            for one in upload.overwrites
        ],
        "left_out": [{"student": one.student.student_id, "why": one.why} for one in plan.left_out],
        "not_in_file": [one.student_id for one in upload.not_in_file],
        "not_in_class": list(plan.strangers),
        "written": written_data(written) if written else None,
    }


def written_data(written: Written) -> dict[str, Any]:
    """Return what was written as data."""
    return {
        "file": str(written.file),
        "sha256": written.sha256,
        "scores": written.scores,
        "record": written.record,
    }
