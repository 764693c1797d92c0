"""Approval of questions: what waits for a judgement, and keeping the one that is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import (
    Approval,
    Approvals,
    Judged,
    Standing,
    by_question,
    is_author,
    standing,
)
from examrunner.domain.bank.banks import Bank, Question, State
from examrunner.domain.bank.content import content_hash
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.problems import BadInput, Problem
from examrunner.domain.text import clean, counted, is_blank
from examrunner.storage.lock import one_at_a_time
from examrunner.storage.readers.approval_files import FILE, read_approvals, write_approvals
from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.readers.bank_judge import judge_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that waits for somebody's judgement."""

    file: Path
    """Its bank."""
    bank: Bank
    question: Question
    standing: Standing

    @property
    def why(self) -> str:
        """Why it waits, in words."""
        entry = self.standing.entry
        if self.standing.is_changed:
            return "changed since it was judged"
        if entry is not None and entry.state is Judged.RETURNED:
            return f"sent back by {entry.by}: {entry.note or 'no word why'}"
        if entry is not None:
            return f"{entry.state} by {entry.by} on {entry.on.isoformat()}"
        return "never judged"


def waiting_for(files: Iterable[Path], wanted: Judged) -> tuple[list[Waiting], list[Problem]]:
    """Return the questions that wait for a judgement, and what is wrong with the files.

    Those that were changed or never judged come first within their bank, in its order.
    """
    waiting: list[Waiting] = []
    problems: list[Problem] = []
    for file in files:
        bank, found = read_bank(file)
        entries, wrong = read_approvals(file.parent / FILE)
        problems += [*found, *wrong]
        if bank is None or wrong:
            continue
        known = by_question(entries.approvals)
        for question in bank.questions:
            one = Waiting(file, bank, question, standing(question, known))
            if _waits(one, wanted):
                waiting.append(one)
    return waiting, [*dict.fromkeys(problems)]


def _waits(one: Waiting, wanted: Judged) -> bool:
    """Say whether a question lacks a judgement; approved by its author, it still lacks a review."""
    state = one.standing.state
    if state is State.RETIRED:
        return False
    return state is not State.APPROVED if wanted is Judged.APPROVED else not has_second_reader(one)


def judge(one: Waiting, state: Judged, by: str, on: date, note: str = "") -> Approval:
    """Keep a judgement on a question as it was shown.

    Raises Refused where the bank says something else by now, where the author would review the
    own question, or where it is sent back without a word, BadInput where the bank or approvals.yaml
    cannot be read, Environment where the disk says no. Nothing is written then.
    """
    words = clean(note)
    who = clean(by)
    if is_blank(who):
        raise Refused("Somebody must stand behind this.", "Give a name or a role.")
    if state is Judged.RETURNED and is_blank(words):
        raise Refused("A question is sent back with a word why.", "Nothing was written.")
    if state is Judged.REVIEWED and is_author(who, one.bank, one.question):
        raise Refused(
            f"{who} wrote this question.", "A review is somebody else's; approve may be anybody's."
        )
    if content_hash(again(one).question) != content_hash(one.question):
        raise Refused(f"{one.question.id} was changed meanwhile.", "Look at it again.")
    entry = Approval(
        one.question.id,
        state,
        content_hash(one.question),
        who,
        on,
        None if is_blank(words) else words,
    )
    _keep(one.file.parent, entry)
    return entry


def _keep(folder: Path, entry: Approval) -> None:
    """Add an entry to those of a folder, however many do so at once."""
    path = folder / FILE
    with one_at_a_time(folder):
        before, problems = read_approvals(path)
        if problems:
            raise BadInput(problems)
        try:
            write_approvals(path, Approvals((*before.approvals, entry)))
        except OSError as fault:
            raise Environment(f"{path} cannot be written: {fault.strerror or fault}.") from fault


def again(one: Waiting) -> Waiting:
    """Return a question as its bank has it by now.

    Raises BadInput where the bank cannot be read, Refused where the question is gone.
    """
    bank, problems = read_bank(one.file)
    entries, wrong = read_approvals(one.file.parent / FILE)
    if bank is None or wrong:
        raise BadInput([*problems, *wrong])
    for question in bank.questions:
        if question.id == one.question.id:
            now = standing(question, by_question(entries.approvals))
            return Waiting(one.file, bank, question, now)
    raise Refused(f"{one.question.id} is no more in {one.file.name}.")


def line_of(one: Waiting) -> int | None:
    """Return the line of a question's id in its file; None where the id was made up."""
    return judge_file(one.file).lines().get(one.question.id)


def has_second_reader(one: Waiting) -> bool:
    """Say whether somebody other than its author judged the question as it stands."""
    readers = one.standing.readers
    return any(not is_author(name, one.bank, one.question) for name in readers)


def summary(files: Sequence[Path]) -> dict[str, int]:
    """Return how many questions there are of each state that counts, over all banks."""
    counts = {str(state): 0 for state in State}
    for file in files:
        bank, _ = read_bank(file)
        if bank is None:
            continue
        known = by_question(read_approvals(file.parent / FILE)[0].approvals)
        for question in bank.questions:
            counts[str(standing(question, known).state)] += 1
    return counts


def state_words(counts: dict[str, int]) -> str:
    """Return such counts in words; states without a question are left out."""
    told = [f"{counted(number, 'question')} {name}" for name, number in counts.items() if number]
    return ", ".join(told) or "no questions"
