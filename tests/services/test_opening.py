"""Opening a session: the first call commits, and every start finds what was saved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.draw.commitment import commitment_from
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.moments import NS
from examrunner.domain.exam.phases import Phase, SessionPhase
from examrunner.domain.plain import sha256
from examrunner.domain.problems import BadInput
from examrunner.services import conduct
from examrunner.services.folders import LOCK_FILE
from examrunner.services.opening import open_desk, warm
from examrunner.storage.database.drafts import NotSaved
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.mirror import MIRROR
from tests.services.desks import CORRUPT, REVIEWS, SETTINGS, USUAL_KINDS, Room, bank, write_small
from tests.storage.ledgers import changed, raw

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.desk import Desk

CLASS = ["ana", "chi", "eli", "zoe"]


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return what a folder's files hold, but for the lock, which says who looked in last."""
    files = [file for file in folder.iterdir() if file.is_file() and file.name != LOCK_FILE]
    return {file.name: file.read_bytes() for file in files if MIRROR not in file.name}


def students(desk: Desk) -> list[str]:
    """Return the students of a desk in exam order, by student id."""
    return [row.student.student_id for row in desk.rows()]


def break_off(room: Room) -> None:
    """Let the program die one minute into Ana's exam, and two minutes pass."""
    room.running()
    room.clock.advance(60)
    room.desk.beat()
    room.crash()
    room.clock.advance(120)


# --- the first call ------------------------------------------------------------------------


def test_a_draft_session_writes_nothing(room: Room) -> None:
    """Looking at the class makes no ledger, no commit and no secret."""
    assert room.desk.phase is SessionPhase.DRAFT
    assert students(room.desk) == CLASS
    warm(room.desk)
    assert {"exam.db", "commit.json", "secret.txt"}.isdisjoint(bytes_of(room.folder))
    with pytest.raises(Refused, match="not committed"):
        room.desk.write([])


def test_the_first_call_commits_and_opens(room: Room) -> None:
    """The first call writes commit, opening, entry and the call itself, in this order."""
    kinds = room.wrote(lambda: conduct.call(room.desk, "ana"))
    assert kinds == ["committed", "opened", "entered", "called"]
    assert room.desk.phase is SessionPhase.OPEN
    assert students(room.desk) == CLASS
    assert [json.loads(line)["e"] for line in room.ledger.lines()] == ["start"]


def test_the_commit_files_belong_to_the_commit(room: Room) -> None:
    """The SHA-256 of commit.json is C, and secret.txt is the secret that it names, for us alone."""
    room.called()
    event = room.ledger.last("committed")
    assert event is not None
    assert isinstance(event.what, ev.Committed)
    text = (room.folder / "commit.json").read_text(encoding="utf-8")
    assert sha256(text) == event.what.commit
    secret = room.folder / "secret.txt"
    assert secret.stat().st_mode & 0o777 == 0o600
    written = secret.read_text(encoding="ascii").strip()
    assert commitment_from(text).secret_sha256 == sha256(written)
    assert len(written) == 64


def test_events_and_log_name_no_student(room: Room) -> None:
    """Student ids and names stand neither in events nor in the public log."""
    room.decided()
    said = " ".join(event.body() for event in room.ledger.events())
    assert not any(f'"{who}"' in said.lower() for who in CLASS)
    assert all(row.key.startswith("s-") for row in room.desk.rows())


def test_absent_or_later_commits_as_well(tmp_path: Path) -> None:
    """Whatever is first written in a draft session, the commit comes before it."""
    for name, act in (("absent", conduct.absent), ("postponed", conduct.later)):
        (tmp_path / name).mkdir()
        room = Room(write_small(tmp_path / name))
        kinds = room.wrote(lambda act=act, room=room: act(room.desk, "ana"))  # type: ignore[misc]
        room.leave()
        assert kinds == ["committed", "opened", "entered", name]


def test_errors_in_the_files_stop_the_commit_until_they_are_mended(tmp_path: Path) -> None:
    """A session with errors is not committed; once the file is right, the same desk goes on."""
    folder = write_small(tmp_path, a=bank("a", "core", status="retired"))
    room = Room(folder)
    with pytest.raises(BadInput, match="no question that may be drawn"):
        room.called()
    assert room.desk.phase is SessionPhase.DRAFT
    assert not (folder / "exam.db").exists()
    (folder / "banks" / "paper-a.yaml").write_text(bank("a", *USUAL_KINDS), encoding="utf-8")
    assert room.called().phase is Phase.CALLED
    room.leave()


