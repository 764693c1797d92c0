"""Does the record of a session hold: its file, its chain, its texts, its states, its draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment
from examrunner.domain.problems import BadInput, Problem, error
from examrunner.services import committed

if TYPE_CHECKING:
    from examrunner.storage.database.ledger import Ledger


def verify(ledger: Ledger, secret: str | None = None) -> list[Problem]:
    """Return everything that is wrong with a session's record.

    With the secret every line of the public log is derived again.
    """
    problems = ledger.verify()
    return problems if secret is None else [*problems, *_log(ledger, secret)]


def demand_sound(ledger: Ledger) -> None:
    """Raise Environment for a record whose file or chain is broken: it must not be written."""
    problems = ledger.check()
    if problems:
        first = problems[0]
        raise Environment(
            f"The record of this session is damaged or was edited. {first.text} "
            "Nothing has been changed.",
            first.hint,
        )


def _log(ledger: Ledger, secret: str) -> list[Problem]:
    from examrunner.domain.draw.log import DrawLog

    try:
        stored = committed.read_stored(ledger)
        if stored is not None:
            DrawLog.replay(stored.commitment, secret, ledger.lines())
    except BadInput as bad:
        return list(bad.problems)
    except Environment as fault:
        return [error(fault.message, fault.hint, rule="draw")]
    return []
