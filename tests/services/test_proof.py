"""The proof of a day: what is published, who can check it, and what a student is told."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.phases import SessionPhase
from examrunner.services import conduct, day_acts, draws, slips
from examrunner.services.begin import commit_session, give_public
from examrunner.services.changes import changes_of, take_in
from examrunner.services.explain import explain
from examrunner.services.proof import reveal, verify_folder, verify_session
from examrunner.storage.writers import proof_folder
from examrunner.storage.writers.slips import render_text
from tests.services.desks import REVIEWS, ROSTER, SETTINGS, Room, bank, write_small
from tests.services.test_begin import DICE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.domain.draw.verification import Verified

KIM = "kim,Kim\n"


@pytest.fixture
def over(tmp_path: Path) -> Iterator[Room]:
    """Give a day on which everything happened that leaves a line in the log, closed."""
    room = Room(write_small(tmp_path, DICE))
    commit_session(room.desk)
    give_public(room.desk, "4 2")
    room.clock.advance(60)
    attempt = room.called("ana")
    draws.reveal(room.desk, attempt, nonce="17")
    day_acts.void(room.desk, room.desk.attempt(attempt.id), "interrupted")
    _examine(room, "ana")
    (room.folder / "banks" / "paper-d.yaml").write_text(
        bank("d", "opening", "core", "detail", "critique"), encoding="utf-8"
    )
    (room.folder / "roster.csv").write_text(ROSTER + KIM, encoding="utf-8")
    (room.folder / "reviews.csv").write_text(
        REVIEWS.replace("chi,Paper A", "chi,Paper B") + "kim,Paper D,\n", encoding="utf-8"
    )
    take_in(room.desk, changes_of(room.desk))
    _examine(room, "chi")
    _examine(room, "kim")
    conduct.absent(room.desk, room.key("eli"))
    draws.reveal(room.desk, room.called("zoe"), "paper-a")
    conduct.stop(room.desk, room.attempt("zoe"))
    conduct.decide(room.desk, room.attempt("zoe"), Verdict.PASS)
    day_acts.close(room.desk)
    yield room
    room.leave()


def _examine(room: Room, student: str) -> None:
    name = draws.reveal(room.desk, room.called(student)).id
    conduct.start(room.desk, room.desk.attempt(name))
    conduct.stop(room.desk, room.desk.attempt(name))
    conduct.decide(room.desk, room.desk.attempt(name), Verdict.PASS)


def published(room: Room, target: Path) -> Verified:
    """Reveal a day's proof and verify the folder as a stranger would."""
    reveal(room.folder, target, room.clock, "ann")
    return verify_folder(target)


def test_a_whole_day_verifies_from_its_folder(over: Room, tmp_path: Path) -> None:
    """Void, second attempt, late student, corrected list and a bank of later all come out again."""
    found = published(over, tmp_path / "proof")
    assert found.problems == ()
    assert found.draws == 4
    assert found.strength == "public"
    assert set(found.without_draw) == {over.key("eli")}
    lines = (tmp_path / "proof" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = [json.loads(line)["e"] for line in lines]
    assert sorted(set(kinds)) == [
        "absent", "add", "draw", "end", "list", "sheet", "start", "void",
    ]  # fmt: skip
    assert kinds[-1] == "end"


def test_the_stand_alone_program_agrees(over: Room, tmp_path: Path) -> None:
    """verify.py, run by a bare Python, finds everything right; edited, it does not."""
    reveal(over.folder, tmp_path / "proof", over.clock, "ann")
    program = [
        sys.executable,
        "-I",
        "-S",
        str(tmp_path / "proof" / "verify.py"),
        str(tmp_path / "proof"),
    ]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    log = tmp_path / "proof" / "log.jsonl"
    log.write_text(log.read_text(encoding="utf-8").replace('"nonce":"17"', '"nonce":"18"'))
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1


def test_the_folder_holds_no_name_and_no_wording(over: Room, tmp_path: Path) -> None:
    """Students stand under their keys, questions under a hash of what they say."""
    reveal(over.folder, tmp_path / "proof", over.clock, "ann")
    texts = "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "proof").glob("*.json*")
    )
    assert '"ana"' not in texts
    assert "Ana" not in texts
    assert "Why" not in texts
    assert over.key("ana") in texts


def test_only_a_closed_day_is_revealed(room: Room, tmp_path: Path) -> None:
    """While anything may still be drawn the secret stays one."""
    with pytest.raises(Refused, match="not committed"):
        reveal(room.folder, tmp_path / "proof", room.clock, "ann")
    room.called()
    with pytest.raises(Refused, match="must stay one"):
        reveal(room.folder, tmp_path / "proof", room.clock, "ann")
    assert not (tmp_path / "proof").exists()


