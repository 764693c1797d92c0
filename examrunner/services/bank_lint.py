"""What is to be said about banks: every rule on every file, each problem at its place.

Many files are shared out among the processors. While watching, only what changed is read anew.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from examrunner.domain.bank.banks import State
from examrunner.domain.bank.lint.rules import Demands
from examrunner.domain.problems import Problem, Severity, error
from examrunner.services.bank_targets import APPROVALS, COURSE_FILE, Target, targets, usual
from examrunner.storage.files import stamp
from examrunner.storage.readers.bank_judge import Judged, judge_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Work: TypeAlias = tuple[Path, Demands, tuple[str, ...]]
FEWEST_TO_SHARE = 300
"""So many files take longer than it takes to start a second process."""
LOOK_EVERY = 0.1
"""Seconds between two looks at the files while watching."""
AT_ONCE = 16
"""Files that are handed to a process at a time."""
SPECIAL = frozenset({COURSE_FILE, APPROVALS})
"""A change in one of them may change what is said about every bank beside it."""


@dataclass(frozen=True, slots=True)
class Linted:
    """What there is to say about some files."""

    problems: tuple[Problem, ...]
    """By file, line and column."""
    files: int
    banks: int
    questions: int

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(one.severity is Severity.ERROR for one in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems are only worth a look."""
        return len(self.problems) - self.errors


@dataclass(slots=True)
class Linter:
    """Judges the banks that some paths name, as often as they change."""

    paths: Sequence[Path] = ()
    approval: bool = False
    workers: int | None = None
    """How many processes may share the work; None: one for each processor."""
    _stamps: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _wrong: list[Problem] | None = None
    """With the paths, when they were last looked at; None before that."""
    _judged: dict[Path, Judged] = field(default_factory=dict)

    def run(self) -> Linted:
        """Judge everything. Raises ExamError where the paths name nothing."""
        self._stamps, self._judged, self._wrong = {}, {}, None
        found = self.refresh()
        assert found is not None
        return found

    def refresh(self) -> Linted | None:
        """Judge what changed since the last time; None where nothing did."""
        self.paths = self.paths or usual()
        target = targets(self.paths)
        stamps = {path: stamp(path) for path in target.looked_at()}
        if stamps == self._stamps and target.problems == self._wrong:
            return None
        changed = {path for path in stamps if stamps[path] != self._stamps.get(path)}
        changed |= self._stamps.keys() - stamps.keys()
        around = {path.parent for path in changed if path.name in SPECIAL}
        if any(path.name in target.session_files for path in changed):
            around |= {path.parent for path in target.files}
        anew = [
            path
            for path in target.files
            if path in changed or path.parent in around or path not in self._judged
        ]
        self._judged |= self._judge(anew, target)
        self._stamps, self._wrong = stamps, target.problems
        self._judged = {path: self._judged[path] for path in target.files}
        return _linted(self._judged, target)

    def lines(self, path: Path) -> tuple[int, ...]:
        """Return the line of each question in a file that was judged, in the file's order."""
        found = self._judged.get(path)
        return tuple(line for _, line, _ in found.ids) if found else ()

    def about(self, path: Path, place: int) -> list[Problem]:
        """Return what there is to say within the lines of a file's question, by its place."""
        found = self._judged.get(path)
        return within(found.problems, self.lines(path), place) if found else []

    def _judge(self, files: list[Path], target: Target) -> dict[Path, Judged]:
        demands = {path: self._demands(target, path) for path in {one.parent for one in files}}
        names = target.names()
        work = [(path, demands[path.parent], names) for path in files]
        workers = self.workers or _processors()
        collecting = gc.isenabled()
        gc.disable()  # no cycles are made, and looking for them takes a quarter of the time
        try:
            return self._share_out(files, work, workers)
        finally:
            if collecting:
                gc.enable()

    @staticmethod
    def _share_out(files: list[Path], work: list[Work], workers: int) -> dict[Path, Judged]:
        if workers < 2 or len(files) < FEWEST_TO_SHARE:  # noqa: PLR2004  one is no sharing
            return dict(zip(files, map(_judge_one, work), strict=True))
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(workers, initializer=gc.disable) as pool:
            return dict(zip(files, pool.map(_judge_one, work, chunksize=AT_ONCE), strict=True))

    def _demands(self, target: Target, folder: Path) -> Demands:
        """Return what banks of a folder are judged by."""
        demands = Demands(
            target.readings(folder),
            target.posts(folder),
            approvals=(folder / APPROVALS).is_file(),
            approval=self.approval,
        )
        settings = target.settings
        if settings is None:
            return demands
        minutes = settings.exam.minutes
        return replace(
            demands,
            sheet=settings.sheet,
            seconds=int(minutes.total_seconds()) if minutes else demands.seconds,
            approval=self.approval or settings.questions in (State.REVIEWED, State.APPROVED),
        )


def within(problems: Iterable[Problem], lines: Sequence[int], place: int) -> list[Problem]:
    """Return the problems from the line of a question, by its place, up to the next one's."""
    if place >= len(lines):
        return []
    begin, end = lines[place], lines[place + 1] if place + 1 < len(lines) else None
    return [
        one
        for one in problems
        if one.line and begin <= one.line and (end is None or one.line < end)
    ]


def _judge_one(work: Work) -> Judged:
    return judge_file(*work)


def _linted(judged: dict[Path, Judged], target: Target) -> Linted:
    problems = [*target.problems, *_shared_ids(judged, target)]
    for one in judged.values():
        problems += one.problems
    problems.sort(key=_order)
    banks = [one for one in judged.values() if one.is_bank]
    return Linted(tuple(problems), len(judged), len(banks), sum(len(one.ids) for one in banks))


def _order(problem: Problem) -> tuple[str, int, int, str, str]:
    line, column = problem.line or 0, problem.column or 0
    return problem.file or "", line, column, problem.rule, problem.text


def _shared_ids(judged: dict[Path, Judged], target: Target) -> Iterable[Problem]:
    """Report ids that another file gives, too: in both files, except in one not asked for."""
    beside = target.beside()
    first: dict[str, list[tuple[Path, int, int]]] = {}
    for path, one in (*judged.items(), *((path, judge_file(path)) for path in beside)):
        for name, line, column in one.ids:
            if name:
                first.setdefault(name, []).append((path, line, column))
    for name, places in first.items():
        if len({path for path, _, _ in places}) > 1:
            for path, line, column in places:
                if path in judged:
                    other = next(one for one, _, _ in places if one != path)
                    told = f"the id `{name}` is given in {other.name}, too"
                    hint = "every id stands for one thing only, in all banks"
                    place = {"line": line, "column": column}
                    yield error(told, hint, file=str(path), rule="B01", **place)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def changes(linter: Linter, wait: Callable[[float], object] = time.sleep) -> Iterator[Linted]:
    """Return what there is to say now, and again whenever a file changes. Never ends."""
    while True:
        found = linter.refresh()
        if found is not None:
            yield found
        wait(LOOK_EVERY)


def write_sarif(path: Path, found: Linted) -> None:
    """Write the problems for code hosts, also in place of what an earlier run wrote.

    Raises Refused where another file stands there, Environment where the disk says no.
    """
    from examrunner.domain.bank.lint.judge import RULES
    from examrunner.services.own_files import write_again
    from examrunner.storage.writers.sarif import sarif_bytes

    def tool(log: Any) -> object:
        return log["runs"][0]["tool"]["driver"]["name"]

    write_again(path, sarif_bytes(found.problems, RULES), tool, "SARIF file of bank lint")
