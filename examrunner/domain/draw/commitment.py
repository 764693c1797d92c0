"""The commitment: everything a session's draws depend on, hashed before the public value exists.

Section 3.2 of examrunner-draw/1: commit.json is the canonical JSON of the content, C its hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.content import content_hash
from examrunner.domain.draw.limits import is_hex, is_id, is_reason
from examrunner.domain.draw.sheets import SheetRule, items_of
from examrunner.domain.draw.ticket import VERSION
from examrunner.domain.plain import canonical, from_plain, sha256, to_plain
from examrunner.domain.problems import BadInput, error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from examrunner.domain.bank.banks import Question


@dataclass(frozen=True, slots=True)
class Commitment:
    """The content of commit.json. Raises BadInput where it breaks section 3.1."""

    session: str
    roster: tuple[tuple[str, tuple[str, ...]], ...]
    """In exam order: the student's key and the papers that may be drawn, sorted."""
    banks: Mapping[str, str]
    """Reading to the hash of its canonical bank."""
    h: int
    """Spacing, in places of the exam order."""
    public: str
    """Words that say how the public value P will be obtained."""
    secret_sha256: str
    sheet: SheetRule
    n: int | None = None
    """Number of a commit that replaces earlier ones."""
    why: str | None = None
    """Reason of a commit that replaces earlier ones."""

    def __post_init__(self) -> None:
        faults = tuple(_faults(self))
        if faults:
            raise BadInput(error(fault, rule="commitment") for fault in faults)

    @property
    def text(self) -> str:
        """The canonical text: the bytes of commit.json."""
        body: dict[str, Any] = {
            "banks": dict(self.banks),
            "h": self.h,
            "public": self.public,
            "roster": [{"p": list(papers), "s": student} for student, papers in self.roster],
            "secret_sha256": self.secret_sha256,
            "session": self.session,
            "sheet": to_plain(self.sheet),
            "v": VERSION,
        }
        if self.n is not None:
            body["n"] = self.n
        if self.why is not None:
            body["why"] = self.why
        return canonical(body)

    @property
    def hash(self) -> str:
        """C: what is published before the session."""
        return sha256(self.text)


def commitment_from(text: str) -> Commitment:
    """Read the text of commit.json.

    Raises BadInput if it is not byte for byte what `Commitment.text` writes, e.g. another version.
    """
    try:
        body = json.loads(text)
        if body["v"] != VERSION:
            raise BadInput([error(f"the commitment's version is not {VERSION}", rule="version")])
        commitment = Commitment(
            session=body["session"],
            roster=tuple((row["s"], tuple(row["p"])) for row in body["roster"]),
            banks=body["banks"],
            h=body["h"],
            public=body["public"],
            secret_sha256=body["secret_sha256"],
            sheet=from_plain(SheetRule, body["sheet"]),
            n=body.get("n"),
            why=body.get("why"),
        )
        same = commitment.text == text
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        same = False
    if not same:
        fault = error("this is not a commitment as the program writes it", rule="commitment")
        raise BadInput([fault])
    return commitment


def bank_items(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Return the canonical bank of a set of questions as plain data, sorted by id.

    Beside the keys of section 3.9 every item carries `text`, the hash of the question's content:
    the bank's hash binds the words, and the bank can be published without them.
    """
    by_id = {question.id: question for question in questions}
    return [
        {
            "depth": item.depth,
            "group": item.group,
            "id": item.id,
            "sec": item.sec,
            "text": content_hash(by_id[item.id]),
        }
        for item in items_of(by_id.values())
    ]


def bank_document(questions: Iterable[Question]) -> str:
    """Return the questions of a bank as a session keeps them: canonical JSON, sorted by id."""
    return canonical(sorted(map(to_plain, questions), key=lambda question: question["id"]))


def questions_in(document: str) -> dict[str, Question]:
    """Return by id what `bank_document` wrote; raises ValueError, TypeError or KeyError else."""
    from examrunner.domain.bank.banks import Question

    return {body["id"]: from_plain(Question, body) for body in json.loads(document)}


def bank_hash(items: Iterable[Mapping[str, Any]]) -> str:
    """Return the hash of a canonical bank: its plain items as an array sorted by id."""
    return sha256(canonical(sorted((dict(item) for item in items), key=lambda item: item["id"])))


def secret_hash(secret: str) -> str:
    """Return secret_sha256 of a secret, 64 lower-case hex digits; raises ValueError for others."""
    if not is_hex(secret):
        raise ValueError("a secret is 64 lower-case hex digits")
    return sha256(secret)


def _faults(commitment: Commitment) -> Iterator[str]:
    if not is_id(commitment.session):
        yield f"{commitment.session!r} cannot be the id of a session"
    if not is_reason(commitment.public):
        yield "the words on how the public value is obtained are missing or hold hidden characters"
    if not is_hex(commitment.secret_sha256):
        yield "the hash of the secret is not 64 hex digits"
    if commitment.why is not None and not is_reason(commitment.why):
        yield "the reason of the commit is empty or holds hidden characters"
    yield from _faults_of_numbers(commitment)
    yield from _faults_of_roster(commitment.roster)
    for reading, hashed in commitment.banks.items():
        if not is_id(reading) or not is_hex(hashed):
            yield f"the bank of {reading!r} has no usable id or hash"


def _faults_of_numbers(commitment: Commitment) -> Iterator[str]:
    rule = commitment.sheet
    bounds = [rule.nmin, rule.nmax, rule.tmin, rule.tmax]
    for tag, lo, hi in rule.depth:
        bounds += [lo, hi]
        if not is_reason(tag):
            yield f"the kind {tag!r} is empty or holds hidden characters"
    if commitment.n is not None:
        bounds.append(commitment.n)
    if any(type(number) is not int or number < 0 for number in (commitment.h, *bounds)):
        yield "spacing and the numbers of the sheet rule must be whole and not negative"


def _faults_of_roster(roster: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    seen: set[str] = set()
    for student, papers in roster:
        if not is_id(student):
            yield f"{student!r} cannot be the key of a student in the draw"
        elif student in seen:
            yield f"student {student} is on the roster twice"
        seen.add(student)
        if list(papers) != sorted(set(papers)):
            yield f"the papers of student {student} are not sorted, each once"
        for paper in papers:
            if not is_id(paper):
                yield f"{paper!r} cannot be the id of a paper in the draw"
