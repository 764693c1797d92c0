"""The doctor: what it finds in sessions of every kind, and that it leaves them as they are."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.chain import first_prev, link
from examrunner.services import conduct
from examrunner.services.doctor.examine import examine
from examrunner.services.doctor.found import State
from examrunner.storage.clock import SystemClock
from tests.services.desks import CORRUPT, Room
from tests.services.visits import all_files, bad, private, the, visit
from tests.storage.ledgers import changed, raw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from examrunner.domain.exam.chain import Event

pytestmark = pytest.mark.usefixtures("fit_machine")


# --- healthy -------------------------------------------------------------------------------


@pytest.mark.parametrize("deep", [False, True])
def test_a_healthy_session_is_fine(examined: Path, *, deep: bool) -> None:
    """Nothing is to be remarked, the head is the record's, and no byte has changed."""
    before = all_files(examined)
    found = visit(examined, deep=deep)
    assert bad(found) == []
    assert found.code == 0
    assert found.head is not None
    assert found.head[1][:12] in the(found, "head").words
    assert all_files(examined) == before


def test_a_draft_has_no_record_yet(folder: Path) -> None:
    """That is no fault; what `check` finds is told, and the rules are read out."""
    private(folder)
    found = visit(folder)
    assert found.code == 0
    assert found.head is None
    assert "none yet" in the(found, "record").words
    assert {name for name, _ in bad(found)} == {"check"}
    assert found.rules


def test_without_a_session_only_the_machine_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder without sessions nothing is missed."""
    monkeypatch.chdir(tmp_path)
    found = examine(None, SystemClock())
    assert {one.group for one in found.checks} == {"machine"}
    assert found.code == 0
    assert list(tmp_path.iterdir()) == []


def test_an_open_session_is_looked_at_and_not_disturbed(room: Room) -> None:
    """Who has it open is told, nothing is found wrong, and the exam goes on."""
    room.running()
    assert room.desk.copier is not None
    room.desk.copier.bring_up_to_date(copy=True)
    private(room.folder)
    found = visit(room.folder, deep=True)
    assert bad(found) == []
    assert "by ann, process" in the(found, "open").words
    assert room.wrote(lambda: conduct.pause_or_resume(room.desk, room.attempt())) == ["paused"]


# --- a record that does not hold -----------------------------------------------------------


def cut(folder: Path) -> None:
    """Cut the last two events off, and their texts."""
    last = raw(folder / "exam.db", "SELECT max(seq) FROM event")[0][0]
    changed(folder / "exam.db", "DELETE FROM text", f"DELETE FROM event WHERE seq > {last - 2}")


def overwrite(folder: Path) -> None:
    """Write rubbish over the middle of the file."""
    path = folder / "exam.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 3)
        file.write(b"\xa5" * 20_000)


DAMAGES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "edited": (lambda at: changed(at / "exam.db", CORRUPT), "chain", "Event 2 does not follow"),
    "event gone": (
        lambda at: changed(at / "exam.db", "DELETE FROM event WHERE seq = 3"),
        "chain",
        "Event 3 does not follow",
    ),
    "swapped": (
        lambda at: changed(
            at / "exam.db",
            "UPDATE event SET seq = 1000 WHERE seq = 3",
            "UPDATE event SET seq = 3 WHERE seq = 4",
            "UPDATE event SET seq = 4 WHERE seq = 1000",
        ),
        "chain",
        "Event 3 does not follow",
    ),
    "cut": (cut, "backups", "its end was cut off"),
    "rubbish": (overwrite, "record", ""),
    "beginning": (
        lambda at: (at / "exam.db").write_bytes(b"\0" * 9000),
        "record",
        "its beginning is not that of a record",
    ),
    "emptied": (lambda at: (at / "exam.db").write_bytes(b""), "record", "is empty, but backups"),
    "deleted": (lambda at: (at / "exam.db").unlink(), "record", "is gone, but backups"),
    "documents gone": (
        lambda at: raw(at / "exam.db", "DELETE FROM document"),
        "record",
        "A part of the session's record is missing",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_is_told_and_restore_is_named(examined: Path, damage: str) -> None:
    """Exit code 1, which part it is, and what to do; the file stays as it is."""
    cause, name, words = DAMAGES[damage]
    cause(examined)
    before = all_files(examined)
    found = visit(examined)
    assert found.code == 1
    check = the(found, name)
    assert words in check.words
    assert "examrunner restore" in check.hint or "examrunner restore" in the(found, "file").hint
    assert "good one has" in the(found, "backups").words or damage == "cut"
    assert all_files(examined) == before


def test_a_foreign_file_is_not_taken_for_a_damaged_record(folder: Path) -> None:
    """Another program's database, or no database at all: exit code 3."""
    path = folder / "exam.db"
    for make in (lambda: path.write_bytes(b"notes\n" * 200), lambda: _foreign(path)):
        make()
        found = visit(folder)
        assert found.code == 3
        assert "was not made by examrunner" in the(found, "record").words
        assert "restore" not in the(found, "record").hint


