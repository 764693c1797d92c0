"""Commit a session, commit it again, and open the day: what the first call does silently.

`examrunner commit` does the first step earlier, so that its hash can be published before the public
value exists (section 2 of examrunner-draw/1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.draw.limits import checked_public
from examrunner.domain.draw.ticket import NONE
from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.exam.settings import AUTO, NO_PUBLIC_SOURCE
from examrunner.services.opening import AGAIN, prepared_of
from examrunner.storage.database.drafts import Draft, Person

if TYPE_CHECKING:
    from examrunner.services.commit import Commit
    from examrunner.services.committed import Stored
    from examrunner.services.desk import Desk
    from examrunner.services.prepare import Prepared
    from examrunner.storage.database.ledger import Ledger


def public_source(desk: Desk) -> str | None:
    """Return how the public value is obtained, in the session's words; None where it is not."""
    words = desk.settings.draw.public
    return None if words == NO_PUBLIC_SOURCE else words


def needs_public(desk: Desk) -> bool:
    """Say whether the day cannot begin before a public value was given."""
    return not desk.has_begun and desk.public is None and public_source(desk) is not None


def give_public(desk: Desk, text: str) -> None:
    """Take the public value P for the start of the day. Raises Refused where it cannot be one."""
    desk.public = checked_public(text)


def ensure_open(desk: Desk, key: str) -> str:
    """Commit and open a session whose day has not begun. Returns the key of the student.

    The commit gives every student a key of its own. Raises Refused where the session names a
    public source and its value was not given: then the session is committed and not open.
    """
    return begin_day(desk).get(key, key)


def begin_day(desk: Desk) -> dict[str, str]:
    """Commit and open as `ensure_open` does. Returns student id to key where it committed."""
    keys: dict[str, str] = {}
    if desk.stored is None:
        keys = commit_session(desk, opening=not needs_public(desk))
    if desk.phase is SessionPhase.COMMITTED:
        open_day(desk)
    return keys


def open_day(desk: Desk) -> None:
    """Open the day of a committed session: P is fixed, and with it every ticket."""
    if needs_public(desk):
        raise Refused(
            f"The public value is still to come: {public_source(desk)}.",
            "Give it before the first student, or - if there is none after all.",
        )
    log = desk.log().copy()
    desk.write([Draft(ev.Opened(log.start(desk.public or NONE).line))])
    desk.draw_log = log


def commit_session(
    desk: Desk, *, opening: bool = False, spacing: int | None = None
) -> dict[str, str]:
    """Commit a draft session; with `opening` its day begins with it.

    `spacing` takes the place of the settings' one. Returns student id to key. Raises BadInput where
    the session's files have errors, Refused where it is committed already.
    """
    from examrunner.services.commit import make_commit, with_spacing, write_commit_files
    from examrunner.storage.database.ledger import Ledger

    prepared = with_spacing(prepared_of(desk), spacing)
    if {row.key for row in desk.rows()} != {one.student_id for one in prepared.students}:
        raise Refused("roster.csv has other students by now.", AGAIN)
    commit = make_commit(prepared, desk.entropy)
    ledger = Ledger.open(
        desk.folder / prepared.settings.database, prepared.settings.session, create=True
    )
    try:
        _demand_draft(ledger)
        write_commit_files(desk.folder, commit)
        _write(desk, ledger, commit, opening=opening)
    except BaseException:
        ledger.close()
        raise
    desk.prepared = None
    desk.start_copies()
    return dict(commit.keys)


def commit_again(desk: Desk, why: str, spacing: int | None = None) -> None:
    """Commit a session anew before its day begins, with a counter and a reason.

    Students keep their keys, and the session the spacing of `kept_spacing` unless one is given; the
    secret is a new one. Raises as `commit_session` does.
    """
    from examrunner.services.commit import make_commit, with_spacing, write_commit_files
    from examrunner.services.secret import keep_next, take_next

    demand_not_begun(desk)
    assert desk.ledger is not None
    before = desk.ledger.last("committed")
    assert before is not None
    assert isinstance(before.what, ev.Committed)
    keys = {row.student.student_id: row.key for row in desk.rows()}
    prepared = prepared_of(desk)
    if spacing is None:
        spacing = kept_spacing(desk.stored, prepared)
    prepared = with_spacing(prepared, spacing)
    commit = make_commit(prepared, desk.entropy, keys, number=before.what.number + 1, why=why)
    keep_next(desk.folder, commit.secret)
    _write(desk, desk.ledger, commit, opening=False)
    take_next(desk.folder)
    write_commit_files(desk.folder, commit)
    desk.prepared = None
    if desk.copier is not None:
        desk.copier.saved()
        desk.copier.copy()


def demand_not_begun(desk: Desk) -> None:
    """Raise Refused unless the session is committed and its day has not begun."""
    if desk.phase is not SessionPhase.COMMITTED:
        raise Refused(
            f"The session is {desk.phase}: it cannot be committed again.",
            "A commit may be replaced only until the day begins.",
        )


def kept_spacing(stored: Stored | None, prepared: Prepared) -> int | None:
    """Return the spacing chosen at an earlier commit, where session.yaml still leaves it open."""
    if stored is None or prepared.settings.draw.spacing != AUTO:
        return None
    before = stored.settings.draw.spacing
    return None if before == AUTO else int(before)


def _write(desk: Desk, ledger: Ledger, commit: Commit, *, opening: bool) -> None:
    """Put a commit on record, and take it over."""
    from examrunner.domain.draw.log import DrawLog
    from examrunner.services import committed

    log = DrawLog(commit.commitment, commit.secret)
    moment = desk.clock.now()
    is_first = commit.event.number == 1
    if is_first:
        ledger.take_lease(desk.actor, moment)
    people = [
        Person(commit.keys[one.student_id], place, one) for place, one in enumerate(commit.students)
    ]
    gone = [row.key for row in desk.rows()] if not is_first else []
    drafts = [Draft(commit.event)]
    if opening:
        drafts.append(Draft(ev.Opened(log.start(desk.public or NONE).line)))
    if is_first:
        drafts.append(Draft(ev.Entered(ledger.epoch)))
    events = ledger.append(
        drafts,
        moment,
        desk.actor,
        documents=commit.documents,
        people=people,
        gone=set(gone) - {one.key for one in people},
    )
    desk.use(ledger, committed.load(commit.event, ledger.document))
    desk.seat([(one.key, one.student) for one in people], [])
    desk.heed(events)
    desk.draw_log = log


def _demand_draft(ledger: Ledger) -> None:
    """Raise Refused where an earlier commit was saved although its answer got lost.

    Its secret and its log must not be written over.
    """
    if ledger.last("committed") is not None:
        raise Refused("The session is committed already.", AGAIN)
