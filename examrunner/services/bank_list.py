"""The banks on the shelf: what each holds, how far it has come, what is wrong, who may need it."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import Standing, by_question, standing
from examrunner.domain.bank.banks import Bank, Question, State, drawable
from examrunner.domain.draw.sheets import SheetRule, choose, items_of, rule_for
from examrunner.domain.exam.rules import sheet_talk
from examrunner.domain.exam.settings import Settings
from examrunner.domain.problems import Problem, Severity
from examrunner.services.approving import Waiting
from examrunner.services.bank_lint import Linter
from examrunner.storage.files import stamp
from examrunner.storage.readers.approval_files import FILE, read_approvals
from examrunner.storage.readers.bank_files import NOT_BANKS, read_bank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examrunner.domain.bank.approval import Known

USUAL = Settings(session="")
"""Stands for the settings of a session where there is none."""
WORD_BYTES = 32
"""A word of the draw, from which a sheet is chosen, has 256 bits."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """One bank, or a reading that has none and may be drawn."""

    reading: str
    title: str
    file: Path | None
    """None for a reading without a bank."""
    bank: Bank | None
    """None where there is none or it cannot be read."""
    standings: tuple[Standing, ...]
    """How far each question has come, in the bank's order."""
    problems: tuple[Problem, ...]
    chance: float | None
    """That anybody of the session draws it; None without a session."""
    lines: tuple[int, ...] = ()
    """The line of each question in the file, in the bank's order."""

    @property
    def kinds(self) -> dict[str, int]:
        """How many questions there are of each kind; retired ones do not count."""
        usable = zip(self.bank.questions, self.standings, strict=True) if self.bank else ()
        return dict(Counter(q.kind for q, now in usable if now.state is not State.RETIRED))

    @property
    def states(self) -> dict[State, int]:
        """How many questions have come how far."""
        return dict(Counter(now.state for now in self.standings))

    @property
    def errors(self) -> int:
        """How many of its problems make it unusable."""
        return sum(one.severity is Severity.ERROR for one in self.problems)

    def line_of(self, question: Question) -> int | None:
        """Return the line of a question in the file; None where that is not known."""
        place = self.bank.questions.index(question) if self.bank else 0
        return self.lines[place] if place < len(self.lines) else None

    def waiting(self, place: int) -> Waiting:
        """Return a question as one that waits for a judgement."""
        assert self.bank is not None
        assert self.file is not None
        return Waiting(self.file, self.bank, self.bank.questions[place], self.standings[place])