def test_a_revealed_day_stays_closed(over: Room, tmp_path: Path) -> None:
    """After the secret is known nobody can open the day again, not even a window left open."""
    reveal(over.folder, tmp_path / "proof", over.clock, "ann")
    with pytest.raises(Refused, match="published"):
        day_acts.reopen(over.desk)
    assert over.reopen().phase is SessionPhase.PUBLISHED
    with pytest.raises(Refused, match="published"):
        day_acts.reopen(over.desk)
    with pytest.raises(Refused, match="published"):
        conduct.call(over.desk, over.key("eli"))


def test_revealing_again_adds_nothing(over: Room, tmp_path: Path) -> None:
    """The proof can be written as often as one likes; the log ends once."""
    first = reveal(over.folder, tmp_path / "one", over.clock, "ann")
    again = reveal(over.folder, tmp_path / "two", over.clock, "ann")
    assert (first.is_new, again.is_new) == (True, False)
    assert first.head == again.head
    assert verify_folder(tmp_path / "two").ok


def test_a_folder_with_other_things_is_left_alone(over: Room, tmp_path: Path) -> None:
    """Nothing of anybody's is written over, and the day is not ended for nothing."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match=r"notes\.txt"):
        reveal(over.folder, tmp_path / "mine", over.clock, "ann")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match="no folder"):
        reveal(over.folder, tmp_path / "file", over.clock, "ann")
    (tmp_path / "own").mkdir(mode=0o700)
    (tmp_path / "own" / "README.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match=r"README\.txt"):
        reveal(over.folder, tmp_path / "own", over.clock, "ann")
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o700
    assert over.ledger.last("published") is None


def test_the_folder_is_as_open_as_it_may_be(over: Room, tmp_path: Path) -> None:
    """A new folder is made to be given away; who may enter an empty one stays as it was."""
    reveal(over.folder, tmp_path / "new", over.clock, "ann")
    (tmp_path / "mine").mkdir(mode=0o700)
    reveal(over.folder, tmp_path / "mine", over.clock, "ann")
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("new", "mine")]
    assert modes == [0o755, 0o700]
    assert (tmp_path / "new" / "secret.txt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("at", ["folder", "files", "record"])
def test_a_reveal_that_fails_changes_nothing(
    over: Room, tmp_path: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where folder, files or record cannot be written, the day may still be opened again."""

    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "proof"
    if at == "folder":
        (tmp_path / "file").write_text("", encoding="utf-8")
        target = tmp_path / "file" / "proof"
    if at == "files":
        monkeypatch.setattr(proof_folder, "sync_folder", no_room)
    if at == "record":
        monkeypatch.setattr(type(over.ledger), "append", no_room)
    with pytest.raises(Environment, match="cannot be written"):
        reveal(over.folder, target, over.clock, "ann")
    monkeypatch.undo()
    assert not target.exists()
    assert over.ledger.last("published") is None
    day_acts.reopen(over.desk)


def test_a_session_verifies_while_it_is_open(room: Room) -> None:
    """Verifying a session needs no end: what is drawn so far follows from the commitment."""
    room.decided()
    found = verify_session(room.folder)
    assert found.problems == ()
    assert found.draws == 1
    commit = room.desk.stored_session().commit
    head = room.desk.log().draws[0].head[:20]
    assert verify_session(room.folder, commit, (head,)).ok
    assert not verify_session(room.folder, "0" * 64).ok
    assert not verify_session(room.folder, None, ("0" * 20,)).ok


def test_a_session_without_its_secret_says_so(room: Room) -> None:
    """A lost secret is told as such."""
    room.decided()
    (room.folder / "secret.txt").unlink()
    with pytest.raises(Environment, match="secret"):
        verify_session(room.folder)


# --- explain -------------------------------------------------------------------------------


def test_a_student_is_told_list_odds_paper_and_time(over: Room) -> None:
    """The receipt of each draw agrees with the line of the log."""
    told = explain(over.folder, "ana")
    assert told.key == over.key("ana")
    assert (told.position, told.places) == (1, 4)
    assert told.papers == ("paper-a", "paper-b")
    assert [one.attempt.void for one in told.came] == ["interrupted", None]
    receipts = [one.receipt for one in told.came]
    for receipt, drawn in zip(receipts, over.desk.log().draws, strict=False):
        assert receipt is not None
        assert (receipt.ticket, receipt.nonce) == (drawn.ticket, drawn.nonce)
        assert drawn.head.startswith(receipt.head)
        assert len(receipt.head) == 20
        line = over.ledger.lines()[receipt.line - 1]
        assert json.loads(line)["paper"] == receipt.paper
    assert told.strength == "public"


def test_a_paper_by_hand_has_no_receipt(over: Room) -> None:
    """What was not drawn is said to be so."""
    (came,) = explain(over.folder, "zoe").came
    assert came.receipt is None
    assert came.attempt.reading == "paper-a"


