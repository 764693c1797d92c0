"""One visit of the doctor: it looks at everything and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import WrongUsage
from examrunner.domain.exam.settings import Settings
from examrunner.services.doctor import content, copies, files, machine, record
from examrunner.services.doctor.found import Findings
from examrunner.services.doctor.rules import rules_in_words
from examrunner.services.folders import ROSTER_FILE, SETTINGS_FILE, is_session, session_folder
from examrunner.storage.readers.session_files import read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from examrunner.services.doctor.record import Record
    from examrunner.services.ports import ClockPort

USUAL = Settings(session="")


def folder_of(named: str | None) -> Path | None:
    """Return the folder that is meant; None where no session is named and there is none.

    Unlike for other commands it need hold no session: that is then told. Raises WrongUsage where
    there is no such folder, or several sessions to choose from.
    """
    try:
        return session_folder(named)
    except WrongUsage:
        if named is None:
            if len([path for path in Path("sessions").glob("*") if is_session(path)]) > 1:
                raise
            return None
        if not Path(named).is_dir():
            raise
        return Path(named)


def examine(folder: Path | None, clock: ClockPort, *, deep: bool = False) -> Findings:
    """Look at the machine and, where there is one, at a session; `deep` replays all of it."""
    findings = Findings()
    if folder is None:
        machine.look_at_machine(findings.notes("machine"), Path())
        machine.look_at_clocks(findings.notes("machine"), clock.now().at, None, None)
        return findings
    machine.look_at_machine(findings.notes("machine"), folder)
    settings, latest = _session(findings, folder, clock, deep=deep)
    machine.look_at_clocks(findings.notes("machine"), clock.now().at, settings, latest)
    return findings


def _session(
    findings: Findings, folder: Path, clock: ClockPort, *, deep: bool
) -> tuple[Settings | None, tuple[datetime, str] | None]:
    """Look at a session. Returns its settings and the newest time that it knows of."""
    written, _ = read_settings(folder)
    path = folder / USUAL.database
    if not path.exists() and written is not None:
        path = folder / written.database
    if not is_session(folder) and not path.exists() and not record.traces_of(folder):
        words = f"This folder holds no session: it has neither {SETTINGS_FILE} nor {ROSTER_FILE}."
        hint = "Name a session's folder; examrunner new makes one."
        findings.notes("content").error("session", words, hint, WrongUsage.exit_code)
        return None, None
    files.look_at_files(findings.notes("files"), folder, path)
    notes = findings.notes("record")
    is_held = record.is_open(folder, clock)
    found = copies.Copies(folder)  # before the record: so they cannot be ahead of it
    name = written.session if written else None
    with record.looked_at(notes, folder, path, name, is_held=is_held) as seen:
        record.look_at_lock(notes, folder, is_held=is_held)
        ledger, latest = seen.ledger if seen else None, files.newest_file(folder)
        with record.damage_told(notes, folder):
            if seen is not None or record.traces_of(folder):
                copies.look_at_copies(notes, folder, found, ledger, is_held=is_held, deep=deep)
        if seen is None:
            return _draft(findings, folder, written), latest
        with record.damage_told(notes, folder):
            record.look_at_emergency(notes, folder, seen.ledger)
            latest = _latest(seen, latest)
        with record.damage_told(notes, folder):
            written = _committed(findings, folder, seen, deep=deep) or written
        return written, latest


def _draft(findings: Findings, folder: Path, written: Settings | None) -> Settings | None:
    prepared = content.look_at_draft(findings.notes("content"), folder)
    if written is not None:
        known = content.class_of(prepared) if prepared else None
        findings.rules = rules_in_words(written, known)
    return written


def _committed(findings: Findings, folder: Path, seen: Record, *, deep: bool) -> Settings | None:
    if deep:
        from examrunner.services.doctor.deep import replay

        replay(findings.notes("record"), folder, seen.ledger, seen.stored)
    if seen.stored is None:
        return None
    people = seen.ledger.people()
    content.look_at_changes(findings.notes("content"), folder, seen.stored, people)
    known = content.committed_class(seen.stored, people)
    findings.rules = rules_in_words(seen.stored.settings, known)
    return seen.stored.settings


def _latest(seen: Record, newest: tuple[datetime, str] | None) -> tuple[datetime, str] | None:
    """Return the later one of a file's time and the last event's."""
    count, _ = seen.ledger.head()
    told = seen.ledger.told(after=count - 1)
    if not told:
        return newest
    event = (told[-1].event.at, "the last event")
    return max(event, newest) if newest else event
