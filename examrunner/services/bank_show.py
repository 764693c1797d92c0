"""One bank as the examiner will see it, with the time that every question takes to say."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import by_question, in_force
from examrunner.domain.bank.banks import Bank, Question
from examrunner.domain.bank.lint.words import WAIT_SECONDS, spoken_seconds
from examrunner.domain.errors import WrongUsage
from examrunner.domain.problems import BadInput
from examrunner.services.bank_targets import OTHERS, targets
from examrunner.storage.readers.approval_files import FILE, read_approvals
from examrunner.storage.readers.bank_files import read_bank

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("opening", "core", "detail", "critique")
"""The order in which a sheet asks; other kinds come after."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A question and its times, in whole seconds."""

    question: Question
    reading: int
    """Reading it aloud at 150 words a minute."""
    answer: int
    """What is left of its time after that and three silent seconds."""


@dataclass(frozen=True, slots=True)
class ShownBank:
    """A bank in the order in which it is asked."""

    bank: Bank
    file: Path
    questions: tuple[Spoken, ...]


def aids_of(question: Question) -> list[tuple[str, str]]:
    """Return what the examiner has on a question beside its points, each text with a label."""
    anchors = question.anchors
    answers = [(name, getattr(anchors, name, None)) for name in ("strong", "enough", "weak")]
    aids = [("probe", text) for text in question.probes]
    aids += [("hint", text) for text in question.hints]
    aids += [("flag", text) for text in question.red_flags]
    for one in question.misconceptions:
        aids.append(("wrong", f"{one.claim}: {one.correction}" if one.correction else one.claim))
    aids += [(name, text) for name, text in answers if text]
    aids += [("place", f"{at.at}: {at.what}" if at.what else at.at) for at in question.source]
    aids += [("show", question.exhibit)] if question.exhibit else []
    return aids + ([("apart", ", ".join(question.not_with))] if question.not_with else [])


def show_bank(named: str, folders: Sequence[Path] = ()) -> ShownBank:
    """Return a bank given by its reading or its file.

    It is looked for in the folders, else where `bank lint` looks. Each question has the state that
    counts. Raises WrongUsage where there is none, BadInput where it or approvals.yaml beside it
    cannot be read.
    """
    path = Path(named)
    if not path.is_file():
        files = [one for one in targets(folders).files if one.name not in OTHERS]
        by_reading: dict[str, Path] = {}
        for one in files:
            by_reading.setdefault(one.stem, one)
        if named not in by_reading:
            near = difflib.get_close_matches(named, by_reading, n=3)
            hint = f"Did you mean {', '.join(near)}?" if near else f"Begin one: bank new {named}"
            raise WrongUsage(f"There is no bank of {named}.", hint)
        path = by_reading[named]
    bank, problems = read_bank(path)
    entries, wrong = read_approvals(path.parent / FILE)
    if bank is None or wrong:
        raise BadInput([*problems, *wrong])
    bank = in_force(bank, by_question(entries.approvals))
    ordered = sorted(bank.questions, key=lambda one: _place(one.kind))
    return ShownBank(bank, path, tuple(map(_spoken, ordered)))


def _place(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _spoken(question: Question) -> Spoken:
    reading = round(spoken_seconds(question.say))
    return Spoken(question, reading, max(0, question.seconds - reading - WAIT_SECONDS))