@dataclass(slots=True)
class Shelf:
    """The banks of some folders, read anew only where a file changed."""

    folders: tuple[Path, ...]
    chances: Mapping[str, float] = field(default_factory=dict)
    """Reading to the chance that anybody draws it."""
    titles: Mapping[str, str] = field(default_factory=dict)
    settings: Settings = USUAL
    """Of the session; without one the usual ones."""
    rows: tuple[Shelved, ...] = ()
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _read: dict[Path, Bank | None] = field(default_factory=dict)
    _linter: Linter | None = None
    _problems: dict[str, list[Problem]] = field(default_factory=dict)
    _one_at_a_time: Lock = field(default_factory=Lock)
    """Files are looked at beside the running app, and after a judgement."""

    @property
    def sheet_rule(self) -> SheetRule:
        """How a sheet is composed."""
        minutes = self.settings.exam.minutes
        talk = int(minutes.total_seconds()) if minutes else None
        return rule_for(self.settings.sheet, sheet_talk(self.settings.sheet, talk))

    def row(self, reading: str) -> Shelved:
        """Return a reading's bank; an empty one where its file is gone."""
        gone = Shelved(reading, reading, None, None, (), (), None)
        return next((row for row in self.rows if row.reading == reading), gone)

    def refresh(self) -> bool:
        """Look at the files again. Returns whether anything is another than before."""
        with self._one_at_a_time:
            return self._refresh()

    def _refresh(self) -> bool:
        now = {path: stamp(path) for path in self._paths()}
        if now == self._seen:
            return False
        for path, is_at in now.items():
            if path.name != FILE and self._seen.get(path) != is_at:
                self._read[path], _ = read_bank(path)
        self._seen = now
        self._read = {path: found for path, found in self._read.items() if path in now}
        self._lint()
        self.rows = tuple(self._rows())
        return True

    def _lint(self) -> None:
        """Judge what changed by every rule."""
        self._linter = self._linter or Linter(self.folders, workers=1)
        found = self._linter.refresh() if self._read else None
        if found is None:
            return
        self._problems = {}
        for one in found.problems:
            self._problems.setdefault(str(one.file), []).append(one)

    def _paths(self) -> list[Path]:
        found: dict[str, Path] = {}
        approvals = []
        for folder in self.folders:
            for path in sorted(folder.glob("*.yaml")):
                if path.name == FILE:
                    approvals.append(path)
                elif path.stem not in NOT_BANKS and not path.name.startswith("."):
                    found.setdefault(path.stem, path)
        return [*found.values(), *approvals]

    def _rows(self) -> list[Shelved]:
        known: dict[Path, Known] = {}
        rows: list[Shelved] = []
        for path, bank in self._read.items():
            folder = path.parent
            if folder not in known:
                known[folder] = by_question(read_approvals(folder / FILE)[0].approvals)
            questions = bank.questions if bank else ()
            now = tuple(standing(question, known[folder]) for question in questions)
            title = (bank.title if bank else None) or self.titles.get(path.stem, path.stem)
            chance = self.chances.get(path.stem, 0.0) if self.chances else None
            problems = tuple(self._problems.get(str(path), ()))
            lines = self._linter.lines(path) if self._linter else ()
            rows.append(Shelved(path.stem, title, path, bank, now, problems, chance, lines))
        there = {row.reading for row in rows}
        rows += [
            Shelved(name, self.titles.get(name, name), None, None, (), (), chance)
            for name, chance in self.chances.items()
            if name not in there
        ]
        return sorted(rows, key=lambda row: (-(row.chance or 0.0), row.reading))


def shelf_of(paths: Sequence[Path]) -> Shelf:
    """Return the shelf of folders with banks, or of a session and its folders.

    With none named it is the session one stands in, else the folders below `questionbanks`, else
    the one that one stands in. Raises ExamError where none of them has a bank.
    """
    from examrunner.services.bank_targets import bank_files, shelves
    from examrunner.services.folders import is_session, session_folder

    session = next((path for path in paths if is_session(path)), None)
    if paths and session is None:
        bank_files(paths)
        return Shelf(tuple(path if path.is_dir() else path.parent for path in paths))
    if not paths and not is_session(Path()) and (near := shelves()):
        return Shelf(tuple(near))
    return _of_session(session or session_folder(None))


def _of_session(folder: Path) -> Shelf:
    """Return the shelf of a session: its folders, and who may draw what, from its files."""
    from examrunner.domain.course.eligibility import draw_likelihood
    from examrunner.services.prepare import bank_folders, prepare

    prepared = prepare(folder)
    settings = prepared.settings
    lists = prepared.lists().values()
    ranked = draw_likelihood(lists, settings.exam.papers_per_student)
    return Shelf(
        tuple(one for one in bank_folders(folder, settings) if one.is_dir()),
        {name: float(chance) for name, chance in ranked.items()},
        {name: reading.title for name, reading in prepared.readings.items()},
        settings,
    )


def sample_sheet(row: Shelved, rule: SheetRule, lowest: State = State.DRAFT) -> list[Question]:
    """Return a sheet as a draw could choose one from a bank; raises NoSheet where none can.

    `lowest` is the lowest state that may be drawn, of those that count.
    """
    assert row.bank is not None
    there = zip(row.bank.questions, row.standings, strict=True)
    counting = tuple(replace(question, status=now.state) for question, now in there)
    usable = {one.id: one for one in drawable(replace(row.bank, questions=counting), lowest)}
    words = iter(lambda: int.from_bytes(secrets.token_bytes(WORD_BYTES), "big"), None)
    chosen = choose(items_of(usable.values()), rule, {}, words)
    return [usable[name] for name in chosen.ids]
