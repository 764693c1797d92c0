"""Problems as SARIF 2.1.0, the format in which code hosts take what checkers found.

OASIS, Static Analysis Results Interchange Format, version 2.1.0: a log of one run, its tool with
the rules, and a result for each problem with its place.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from examrunner import __version__
from examrunner.domain.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.bank.lint.rules import Rule
    from examrunner.domain.problems import Problem

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def sarif_bytes(problems: Iterable[Problem], rules: Iterable[Rule]) -> bytes:
    """Return a SARIF log of some problems; paths are relative to the working directory."""
    return (json.dumps(_log(problems, rules), indent=2, ensure_ascii=False) + "\n").encode()


def _log(problems: Iterable[Problem], rules: Iterable[Rule]) -> dict[str, Any]:
    driver = {
        "name": "examrunner bank lint",
        "semanticVersion": __version__,
        "rules": [_rule(one) for one in rules],
    }
    results = [_result(one) for one in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason},
        "help": {"text": f"{rule.fix}\n\nNot so: {rule.example}"},
        "defaultConfiguration": {"level": rule.severity.split(" / ", maxsplit=1)[0]},
    }


def _result(problem: Problem) -> dict[str, Any]:
    hint = f"\n{problem.hint}" if problem.hint else ""
    result: dict[str, Any] = {
        "ruleId": problem.rule or "problem",
        "level": LEVELS[problem.severity],
        "message": {"text": problem.text + hint},
    }
    if problem.file is not None:
        place: dict[str, Any] = {"artifactLocation": {"uri": _uri(problem.file)}}
        if problem.line:
            column = {"startColumn": problem.column} if problem.column else {}
            place["region"] = {"startLine": problem.line, **column}
        result["locations"] = [{"physicalLocation": place}]
    return result


def _uri(file: str) -> str:
    path = PurePath(file)
    if path.is_absolute():
        here = Path.cwd()
        if not path.is_relative_to(here):
            return path.as_uri()
        path = path.relative_to(here)
    return quote(path.as_posix())
