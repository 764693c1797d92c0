"""Committing by itself, committing again, and the public value at the start of the day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.draw.commitment import commitment_from
from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.plain import sha256
from examrunner.services import conduct
from examrunner.services.begin import (
    commit_again,
    commit_session,
    give_public,
    needs_public,
    open_day,
)
from examrunner.services.secret import read_secret
from examrunner.storage.database.drafts import NotSaved
from examrunner.storage.database.ledger import Ledger
from tests.services.desks import REVIEWS, ROSTER, SETTINGS, Room, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DICE = f"{SETTINGS}draw: {{public: two dice rolled at nine}}\n"


@pytest.fixture
def dice(tmp_path: Path) -> Iterator[Room]:
    """Give a session whose rules name a public source."""
    room = Room(write_small(tmp_path, DICE))
    yield room
    room.leave()


def phase(room: Room) -> SessionPhase:
    """Return how far the session has come."""
    return room.desk.phase


def test_a_commit_alone_opens_nothing(room: Room) -> None:
    """Committed is a phase of its own; the first call then opens the day."""
    keys = commit_session(room.desk)
    assert [event.kind for event in room.ledger.events()] == ["committed", "entered"]
    assert phase(room) == SessionPhase.COMMITTED
    room.reopen()
    assert phase(room) == SessionPhase.COMMITTED
    assert room.wrote(lambda: conduct.call(room.desk, keys["ana"])) == ["opened", "called"]
    assert phase(room) == SessionPhase.OPEN
    room.reopen()
    assert phase(room) == SessionPhase.OPEN


def test_a_second_commit_has_a_number_and_a_reason(room: Room) -> None:
    """A commit that replaces another says so inside what is hashed; students keep their keys."""
    keys = commit_session(room.desk)
    first = room.desk.stored_session()
    (room.folder / "roster.csv").write_text(
        ROSTER.replace("eli,Eli\n", "") + "kim,Kim\n", encoding="utf-8"
    )
    (room.folder / "reviews.csv").write_text(REVIEWS.replace("eli,", "kim,"), encoding="utf-8")
    room.desk.prepared = None
    commit_again(room.desk, "import-error", spacing=0)
    again = room.desk.stored_session()
    assert (again.commitment.n, again.commitment.why) == (2, "import-error")
    assert (first.commitment.n, first.commitment.why) == (None, None)
    assert again.commit != first.commit
    assert again.commitment.h == 0
    assert again.settings.draw.spacing == "0"
    assert sha256((room.folder / "commit.json").read_text(encoding="utf-8")) == again.commit
    read_secret(room.folder, again.commitment)
    assert not (room.folder / "secret-next.txt").exists()
    now = {row.student.student_id: row.key for row in room.reopen().rows()}
    assert set(now) == {"ana", "chi", "kim", "zoe"}
    assert all(now[who] == keys[who] for who in ("ana", "chi", "zoe"))
    assert room.ledger.verify() == []
    assert room.called("kim").student == now["kim"]


def test_a_day_that_has_begun_is_not_committed_again(room: Room) -> None:
    """The draw of an open day rests on its commit: replacing it is refused."""
    room.called()
    before = room.desk.stored_session().commit
    with pytest.raises(Refused, match="cannot be committed again"):
        commit_again(room.desk, "other")
    assert room.desk.stored_session().commit == before


def test_a_second_commit_that_is_not_saved_leaves_the_first(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk does not take it, the first commit and its secret still go together."""
    commit_session(room.desk)
    first = room.desk.stored_session()

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "_written", no_space)
        with pytest.raises((NotSaved, OSError)):
            commit_again(room.desk, "other")
    assert room.reopen().stored_session().commit == first.commit
    read_secret(room.folder, first.commitment)
    room.called()


def test_a_program_that_died_between_commit_and_secret_finds_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secret of a replacing commit lies beside the old one until its commit is on record."""
    commit_session(room.desk)

    def die(folder: Path) -> None:
        raise KeyboardInterrupt(folder)

    with monkeypatch.context() as patch:
        patch.setattr("examrunner.services.secret.take_next", die)
        with pytest.raises(KeyboardInterrupt):
            commit_again(room.desk, "other")
    room.crash()
    stored = room.open_again().stored_session()
    assert stored.commitment.n == 2
    read_secret(room.folder, stored.commitment)
    assert room.called().student


def test_a_public_source_is_asked_for_after_the_commit(dice: Room) -> None:
    """Where the rules name a source, the session is committed first and waits for the value."""
    assert needs_public(dice.desk)
    with pytest.raises(Refused, match="two dice rolled at nine"):
        conduct.call(dice.desk, "ana")
    assert dice.desk.phase is SessionPhase.COMMITTED
    with pytest.raises(Refused, match="public value must be"):
        give_public(dice.desk, " ")
    give_public(dice.desk, " 4 2 ")
    dice.called()
    (line,) = (json.loads(line) for line in dice.ledger.lines())
    assert (line["e"], line["public"]) == ("start", "4 2")
    assert dice.desk.log().public == "4 2"
    assert not needs_public(dice.desk)


def test_none_after_all_is_a_value_too(dice: Room) -> None:
    """A day whose dice are lost begins with - and the log says so."""
    commit_session(dice.desk)
    with pytest.raises(Refused):
        open_day(dice.desk)
    give_public(dice.desk, "-")
    open_day(dice.desk)
    assert json.loads(dice.ledger.lines()[0])["public"] == "-"


def test_the_commitment_tells_how_the_public_value_is_obtained(dice: Room) -> None:
    """The words on the source are part of what is hashed."""
    commit_session(dice.desk)
    text = (dice.folder / "commit.json").read_text(encoding="utf-8")
    assert commitment_from(text).public == "two dice rolled at nine"


def test_the_reason_of_a_commit_is_on_record(room: Room) -> None:
    """The ledger counts the commits."""
    commit_session(room.desk)
    commit_again(room.desk, "other")
    numbers = [
        event.what.number for event in room.ledger.events() if isinstance(event.what, ev.Committed)
    ]
    assert numbers == [1, 2]
