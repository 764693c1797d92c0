"""The command bank lint: what is to be said about banks, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import PATHS, add_json
from examrunner.cli.output import place_of, problems_data
from examrunner.domain.errors import WrongUsage
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.bank.lint.rules import Rule
    from examrunner.services.bank_lint import Linted


def add_lint(commands: Commands) -> None:
    """Add the command to those of banks."""
    parser = commands.add_parser(
        "lint",
        help="what thirty rules say about banks, each problem at its word",
        description="Judge banks by the rules B01 to B30. In a draft only what makes a bank "
        "unusable is an error; a question that claims to be reviewed, or everything with "
        "--approval, is judged strictly. A comment `# lint: B07 why` passes a rule over on its "
        "line or the next one. Errors give exit code 1.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help=PATHS,
    )
    parser.add_argument(
        "--approval", action="store_true", help="judge drafts as strictly as for approval"
    )
    parser.add_argument(
        "--watch", action="store_true", help="go on: judge what changes as soon as it is saved"
    )
    parser.add_argument(
        "--sarif", type=Path, metavar="FILE", help="also write the problems for code hosts"
    )
    parser.add_argument("--explain", metavar="RULE", help="say what a rule is for, such as B13")
    add_json(parser)
    parser.set_defaults(run=_lint)


def _lint(options: Namespace, out: Output) -> int:
    if options.explain:
        return _explain(options.explain, out)
    from examrunner.services.bank_lint import Linter

    linter = Linter(options.paths, approval=options.approval)
    if options.watch:
        return _watch(linter, options, out)
    return _tell(linter.run(), options.sarif, out)


def _watch(linter: Any, options: Namespace, out: Output) -> int:
    from examrunner.services.bank_lint import changes

    if options.json:
        raise WrongUsage("--watch goes on for ever; --json writes one answer.", "Leave one out.")
    for found in changes(linter):
        _tell(found, options.sarif, out)
        out.say(f"Watching {counted(found.files, 'file')}; ctrl-c ends.")
        out.say()
        out.flush()
    return 0


def _tell(found: Linted, sarif: Path | None, out: Output) -> int:
    if sarif is not None:
        from examrunner.services.bank_lint import write_sarif

        write_sarif(sarif, found)
    for problem in found.problems:
        rule = f" [{problem.rule}]" if problem.rule else ""
        out.whole(f"{place_of(problem)}{problem.severity}: {problem.text}{rule}")
        if problem.hint:
            out.say(problem.hint, indent=4)
    counts = f"{counted(found.banks, 'bank')}, {counted(found.questions, 'question')}"
    wrong = f"{counted(found.errors, 'error')}, {counted(found.warnings, 'warning')}"
    out.say(f"{counts}: {wrong if found.problems else 'nothing to say'}.")
    data = problems_data(found.problems)
    out.emit({**data, "files": found.files, "banks": found.banks, "questions": found.questions})
    return 1 if found.errors else 0


def _explain(name: str, out: Output) -> int:
    from examrunner.domain.bank.lint.judge import BY_ID

    rule = BY_ID.get(name.upper())
    if rule is None:
        raise WrongUsage(f"There is no rule {name}.", f"The rules are {', '.join(BY_ID)}.")
    out.emit(_rule_data(rule))
    out.say(f"{rule.id}  {rule.title} ({rule.severity})")
    out.say()
    for head, words in (("why", rule.reason), ("not so", rule.example), ("do", rule.fix)):
        out.table((head.ljust(6), words), ())
    return 0


def _rule_data(rule: Rule) -> dict[str, str]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "reason": rule.reason,
        "example": rule.example,
        "fix": rule.fix,
    }
