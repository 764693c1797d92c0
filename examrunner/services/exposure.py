"""Which questions students have been shown already, in the sessions before this one.

Two sources: the records of the sessions of the same course that stand in folders beside this one,
and `exposure.yaml` beside the banks, which `bank carry-over` writes. A session that is in both
counts once. The draw itself counts only the sheets of its own session.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from examrunner.domain.bank.exposure import Answers, Shown, Used
from examrunner.domain.errors import ExamError
from examrunner.domain.exam.events import Help, Rating
from examrunner.domain.exam.phases import Phase
from examrunner.domain.problems import Problem, Severity, warning
from examrunner.services.folders import COMMIT_FILE, USUAL_DATABASE, is_session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from examrunner.domain.exam.attempts import Asked, Attempt
    from examrunner.services.prepare import Prepared


def shown_before(folder: Path, course: str, banks: Iterable[Path] = ()) -> Counter[str]:
    """Return how often each question was shown in the sessions before this one.

    `banks` are the folders whose memories count, too.
    """
    counts: Counter[str] = Counter()
    for used in earlier_sessions(folder, course, banks)[0]:
        counts.update({one.question: one.sheets for one in used.questions})
    return counts


def earlier_sessions(
    folder: Path, course: str | None, banks: Iterable[Path] = ()
) -> tuple[list[Used], list[Problem]]:
    """Return what other sessions showed, each session once, and what is wrong with the memories.

    `course` is the id of the course whose sessions beside this one count; with None none does.
    """
    own = _commit_of(folder)
    found = {one.commit: one for one in (_beside(folder, course) if course else ())}
    remembered, problems = _remembered(banks)
    for used in remembered:
        found.setdefault(used.commit, used)
    return [used for commit, used in found.items() if commit != own], problems


def exposure_problems(prepared: Prepared) -> list[Problem]:
    """Warn of each bank of whose questions some were shown in earlier sessions."""
    from examrunner.services.prepare import bank_folders

    course = prepared.course.id if prepared.course else None
    folders = bank_folders(prepared.folder, prepared.settings)
    sessions, problems = earlier_sessions(prepared.folder, course, folders)
    shown: Counter[str] = Counter()
    for used in sessions:
        shown.update({one.question: one.sheets for one in used.questions})
    for name, bank in sorted(prepared.banks.items()):
        known = [one.id for one in bank.questions if shown[one.id]]
        if known:
            text = f"{len(known)} of {len(bank.questions)} questions on `{name}` were shown before"
            hint = ", ".join(f"{one} ({shown[one]}x)" for one in known)
            problems.append(warning(text, hint, rule="shown-before"))
    return problems


def tally(attempts: Iterable[Attempt]) -> tuple[Shown, ...]:
    """Return on how many sheets each question stood and what came of it, over all students.

    Answers are those of decided attempts; a sheet of a void one was shown all the same.
    """
    found: dict[str, Shown] = {}
    for attempt in attempts:
        is_decided = attempt.phase is Phase.DECIDED
        for asked in attempt.questions:
            before = found.get(asked.id, Shown(asked.id, 0, Answers()))
            new = _answer(asked, attempt) if is_decided else Answers()
            total = (before.answers or Answers()) + new
            found[asked.id] = Shown(asked.id, before.sheets + 1, total)
    return tuple(found[name] for name in sorted(found))


def _answer(asked: Asked, attempt: Attempt) -> Answers:
    if asked.not_asked is not None or (asked.rating is None and asked.asked_at is None):
        return Answers(not_asked=1)
    is_timed = attempt.from_paper is None
    return Answers(
        asked=1,
        strong=asked.rating is Rating.STRONG,
        enough=asked.rating is Rating.ENOUGH,
        weak=asked.rating is Rating.WEAK,
        clarified=asked.help is Help.CLARIFIED,
        probed=asked.help is Help.PROBED,
        led=asked.help is Help.LED,
        seconds=asked.spent if is_timed else 0,
        timed=is_timed,
    )


def _commit_of(folder: Path) -> str | None:
    """Return the hash of a session's own commit; None before it is committed."""
    with suppress(OSError):
        return hashlib.sha256((folder / COMMIT_FILE).read_bytes()).hexdigest()
    return None


def _beside(folder: Path, course: str) -> list[Used]:
    """Return what the sessions of a course in the folders beside this one showed.

    A session whose record cannot be read is passed over: it is not the one in hand.
    """
    sessions = []
    own = folder.resolve()
    for session in sorted(own.parent.iterdir()):
        record = session / USUAL_DATABASE
        if session == own or not is_session(session) or not record.is_file():
            continue
        with suppress(ExamError):
            used = _of_record(record)
            if used is not None and used.course == course:
                sessions.append(used)
    return sessions


def _of_record(record: Path) -> Used | None:
    """Return what the one session of a record showed; None for a draft. Raises as `look` does."""
    from examrunner.services.committed import read_stored
    from examrunner.storage.database.looking import look

    with look(record) as seen:
        stored = read_stored(seen.ledger) if seen.ledger is not None else None
        if stored is None or seen.ledger is None:
            return None
        name, course = stored.settings.session, stored.course.id
        shown = tally(seen.ledger.attempts())
        return Used(name, stored.commit, stored.settings.exam.date, course, shown)


def _remembered(banks: Iterable[Path]) -> tuple[list[Used], list[Problem]]:
    """Return what memories beside banks hold; one that cannot be read is only a warning."""
    from examrunner.storage.readers.exposure_files import FILE, read_exposure

    sessions: dict[str, Used] = {}
    problems: list[Problem] = []
    for folder in banks:
        memory, found = read_exposure(folder / FILE)
        problems += [replace(one, severity=Severity.WARNING, rule="exposure") for one in found]
        for used in memory.sessions:
            sessions.setdefault(used.commit, used)
    return list(sessions.values()), problems
