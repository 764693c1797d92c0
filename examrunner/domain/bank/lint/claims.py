"""B01 to B03 and B30: what a bank says about itself."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import person
from examrunner.domain.bank.banks import State
from examrunner.domain.bank.lint.draft import LEFT_DRAFT
from examrunner.domain.bank.lint.rules import ERROR, WARNING, Demands, Finding, rule
from examrunner.domain.text import is_id, safe

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from examrunner.domain.bank.lint.draft import DraftBank, DraftEntry, DraftQuestion, Text

LONGEST_GIST = 80
CHANGED = "changed"
"""What is said of an approval whose question has other words now."""
REVIEW_IT = "have somebody else review it: examrunner bank approve --review"
ID_HINT = "an id has letters, digits and . _ @ + -, at most 64, and begins with a letter or digit"


@rule(
    "B01",
    "error",
    title="ids are unique, and the reading is in the catalogue",
    reason="Draws, sheets and records name questions by id: two with one id cannot be told apart, "
    "and a bank of an unknown reading is never drawn.",
    example="two questions with `id: bert-c1`",
    fix="Number them anew; take the reading's id from course.yaml, or add it there.",
)
def b01(bank: DraftBank, demands: Demands) -> Iterator[Finding]:
    """Find ids that are missing, no ids or given twice, and readings of no catalogue."""
    reading = bank.reading.text.strip() if bank.reading else ""
    if bank.reading and not is_id(reading):
        told = f"`{safe(reading[:64])}` cannot be an id"
        yield Finding(bank.reading, told, ID_HINT, offset=0, always=True)
    elif bank.reading and demands.readings is not None and reading not in demands.readings:
        near = difflib.get_close_matches(reading, demands.readings, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "add it to `readings` in course.yaml"
        told = f"no reading of the course has the id `{reading}`"
        yield Finding(bank.reading, told, hint, offset=0, always=True)
    first: dict[str, Text] = {}
    for question in bank.all_questions:
        if question.id is None:
            hint = "add `id:`; without one it is named by its place and renamed when that changes"
            yield Finding(question.at, "the question has no id", hint, question=question)
        elif not is_id(question.name):
            told = f"`{safe(question.name[:64])}` cannot be an id"
            yield Finding(question.id, told, ID_HINT, ERROR, 0, question, always=True)
        elif question.name in first:
            told = f"the id `{question.name}` is given twice"
            hint = f"its first place is line {first[question.name].line}"
            yield Finding(question.id, told, hint, ERROR, 0, question, always=True)
        else:
            first[question.name] = question.id


@rule(
    "B02",
    "error",
    title="the edition is named",
    reason="Numbers of sections, figures and tables differ between editions of one paper.",
    example="a bank without `edition`",
    fix="Say which version the places refer to: edition: arXiv 1706.03762v7.",
)
def b02(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find banks that do not say which edition they refer to."""
    if bank.edition is None:
        hint = "add `edition:`, the version that the places refer to"
        yield Finding(bank.place("edition"), "no edition is named", hint)


@rule(
    "B03",
    "warning",
    title="a gist of at most 80 words",
    reason="The examiner refreshes a paper in the half minute between two students.",
    example="a bank without `gist`",
    fix="Write without looking what the paper does, how, and what came out.",
)
def b03(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find banks without a gist, and gists of more than 80 words."""
    if bank.gist is None:
        hint = "add `gist:`, the paper in at most 80 words"
        yield Finding(bank.place("gist"), "there is no gist", hint, WARNING)
    elif (count := len(bank.gist.text.split())) > LONGEST_GIST:
        told = f"the gist has {count} words; it is read between two students"
        yield Finding(bank.gist, told, f"keep {LONGEST_GIST} of them", WARNING, 0)


@rule(
    "B30",
    "error",
    title="approval by somebody else, of this very text; no mail addresses or names of students",
    reason="Nobody sees their own slips; an approval holds for the words that were read; banks are "
    "shared and published, student data are not.",
    example="log: [{state: draft, by: ta-1}, {state: reviewed, by: ta-1}]",
    fix="Let somebody else review, approve again after a change, and name people by their role.",
)
def b30(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find approvals without a second person or of another text, and personal data."""
    for question in bank.questions:
        is_given = question.approval in LEFT_DRAFT
        if (is_given or question.state in LEFT_DRAFT) and not _has_reader(question, bank):
            has_come = f"is {question.approval}" if is_given else f"claims to be {question.state}"
            told = f"it {has_come}, and nobody but its author looked at it"
            hint = (
                REVIEW_IT if is_given else "add who did: `log: [{state: reviewed, by: …, on: …}]`"
            )
            at = (question.id if is_given else question.status) or question.at
            yield Finding(at, told, hint, offset=0, question=question)
        if question.approval == CHANGED:
            told = "the question was changed after its approval, and counts as a draft"
            hint = "have it approved again"
            yield Finding(question.id or question.at, told, hint, offset=0, question=question)
    for text, offset, what in bank.suspects:
        told = f"{what} stands in the bank"
        yield Finding(text, told, "name people by their role, such as ta-1", offset=offset)


def _has_reader(question: DraftQuestion, bank: DraftBank) -> bool:
    """Say whether log or approvals name somebody other than the author who looked at it."""
    authors = _people(question.log, (State.DRAFT,))
    if not authors and bank.prepared and bank.prepared.by:
        authors = {person(bank.prepared.by.text)}
    looked = _people(question.log, LEFT_DRAFT) | {person(name) for name in question.readers}
    return bool(looked - authors)


def _people(log: list[DraftEntry], states: Container[str]) -> set[str]:
    """Return who made a question what it became, by its log."""
    return {
        person(entry.by.text)
        for entry in log
        if entry.by and entry.state and entry.state.text.strip() in states
    }


CLAIMS = (b01, b02, b03, b30)
"""In the order of their ids."""
