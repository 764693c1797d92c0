"""The whole replay: states from events, draws from the secret, sheets from the stored banks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.draw import sheets
from examrunner.domain.draw.commitment import questions_in
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.errors import Environment, ExamError
from examrunner.domain.exam.events import SheetChosen
from examrunner.domain.problems import BadInput
from examrunner.domain.text import counted
from examrunner.services.doctor.record import restoring, tell_problems
from examrunner.services.secret import read_secret
from examrunner.storage.mirror import UNREADABLE

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.committed import Stored
    from examrunner.services.doctor.found import Notes
    from examrunner.storage.database.ledger import Ledger


def replay(notes: Notes, folder: Path, ledger: Ledger, stored: Stored | None) -> None:
    """Derive everything again that can be, and tell what is not as on record."""
    known = {(one.rule, one.text) for one in ledger.check()}
    problems = [one for one in ledger.verify() if (one.rule, one.text) not in known]
    if tell_problems(notes, problems, restoring(folder)) and not known:
        attempts = counted(len(ledger.attempts()), "attempt")
        notes.ok("states", f"{attempts} as the events add up")
    if stored is None:
        return
    try:
        secret = read_secret(folder, stored.commitment)
    except Environment:
        notes.warn("draws", "Without the secret no draw can be derived again.")
        return
    try:
        draws, chosen, passed_over = _draws(ledger, stored, secret)
    except (BadInput, Environment) as fault:
        problem = fault.problems[0].text if isinstance(fault, BadInput) else fault.message
        notes.error("draws", f"{problem[:1].upper()}{problem[1:]}.", restoring(folder))
        return
    words = f"{counted(draws, 'draw')} and {counted(chosen, 'sheet')} come out again as on record"
    if passed_over:
        words += f"; {counted(passed_over, 'sheet')} chosen otherwise, not derived"
    notes.ok("draws", words)


def _draws(ledger: Ledger, stored: Stored, secret: str) -> tuple[int, int, int]:
    """Read the public log again, deriving each line.

    Returns the number of draws, of sheets derived and of sheets that no rule chose. Raises
    BadInput naming the first line that does not come out.
    """
    log = DrawLog(stored.commitment, secret)
    banks = {
        event.what.line: event.what.bank
        for event in ledger.events()
        if isinstance(event.what, SheetChosen) and event.what.line is not None
    }
    derived, passed_over = 0, 0
    for line in ledger.lines():
        if line in banks:
            again = _derive(log, line, ledger.document(banks[line]))
            derived += again
            passed_over += not again
        log.read(line)
    return len(log.draws), derived, passed_over


def _derive(log: DrawLog, line: str, bank: str) -> bool:
    """Choose a sheet again and compare it with its line; False for one that a person chose."""
    from examrunner.domain.draw.lines import bad_line, parse

    n = len(log.lines)
    body = parse(line, n, log.head)
    if body["relaxed"] >= sheets.BY_HAND:
        return False
    try:
        sheet = log.sheet_for(body["draw"], sheets.items_of(questions_in(bank).values()))
    except UNREADABLE:
        raise bad_line(n, "its bank cannot be read") from None
    except ExamError as fault:
        raise bad_line(n, fault.message) from None
    same = (list(sheet.ids), sheet.rank, sheet.count, sheet.relaxed)
    if same != (body["q"], body["rank"], body["count"], body["relaxed"]):
        raise bad_line(n, "its sheet does not come out again")
    return True
