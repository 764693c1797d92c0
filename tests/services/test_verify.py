"""Verify: record and public log are what they were, and what is not is named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from examrunner.domain.errors import Environment
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.chain import broken_link, first_prev, link
from examrunner.domain.exam.events import Verdict
from examrunner.services import conduct
from examrunner.services.verify import demand_sound, verify
from examrunner.storage.database.drafts import Draft
from examrunner.storage.database.ledger import Ledger
from tests.storage.ledgers import changed, raw
from tests.strategies import SESSION, chains

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.exam.chain import Event
    from examrunner.domain.problems import Problem
    from tests.services.desks import Room


@pytest.fixture
def done(room: Room) -> Room:
    """Return a session in which Ana and Chi were examined, with a note."""
    attempt = room.running()
    conduct.note(room.desk, attempt, attempt.questions[0].id, "private words", 4)
    conduct.stop(room.desk, room.attempt())
    conduct.decide(room.desk, room.attempt(), Verdict.PASS, "private reason")
    room.decided("chi")
    return room


def secret_of(folder: Path) -> str:
    """Return the secret of a session."""
    return (folder / "secret.txt").read_text(encoding="ascii").strip()


def found(room: Room, secret: str | None = None) -> list[Problem]:
    """Return what verify finds in a session's file."""
    with Ledger.open(room.folder / "exam.db", "small", create=False) as ledger:
        return verify(ledger, secret)


def test_a_day_as_it_was_has_no_problems(done: Room) -> None:
    """Nothing is wrong with a session that only the program wrote, with its secret or without."""
    assert found(done) == []
    assert found(done, secret_of(done.folder)) == []
    demand_sound(done.ledger)


def test_an_empty_ledger_is_sound(tmp_path: Path) -> None:
    """Before the commit there is nothing that could be wrong."""
    with Ledger.open(tmp_path / "exam.db", "small", create=True) as ledger:
        assert verify(ledger, "0" * 64) == []
        demand_sound(ledger)


def test_another_secret_is_named(done: Room) -> None:
    """A secret that does not belong to the commit is a problem of its own."""
    assert [one.rule for one in found(done, "0" * 64)] == ["secret"]


def test_a_made_up_draw_is_named(done: Room) -> None:
    """A draw that does not follow is found by deriving it again, even in a chain made anew."""
    forge(done.folder / "exam.db", done.ledger.events())
    assert "chain" not in [one.rule for one in found(done)]
    problems = [one for one in found(done, secret_of(done.folder)) if one.rule == "draw-log"]
    assert len(problems) == 1
    assert "line 2 of the draw log" in problems[0].text


def forge(path: Path, events: list[Event]) -> None:
    """Change the paper of the first draw's line, and link all events anew."""
    statements, prev, is_done = list[str](), first_prev("small"), False
    for event in events:
        what = event.what
        if isinstance(what, ev.Revealed) and what.line and not is_done:
            new = "paper-b" if what.reading == "paper-a" else "paper-a"
            line = what.line.replace(f'"paper":"{what.reading}"', f'"paper":"{new}"')
            what, is_done = replace(what, line=line), line != what.line
        made = link(
            "small",
            seq=event.seq,
            event_id=event.id,
            epoch=event.epoch,
            actor=event.actor,
            moment=event.moment,
            what=what,
            prev=prev,
        )
        statements.append(
            f"UPDATE event SET body = '{made.body()}', prev = '{prev}', hash = '{made.hash}' "
            f"WHERE seq = {event.seq}"
        )
        prev = made.hash
    assert is_done
    changed(path, *statements)


def test_a_missing_commit_is_named(done: Room) -> None:
    """Where the stored commit is gone, the draws cannot be verified, and that is said."""
    raw(done.folder / "exam.db", "DELETE FROM document")
    assert "draw" in [one.rule for one in found(done, secret_of(done.folder))]


def test_an_edited_verdict_is_found(done: Room) -> None:
    """A state that its events do not add up to is a problem, and the attempt is named."""
    statement = "UPDATE attempt SET state = replace(state, 'pass', 'fail') WHERE number = 1"
    changed(done.folder / "exam.db", statement)
    problems = found(done)
    assert {one.rule for one in problems} == {"state"}
    assert done.attempt().id in " ".join(one.text for one in problems)


def test_what_may_not_be_written_is_told_without_private_words(done: Room) -> None:
    """The refusal names the event and says that nothing was changed; it quotes no note."""
    changed(done.folder / "exam.db", "UPDATE text SET text = 'other private words'")
    with pytest.raises(Environment) as told:
        demand_sound(done.ledger)
    assert "The text of event" in told.value.message
    assert "Nothing has been changed" in told.value.message
    assert "private" not in str(told.value)


@settings(max_examples=25)
@given(listed=chains(least=1))
def test_the_quick_look_sees_what_the_chain_sees(
    tmp_path_factory: pytest.TempPathFactory, listed: list[Event]
) -> None:
    """Any events pass the quick look as the program writes them, and none with a column changed."""
    path = tmp_path_factory.mktemp("quick") / "exam.db"
    with Ledger.open(path, SESSION, create=True) as ledger:
        for event in listed:
            ledger.append([Draft(event.what, id=event.id)], event.moment, event.actor, leased=False)
        assert broken_link(SESSION, ledger.events()) is None
        assert ledger.check() == []
    raw(path, "DROP TRIGGER event_no_update")
    for column, value in (("actor", "actor || 'x'"), ("boot_ns", "boot_ns + 1"), ("epoch", "7")):
        before = raw(path, f"SELECT {column} FROM event WHERE seq = 1")
        raw(path, f"UPDATE event SET {column} = {value} WHERE seq = 1")
        with Ledger.open(path, SESSION, create=False) as ledger:
            assert [one.rule for one in ledger.check()] == ["chain"]
        raw(path, f"UPDATE event SET {column} = {before[0][0]!r} WHERE seq = 1")


def test_a_quick_look_at_a_damaged_file_is_no_traceback(done: Room) -> None:
    """Pages overwritten with rubbish are told as a problem of the file."""
    done.desk.close()
    path = done.folder / "exam.db"
    (page,) = raw(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'event'")[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    with Ledger.open(path, "small", create=False) as ledger:
        assert ledger.check()[0].rule == "file"
        with pytest.raises(Environment, match="damaged"):
            demand_sound(ledger)