def test_a_roster_changed_under_a_draft_is_told(room: Room) -> None:
    """A class list that has other students than the screen is not committed."""
    (room.folder / "roster.csv").write_text("student_id,name\nchi,Chi\n", encoding="utf-8")
    with pytest.raises(Refused, match="other students"):
        conduct.call(room.desk, "ana")
    assert not (room.folder / "exam.db").exists()
    assert students(room.reopen()) == ["chi"]


def test_a_death_before_the_commit_leaves_a_draft(room: Room) -> None:
    """A ledger's file without a commit is a draft session, which the next call commits."""
    room.crash()
    Ledger.open(room.folder / "exam.db", "small", create=True).close()
    assert room.open_again().phase is SessionPhase.DRAFT
    assert room.called().phase is Phase.CALLED
    assert room.ledger.verify() == []


def test_a_commit_that_is_not_saved_leaves_a_draft(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk does not take the commit, nothing has begun, and the next call may."""
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "_written", _no_space)
        with pytest.raises(NotSaved):
            conduct.call(room.desk, "ana")
    assert room.desk.phase is SessionPhase.DRAFT
    assert room.called().phase is Phase.CALLED
    assert room.desk.log().lines
    assert room.ledger.verify() == []


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_commit_whose_answer_got_lost_keeps_its_secret(room: Room) -> None:
    """A draft that was committed after all is not committed over."""
    draft = room.desk
    room.crash()
    room.open_again()
    room.called()
    before = bytes_of(room.folder)
    with pytest.raises(Refused, match="committed already"):
        conduct.call(draft, "chi")
    assert bytes_of(room.folder) == before


# --- opening again -------------------------------------------------------------------------


def test_a_second_desk_is_refused(room: Room) -> None:
    """While a session is open here it cannot be opened again, and nothing changes."""
    room.called()
    before = bytes_of(room.folder), (room.folder / LOCK_FILE).read_bytes()
    with pytest.raises(Refused, match="open already: by ann"):
        open_desk(room.folder, room.clock, room.entropy, "bob")
    assert (bytes_of(room.folder), (room.folder / LOCK_FILE).read_bytes()) == before


def test_everything_comes_back(room: Room) -> None:
    """Attempts, texts, order and log are after a restart what they were before."""
    room.decided("ana")
    attempt = room.running("chi")
    conduct.note(room.desk, attempt, attempt.questions[0].id, "A thought.", 3)
    before = (room.desk.attempts(), room.desk.log().lines, room.desk.rows())
    note = room.attempt("chi").notes[0].event
    assert room.wrote(room.reopen) == ["entered"]
    assert (room.desk.attempts(), room.desk.log().lines, room.desk.rows()) == before
    assert room.desk.text(note) == "A thought."
    assert room.desk.saved is None


def test_from_the_commit_on_the_files_do_not_count(room: Room) -> None:
    """A committed session opens with its files gone, and with the settings that were committed."""
    room.called()
    for name in ("session.yaml", "roster.csv", "reviews.csv", "course.yaml"):
        (room.folder / name).unlink()
    assert students(room.reopen()) == CLASS
    assert room.desk.settings.course == "course.yaml"


def test_a_crashed_desk_that_wakes_is_refused(room: Room) -> None:
    """A program that comes back after another one has gone on writes nothing."""
    attempt = room.running()
    frozen = room.desk
    room.crash()
    room.open_again()
    with pytest.raises(Refused, match="Taken over"):
        conduct.stop(frozen, attempt)
    assert frozen.attempt(attempt.id) == attempt
    assert room.attempt().phase is Phase.RUNNING
    assert room.ledger.verify() == []


# --- a running exam ------------------------------------------------------------------------


@pytest.mark.parametrize("same_boot", [True, False])
@pytest.mark.parametrize(("counted", "left"), [(False, 240), (True, 120)])
def test_a_crash_in_the_exam(room: Room, *, same_boot: bool, counted: bool, left: int) -> None:
    """The break counts or does not, as the examiner says, also where the machine went down."""
    break_off(room)
    if not same_boot:
        room.clock.boot_id, room.clock.boot_ns = "boot-2", 7 * NS
    desk = room.open_again()
    assert desk.last_seen is not None
    assert room.attempt().clock.left(desk.last_seen) == 240
    conduct.recover(desk, room.attempt(), counted=counted)
    assert room.attempt().clock.left(room.clock.now()) == left
    room.clock.advance(10)
    assert room.attempt().clock.left(room.clock.now()) == left - 10
    assert room.ledger.verify() == []


def test_without_the_locks_word_the_lease_tells(room: Room) -> None:
    """Where the lock's line is torn, the lease or the last mark says when the program lived."""
    break_off(room)
    (room.folder / LOCK_FILE).write_bytes(b"")
    desk = room.open_again()
    assert desk.last_seen is not None
    assert room.attempt().clock.left(desk.last_seen) == 240


def test_a_clock_that_stood_has_no_break(room: Room) -> None:
    """Only a running exam asks whether the break counts; a paused one just stands."""
    conduct.pause_or_resume(room.desk, room.running())
    room.crash()
    room.clock.advance(600)
    desk = room.open_again()
    assert desk.last_seen is None
    assert room.wrote(lambda: conduct.recover(desk, room.attempt(), counted=False)) == []
    assert room.attempt().clock.left(room.clock.now()) == 300


def test_a_break_begins_at_the_crash_however_often_one_looks_in(room: Room) -> None:
    """Opening and quitting before the break is judged does not shorten it."""
    break_off(room)
    for _ in range(2):
        room.open_again()
        room.clock.advance(30)
        room.desk.beat()
        room.desk.close()
    desk = room.open_again()
    conduct.recover(desk, room.attempt(), counted=False)
    assert room.attempt().clock.left(room.clock.now()) == 240
    room.clock.advance(5)
    room.desk.beat()
    room.crash()
    room.clock.advance(90)
    desk = room.open_again()
    assert desk.last_seen is not None
    assert room.attempt().clock.left(desk.last_seen) == 235


def test_a_break_outlives_a_start_that_failed(room: Room) -> None:
    """A start that is refused leaves what is known of the last sign of life."""
    break_off(room)
    path = room.folder / "exam.db"
    raw(path, "PRAGMA user_version = 99")
    with pytest.raises(Refused, match="newer"):
        room.open_again()
    raw(path, "PRAGMA user_version = 1")
    room.clock.advance(60)
    desk = room.open_again()
    assert desk.last_seen is not None
    assert room.attempt().clock.left(desk.last_seen) == 240


# --- a damaged record ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (CORRUPT, "Event 2 does not follow"),
        ("DELETE FROM event WHERE seq = 3", "Event 3 does not follow"),
        ("UPDATE event SET body = '[]' WHERE seq = 4", "Event 4 does not follow"),
        ("UPDATE text SET text = 'Knew nothing.'", "text of event"),
        ("UPDATE document SET content = content || ' '", "document .* was changed"),
    ],
)
def test_an_edited_record_is_not_opened(room: Room, statement: str, words: str) -> None:
    """A record that was changed is named and left as it is; the lock is free again."""
    attempt = room.running()
    conduct.note(room.desk, attempt, attempt.questions[0].id, "A thought.", 3)
    room.desk.close()
    changed(room.folder / "exam.db", statement)
    before = bytes_of(room.folder)
    for _ in range(2):
        with pytest.raises(Environment, match=f"damaged or was edited.*{words}.*Nothing") as told:
            room.open_again()
    assert "Knew" not in str(told.value)
    assert bytes_of(room.folder) == before