def _foreign(path: Path) -> None:
    path.unlink()
    raw(path, "CREATE TABLE t (x)")


def test_a_newer_record_is_refused(examined: Path) -> None:
    """Exit code 3, and updating is what helps."""
    raw(examined / "exam.db", "PRAGMA user_version = 99")
    before = all_files(examined)
    found = visit(examined)
    assert found.code == 3
    assert "newer examrunner" in the(found, "record").words
    assert "Update examrunner" in the(found, "record").hint
    assert all_files(examined) == before


def test_copies_that_tell_something_else_are_told(examined: Path) -> None:
    """A chain made anew holds by itself, but not against mirror and backups."""

    def passed(what: ev.What) -> ev.What:
        assert isinstance(what, ev.Decided)
        return replace(what, verdict=ev.Verdict.PASS)

    relink(examined / "exam.db", passed, ev.Decided)
    found = visit(examined)
    assert found.code == 1
    assert the(found, "chain").state is State.OK
    for name in ("backups", "mirror"):
        assert "does not tell the same" in the(found, name).words


def relink(path: Path, change: Callable[[ev.What], ev.What], kind: type[ev.What]) -> None:
    """Change events of a kind and make the chain anew, as a forger would."""
    from examrunner.storage.database.ledger import Ledger

    with Ledger.open(path, "small", create=False) as ledger:
        events: list[Event] = ledger.events()
    statements, prev = list[str](), first_prev("small")
    for event in events:
        made = link(
            "small",
            seq=event.seq,
            event_id=event.id,
            epoch=event.epoch,
            actor=event.actor,
            moment=event.moment,
            what=change(event.what) if isinstance(event.what, kind) else event.what,
            prev=prev,
        )
        body = made.body().replace("'", "''")
        statements.append(
            f"UPDATE event SET body = '{body}', prev = '{prev}', hash = '{made.hash}' "
            f"WHERE seq = {event.seq}"
        )
        prev = made.hash
    changed(path, *statements)


def test_only_the_deep_look_replays(examined: Path) -> None:
    """A state that the events do not add up to is found by --deep."""
    statement = "UPDATE attempt SET state = replace(state, '\"pass\"', '\"fail\"')"
    raw(examined / "exam.db", statement)
    assert visit(examined).code == 0
    found = visit(examined, deep=True)
    assert found.code == 1
    assert "is not what its events add up to" in the(found, "state").words


def test_the_deep_look_derives_sheets_again(examined: Path) -> None:
    """A sheet that the rule would not have chosen is found, even in a chain made anew."""

    def other_sheet(what: ev.What) -> ev.What:
        assert isinstance(what, ev.SheetChosen)
        assert what.line is not None
        body = json.loads(what.line)
        body["rank"] = (body["rank"] + 1) % body["count"]
        line = json.dumps(body, sort_keys=True, separators=(",", ":"))
        return replace(what, line=line)

    relink(examined / "exam.db", other_sheet, ev.SheetChosen)
    found = visit(examined, deep=True)
    assert "its sheet does not come out again" in the(found, "draws").words


def test_the_deep_look_compares_every_line_and_every_backup(examined: Path) -> None:
    """A changed line in the middle of the mirror and a bad older backup are found by --deep."""
    mirror = examined / "events.jsonl"
    lines = mirror.read_text("utf-8").splitlines()
    mirror.write_text(
        "\n".join([lines[0], lines[1].replace("ann", "eve"), *lines[2:], ""]), "utf-8"
    )
    newest = max((examined / "backups").iterdir())
    shutil.copyfile(newest, examined / "backups" / "exam-000001-0123456789ab.db")
    private(examined)
    assert bad(visit(examined)) == []
    found = visit(examined, deep=True)
    assert "the first is line 2" in the(found, "mirror").words
    assert "Not good: exam-000001-0123456789ab.db" in the(found, "backups").words
