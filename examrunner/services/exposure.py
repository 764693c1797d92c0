"""Which questions students have been shown already: by course and question, across sessions.

Each ledger keeps its own; the sessions of a course stand in folders beside each other.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from examrunner.domain.errors import ExamError
from examrunner.domain.problems import Problem, warning
from examrunner.services.folders import USUAL_DATABASE, is_session

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.prepare import Prepared


def shown_before(folder: Path, course: str) -> Counter[str]:
    """Return how often each question of a course was shown in the sessions beside this one.

    A session whose record cannot be read is passed over: it is not the one in hand.
    """
    from examrunner.storage.database.looking import look

    counted: Counter[str] = Counter()
    own = folder.resolve()
    for session in sorted(own.parent.iterdir()):
        record = session / USUAL_DATABASE
        if session == own or not is_session(session) or not record.is_file():
            continue
        try:
            with look(record) as seen:
                if seen.ledger is not None:
                    counted.update(seen.ledger.exposures(course))
        except ExamError:
            continue
    return counted


def exposure_problems(prepared: Prepared) -> list[Problem]:
    """Warn of each bank of whose questions some were shown in earlier sessions."""
    if prepared.course is None:
        return []
    shown = shown_before(prepared.folder, prepared.course.id)
    problems = []
    for name, bank in sorted(prepared.banks.items()):
        known = [one.id for one in bank.questions if shown[one.id]]
        if known:
            text = f"{len(known)} of {len(bank.questions)} questions on `{name}` were shown before"
            hint = ", ".join(f"{one} ({shown[one]}x)" for one in known)
            problems.append(warning(text, hint, rule="shown-before"))
    return problems