def test_students_are_found_by_id_key_and_part_of_the_name(over: Room) -> None:
    """Whoever asks is found; who cannot be told apart is not guessed."""
    assert explain(over.folder, over.key("kim")).student.student_id == "kim"
    assert explain(over.folder, "Ki").student.student_id == "kim"
    with pytest.raises(WrongUsage, match="no student"):
        explain(over.folder, "nobody")
    with pytest.raises(WrongUsage, match="students fit"):
        explain(over.folder, "i")


def test_the_strength_of_a_proof_is_what_the_record_can_carry(tmp_path: Path) -> None:
    """A silent commit is recorded, one made before is sealed, one with dice is public."""
    found = []
    for name, settings, sealed in (("a", SETTINGS, False), ("b", SETTINGS, True)):
        (tmp_path / name).mkdir()
        room = Room(write_small(tmp_path / name, settings))
        if sealed:
            commit_session(room.desk)
            room.clock.advance(60)
        room.revealed()
        found.append(explain(room.folder, "ana").strength)
        room.leave()
    assert found == ["recorded", "sealed"]


# --- slips ---------------------------------------------------------------------------------


def test_a_slip_holds_the_own_row_and_nothing_of_others(room: Room) -> None:
    """Before the commit a slip shows what the files say, and why a reading is left out."""
    found = slips.slips_of(room.folder)
    assert found.commit is None
    texts = {slip.student_id: render_text(found.title, slip, found.words) for slip in found.slips}
    assert "Paper A" in texts["ana"]
    assert "1 in 2" in texts["ana"]
    assert "Chi" not in texts["ana"]
    assert "no paper that may be drawn" in texts["zoe"]


def test_slips_of_a_committed_session_are_those_of_the_record(room: Room) -> None:
    """After the commit a slip names key and place, whatever the files say by then."""
    commit_session(room.desk)
    (room.folder / "reviews.csv").write_text("student_id,paper\n", encoding="utf-8")
    found = slips.slips_of(room.folder)
    assert found.commit == room.desk.stored_session().commit
    (ana,) = slips.only(found, ["ana"]).slips
    assert ana.place == f"{room.key('ana')} in the draw, place 1 of 3"
    assert [paper.title for paper in ana.papers] == ["Paper A", "Paper B"]
    with pytest.raises(WrongUsage, match="nobody"):
        slips.only(found, ["nobody"])


def test_slips_number_places_as_the_log_does(over: Room) -> None:
    """Places on slips are those of explain, also once somebody joined late."""
    places = {slip.student_id: slip.place for slip in slips.slips_of(over.folder).slips}
    for who in ("ana", "chi", "eli", "kim"):
        told = explain(over.folder, who)
        assert places[who].endswith(f"place {told.position} of {told.places}")


def test_an_emptied_list_moves_nobody_s_place(room: Room) -> None:
    """Who has no paper left keeps the place, and so does everyone behind."""
    room.called("ana")
    conduct.send_back(room.desk, room.attempt("ana"))
    (room.folder / "reviews.csv").write_text(
        "student_id,paper\nchi,Paper A\neli,Paper C\n", encoding="utf-8"
    )
    take_in(room.desk, changes_of(room.desk))
    found = {slip.student_id: slip for slip in slips.slips_of(room.folder).slips}
    assert found["chi"].place.endswith("place 2 of 3")
    assert found["ana"].place.endswith("place 1 of 3")


def test_slips_say_why_a_paper_is_not_drawn_before_and_after_the_commit(tmp_path: Path) -> None:
    """The reason stands on the slip, and with two papers each nobody reads of one."""
    settings = SETTINGS + "without_bank: exclude\nexam: {papers_per_student: 2}\n"
    room = Room(write_small(tmp_path, settings, reviews=REVIEWS + "ana,Paper C,\n"))
    texts = []
    for _ in range(2):
        found = slips.slips_of(room.folder)
        texts.append(render_text(found.title, slips.only(found, ["ana"]).slips[0], found.words))
        if not texts[1:]:
            commit_session(room.desk)
    for text in texts:
        assert "Paper C (there are no questions on it)" in text
        assert "examined on all of these 2 papers" in text
    room.leave()


def test_written_slips_are_replaced_as_a_whole(room: Room) -> None:
    """A second writing leaves no slip of somebody who is gone."""
    target = slips.default_folder(room.folder)
    slips.write_slips(slips.slips_of(room.folder), target)
    assert len(list(target.glob("slip-*.txt"))) == 4
    (room.folder / "roster.csv").write_text("student_id,name\nana,Ana\n", encoding="utf-8")
    slips.write_slips(slips.slips_of(room.folder), target)
    assert [path.name for path in target.glob("slip-*.txt")] == ["slip-001.txt"]
    assert "Chi" not in (target / slips.PAGE).read_text(encoding="utf-8")
