"""Commit: roster, lists, banks and rules are fixed, and the secret is made.

The silent commit of the first call: C, S, P and K of examrunner-draw/1 exist from then on
(design, section 4). P is `-` unless the session names a public source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from examrunner.domain.bank.fallback import questions_for
from examrunner.domain.course.catalogue import Course
from examrunner.domain.course.people import Student
from examrunner.domain.draw.commitment import (
    Commitment,
    bank_document,
    bank_hash,
    bank_items,
    secret_hash,
)
from examrunner.domain.draw.sheets import rule_for
from examrunner.domain.draw.spacing import spacing
from examrunner.domain.exam.events import Committed
from examrunner.domain.exam.rules import sheet_talk
from examrunner.domain.exam.settings import AUTO
from examrunner.domain.plain import canonical, sha256, to_plain
from examrunner.domain.problems import BadInput, has_errors
from examrunner.services import committed as names
from examrunner.services.folders import COMMIT_FILE
from examrunner.services.secret import write_secret
from examrunner.storage.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from examrunner.services.ports import Entropy
    from examrunner.services.prepare import Prepared

SECRET_BYTES = 32
KEY_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, ready to be written to the ledger."""

    event: Committed
    commitment: Commitment
    secret: str
    documents: Mapping[str, str]
    """SHA-256 to content."""
    keys: Mapping[str, str]
    """Student id to the key by which events and the public log name the student."""
    students: tuple[Student, ...]
    """In exam order."""


@dataclass(frozen=True, slots=True)
class Banks:
    """The questions that may be asked on each reading."""

    fallback: str
    """SHA-256 of the document with the questions that fit any reading."""
    documents: dict[str, str]
    """Reading to the SHA-256 of the document with its questions."""
    hashes: dict[str, str]
    """Reading to the hash of its canonical bank, as the commitment has it."""
    texts: dict[str, str]
    """SHA-256 to document."""


def with_spacing(prepared: Prepared, spacing: int | None) -> Prepared:
    """Return a prepared session with another spacing; None leaves the one of its settings."""
    if spacing is None:
        return prepared
    settings = prepared.settings
    rules = replace(settings.draw, spacing=str(spacing))
    return replace(prepared, settings=replace(settings, draw=rules))


def make_commit(
    prepared: Prepared,
    entropy: Entropy,
    keys: Mapping[str, str] | None = None,
    *,
    number: int = 1,
    why: str | None = None,
) -> Commit:
    """Return the commit of a prepared session. Raises BadInput while there are errors.

    One that replaces an earlier commit has a `number` above 1 and says `why`; students who are
    in `keys`, by student id, keep their keys.
    """
    if has_errors(prepared.problems):
        raise BadInput(prepared.problems)
    settings = prepared.settings
    keys = _keys([one.student_id for one in prepared.students], entropy, keys or {})
    banks = banks_of(prepared)
    secret = entropy(SECRET_BYTES).hex()
    lists = {keys[who]: papers for who, papers in prepared.lists().items() if papers}
    minutes = settings.exam.minutes
    talk = int(minutes.total_seconds()) if minutes else None
    commitment = Commitment(
        session=settings.session,
        roster=tuple(lists.items()),
        banks=banks.hashes,
        h=spacing_of(prepared),
        public=settings.draw.public,
        secret_sha256=secret_hash(secret),
        sheet=rule_for(settings.sheet, sheet_talk(settings.sheet, talk)),
        n=number if number > 1 else None,
        why=why,
    )
    named = {
        names.SETTINGS: canonical(to_plain(settings)),
        names.COURSE: canonical(to_plain(_course(prepared))),
        names.COMMIT: commitment.text,
        names.REVIEWS: canonical(_reviewed(prepared, keys)),
    }
    hashes = {name: sha256(text) for name, text in named.items()}
    hashes[names.FALLBACK] = banks.fallback
    hashes |= {f"{names.BANK}{reading}": sha for reading, sha in banks.documents.items()}
    documents = {sha256(text): text for text in named.values()} | banks.texts
    event = Committed(commitment.hash, number, hashes)
    return Commit(event, commitment, secret, documents, keys, prepared.students)


def write_commit_files(folder: Path, commit: Commit) -> None:
    """Write secret.txt and commit.json, before the ledger says that they exist."""
    write_secret(folder, commit.secret)
    write_atomically(folder / COMMIT_FILE, commit.commitment.text.encode())


def _keys(students: list[str], entropy: Entropy, known: Mapping[str, str]) -> dict[str, str]:
    """Return a pseudonym for each student that says nothing about who it is."""
    keys: dict[str, str] = {}
    taken = set(known.values())
    for student in students:
        key = known.get(student) or new_key(taken, entropy)
        taken.add(key)
        keys[student] = key
    return keys


def new_key(taken: Collection[str], entropy: Entropy) -> str:
    """Return a pseudonym that nobody has yet."""
    while True:
        key = f"s-{entropy(KEY_DIGITS // 2).hex()}"
        if key not in taken:
            return key


def spacing_of(prepared: Prepared) -> int:
    """Return h: as written, or what fits the class."""
    written = prepared.settings.draw.spacing
    drawn = [papers for papers in prepared.lists().values() if papers]
    if written == AUTO:
        return spacing(drawn)
    return min(int(written), max(0, len(drawn) - 1))


def banks_of(prepared: Prepared) -> Banks:
    """Return the banks of all readings that a student of the session may be examined on."""
    settings = prepared.settings
    wanted = {review.reading_id for review in prepared.reviews}
    wanted |= {one.assigned for one in prepared.students if one.assigned}
    pure, _ = questions_for(None, prepared.fallback, settings.sheet, settings.questions)
    banks = Banks(sha256(bank_document(pure)), {}, {}, {})
    banks.texts[banks.fallback] = bank_document(pure)
    for reading in sorted(wanted):
        bank = prepared.banks.get(reading)
        asked = pure
        if bank is not None:
            asked, _ = questions_for(bank, prepared.fallback, settings.sheet, settings.questions)
        text = bank_document(asked)
        banks.documents[reading] = sha256(text)
        banks.texts[banks.documents[reading]] = text
        banks.hashes[reading] = bank_hash(bank_items(asked))
    return banks


def _course(prepared: Prepared) -> Course:
    course = prepared.course or Course(prepared.settings.session)
    return replace(course, readings=tuple(prepared.readings.values()), fallback=None)


def _reviewed(prepared: Prepared, keys: Mapping[str, str]) -> dict[str, dict[str, str | None]]:
    dates: dict[str, dict[str, str | None]] = {key: {} for key in keys.values()}
    for review in prepared.reviews:
        on = review.submitted_on
        dates[keys[review.student_id]][review.reading_id] = on.isoformat() if on else None
    return dates