def test_a_file_that_is_no_record_is_not_opened(room: Room) -> None:
    """Rubbish in the record's place is an Environment and stays as it is."""
    room.called()
    room.desk.close()
    (room.folder / "exam.db").write_bytes(b"rubbish" * 1000)
    before = bytes_of(room.folder)
    with pytest.raises(Environment, match=r"exam\.db cannot be used"):
        room.open_again()
    assert bytes_of(room.folder) == before


# --- files that cannot be read -------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("session.yaml", "session: [small"),
        ("roster.csv", "name\nAna\n"),
        ("roster.csv", "student_id,name\nana,Ana\nana,Ana\n"),
    ],
)
def test_a_draft_whose_files_cannot_be_read_is_not_opened(
    folder: Path, file: str, text: str
) -> None:
    """A bad session.yaml or roster.csv is told, and the lock is free again."""
    (folder / file).write_text(text, encoding="utf-8")
    for _ in range(2):
        with pytest.raises(BadInput, match=file):
            Room(folder)


def test_a_record_of_another_name(tmp_path: Path) -> None:
    """The ledger stands where session.yaml says, and is found there again."""
    settings = f"{SETTINGS}database: other.db\n"
    room = Room(write_small(tmp_path, settings, reviews=REVIEWS))
    room.decided()
    assert (room.folder / "other.db").is_file()
    room.reopen()
    assert room.attempt().phase is Phase.DECIDED
    room.leave()


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_lost_record_is_not_taken_for_a_draft(room: Room, *, is_empty: bool) -> None:
    """Where copies are there and the record is not, nothing is committed and the secret stays."""
    room.decided()
    room.desk.close()
    secret = (room.folder / "secret.txt").read_bytes()
    record = room.folder / "exam.db"
    record.unlink()
    if is_empty:
        record.touch()
    with pytest.raises(Refused, match="missing") as told:
        room.open_again()
    assert "examrunner restore" in told.value.hint
    assert (room.folder / "secret.txt").read_bytes() == secret
