"""The paper kit: it prints what the app would draw, and leaves no other trace than its event."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.events import Exported, Origin, Verdict
from examrunner.services import conduct, draws, kit
from tests.services.desks import SETTINGS, USUAL_KINDS, Room, bank, fill_disk, write_small

if TYPE_CHECKING:
    from examrunner.services.kit import PaperSheet

LETTERS = "abc"
TWO_PAPERS = f"{SETTINGS}exam: {{papers_per_student: 2}}\n"


def printed(sheets: tuple[PaperSheet, ...]) -> list[tuple[int, str, tuple[str, ...]]]:
    """Return number, reading and questions of sheets."""
    return [(one.number, one.paper.reading if one.paper else "", one.questions) for one in sheets]


def opened(folder: Path, seed: str = "seed") -> Room:
    """Return a session that is committed and open."""
    room = Room(folder, seed)
    kit.open_session(room.desk)
    return room


def examine_in_order(room: Room) -> list[tuple[int, str, tuple[str, ...]]]:
    """Examine everyone who has a paper in exam order. Returns what `printed` does."""
    found = []
    papers = room.desk.settings.exam.papers_per_student
    for place, row in enumerate(room.desk.rows()):
        for attempt in row.attempts:
            conduct.call(room.desk, row.key)
            conduct.present(room.desk, room.desk.attempt(attempt.id))
            try:
                done = draws.reveal(room.desk, room.desk.attempt(attempt.id))
            except Refused:
                conduct.send_back(room.desk, room.desk.attempt(attempt.id))
                break
            ids = tuple(one.id for one in done.questions)
            found.append((place * papers + attempt.number, done.reading or "", ids))
            conduct.stop(room.desk, room.desk.attempt(attempt.id))
            conduct.decide(room.desk, room.desk.attempt(attempt.id), Verdict.PASS)
    return found


@st.composite
def classes(draw: st.DrawFn) -> tuple[str, str, str]:
    """Give a roster, reviews and settings of a small class."""
    count = draw(st.integers(1, 6))
    roster, reviews = "student_id,name\n", "student_id,paper\n"
    for number in range(1, count + 1):
        roster += f"s{number},Student {number}\n"
        own = draw(st.sets(st.sampled_from(LETTERS), min_size=number == 1))
        reviews += "".join(f"s{number},Paper {one.upper()}\n" for one in sorted(own))
    return roster, reviews, draw(st.sampled_from([SETTINGS, TWO_PAPERS]))


# --- the same draws ------------------------------------------------------------------------


@settings(max_examples=40)
@given(made=classes(), seed=st.text("0123456789", min_size=1, max_size=6))
def test_a_kit_prints_what_the_app_draws_in_exam_order(
    made: tuple[str, str, str], seed: str
) -> None:
    """Whatever class and secret: papers and sheets of the kit are those of the real draws."""
    roster, reviews, written = made
    with tempfile.TemporaryDirectory() as parent:
        room = opened(write_small(Path(parent), written, roster=roster, reviews=reviews), seed)
        sheets = kit.paper_sheets(room.desk)
        assert [one.number for one in sheets] == list(range(1, len(sheets) + 1))
        drawn = [one for one in printed(sheets) if one[1]]
        assert examine_in_order(room) == drawn
        assert room.ledger.verify() == []
        room.leave()


def test_a_kit_leaves_the_draw_as_it_was(room: Room) -> None:
    """Only the event of the export is added: no line of the public log, no attempt."""
    kit.open_session(room.desk)
    lines, attempts = room.ledger.lines(), room.desk.attempts()
    assert room.wrote(lambda: kit.make_kit(room.desk)) == ["exported"]
    assert room.ledger.lines() == lines
    assert room.desk.attempts() == attempts
    assert room.desk.log().lines == tuple(lines)


def test_who_was_revealed_keeps_the_paper(room: Room) -> None:
    """A student whose paper is known has that paper and those questions on the sheet."""
    attempt = room.revealed("ana", "paper-b")
    first = kit.paper_sheets(room.desk)[0]
    assert first.paper is not None
    assert (first.paper.reading, first.paper.origin) == ("paper-b", Origin.CHOSEN)
    assert first.questions == tuple(one.id for one in attempt.questions)


def test_who_is_done_has_no_sheet_but_keeps_the_number(room: Room) -> None:
    """A decided student stands on the cover alone; the others' numbers do not move."""
    room.decided("ana")
    made = kit.make_kit(room.desk)
    text = made.file.read_text(encoding="utf-8")
    assert made.sheets == 3
    assert text.count('<table class="sheet') == 3
    assert '<th class="number">1</th>' not in text
    assert '<th class="number">2</th>' in text


def test_who_comes_later_is_drawn_later(room: Room) -> None:
    """A postponed student is foreseen after those who wait, on the sheet of the same number."""
    kit.open_session(room.desk)
    conduct.later(room.desk, room.key("ana"))
    sheets = kit.paper_sheets(room.desk)
    conduct.call(room.desk, room.key("chi"))
    conduct.present(room.desk, room.attempt("chi"))
    chi = draws.reveal(room.desk, room.attempt("chi"))
    assert sheets[1].questions == tuple(one.id for one in chi.questions)


def test_an_old_kit_can_be_made_again(room: Room) -> None:
    """What a kit held follows from the record as it was, whatever came after."""
    kit.open_session(room.desk)
    before = kit.paper_sheets(room.desk)
    kit.make_kit(room.desk)
    room.revealed("ana", "paper-b")
    (made,) = kit.kits(room.desk)
    assert printed(kit.paper_sheets(room.desk, made)) == printed(before)
    assert printed(kit.paper_sheets(room.desk)) != printed(before)


def test_an_assigned_paper_is_printed(tmp_path: Path) -> None:
    """The roster's paper stands on the sheet, with the same questions in every kit."""
    roster = "student_id,name,assigned\nana,Ana,\nchi,Chi,\neli,Eli,\nzoe,Zoe,paper-b\n"
    room = opened(write_small(tmp_path, roster=roster))
    sheet = kit.paper_sheets(room.desk)[3]
    assert sheet.paper is not None
    assert (sheet.paper.reading, sheet.paper.origin) == ("paper-b", Origin.ASSIGNED)
    assert len(sheet.questions) == len(USUAL_KINDS)
    assert kit.paper_sheets(room.desk)[3] == sheet
    room.leave()


def test_without_a_paper_there_are_general_questions(tmp_path: Path) -> None:
    """A student with nothing to draw has their readings, a line for the paper, and questions."""
    settings_text = f"{SETTINGS}without_bank: exclude\n"
    room = opened(write_small(tmp_path, settings_text))
    sheet = kit.paper_sheets(room.desk)[2]
    assert sheet.paper is None
    assert sheet.bank == room.desk.stored_session().fallback
    assert len(sheet.questions) == len(USUAL_KINDS)
    text = kit.make_kit(room.desk).file.read_text(encoding="utf-8")
    assert "This student's readings: <bdi>Paper C</bdi>" in text
    assert "The questions fit any paper." in text
    room.leave()


def test_a_bank_without_enough_questions_still_makes_a_sheet(tmp_path: Path) -> None:
    """Where nothing keeps the rule the kit foresees what the app falls back to."""
    folder = write_small(tmp_path, a=bank("a", "core"), b=bank("b", "core"))
    room = opened(folder)
    sheets = [one for one in printed(kit.paper_sheets(room.desk)) if one[1]]
    assert examine_in_order(room) == sheets
    room.leave()


# --- drafts, blanks and files --------------------------------------------------------------


def test_a_draft_has_no_kit_with_papers(room: Room) -> None:
    """Nothing can be drawn before the commit."""
    with pytest.raises(Refused, match="not committed"):
        kit.paper_sheets(room.desk)
    assert room.desk.ledger is None


def test_a_blank_kit_of_a_draft_fixes_nothing(room: Room) -> None:
    """Only names are on it, no record is made, and a full kit is not replaced by it."""
    made = kit.make_kit(room.desk, blank=True)
    assert room.desk.ledger is None
    assert not (room.folder / "exam.db").exists()
    text = made.file.read_text(encoding="utf-8")
    assert made.file.name == "blank.html"
    assert text.count('<table class="sheet') == 4
    assert "Paper A" not in text
    assert "opening" in text


def test_a_blank_kit_of_an_open_session_is_recorded_as_one(room: Room) -> None:
    """It is an export of its own form, and never taken for a kit with papers."""
    kit.open_session(room.desk)
    kit.make_kit(room.desk, blank=True)
    what = room.ledger.events()[-1].what
    assert isinstance(what, Exported)
    assert (what.form, what.file, what.scores) == ("blank kit", "blank.html", 0)
    assert kit.kits(room.desk) == []


def test_a_kit_is_private_and_replaced(room: Room) -> None:
    """Folder and file are the user's alone; a new kit takes the place of the old one."""
    kit.open_session(room.desk)
    first = kit.make_kit(room.desk)
    second = kit.make_kit(room.desk)
    assert first.file == second.file == room.folder / "kit" / "kit.html"
    assert first.file.stat().st_mode & 0o777 == 0o600
    assert first.file.parent.stat().st_mode & 0o777 == 0o700
    assert "kit 2" in second.file.read_text(encoding="utf-8")
    recorded = [one.what for one in room.ledger.events() if isinstance(one.what, Exported)]
    assert [one.sha256 for one in recorded] == [first.sha256, second.sha256]


def test_a_named_file_is_never_overwritten(room: Room, tmp_path: Path) -> None:
    """With a file named, what is there stays, and nothing is recorded."""
    kit.open_session(room.desk)
    out = tmp_path / "mine.html"
    out.write_text("mine", encoding="utf-8")
    before = room.ledger.head()
    with pytest.raises(Refused, match="there already"):
        kit.make_kit(room.desk, out)
    assert out.read_text(encoding="utf-8") == "mine"
    assert room.ledger.head() == before


def test_a_kit_that_is_not_recorded_does_not_exist(room: Room, tmp_path: Path) -> None:
    """On a full disk there is neither file nor event, and nothing waits to be written."""
    kit.open_session(room.desk)
    out, before = tmp_path / "kit.html", room.ledger.head()
    full = fill_disk(room.ledger)
    next(full)
    room.desk.actor = "x" * 100_000  # an event that does not fit
    with pytest.raises(Environment):
        kit.make_kit(room.desk, out)
    next(full)
    assert not out.exists()
    assert room.ledger.head() == before
    assert not room.desk.waiting


def test_a_folder_that_takes_nothing_is_told_of(room: Room, tmp_path: Path) -> None:
    """A file that cannot be written is an environment fault, and is not recorded."""
    kit.open_session(room.desk)
    before = room.ledger.head()
    with pytest.raises(Environment, match="cannot be written"):
        kit.make_kit(room.desk, tmp_path / "nowhere" / "kit.html")
    assert room.ledger.head() == before


def test_a_lost_secret_is_told_of(room: Room) -> None:
    """Without the secret nobody knows what would be drawn; a blank kit is still possible."""
    kit.open_session(room.desk)
    (room.folder / "secret.txt").unlink()
    with pytest.raises(Environment, match="secret"):
        kit.make_kit(room.desk)
    assert kit.make_kit(room.desk, blank=True).sheets == 4


def test_the_cover_has_times_and_the_sheets_extra_time(tmp_path: Path) -> None:
    """In a session with a window each sheet says when it is planned and what is allowed."""
    text = f"{SETTINGS}exam: {{window: {{start: 09:00, end: 10:00, timezone: UTC}}}}\n"
    roster = (
        "student_id,name,extra_time,section\nana,Ana,1.5,CS 1\nchi,Chi,,\neli,Eli,,\nzoe,Zoe,,\n"
    )
    room = opened(write_small(tmp_path, text, roster=roster))
    page = kit.make_kit(room.desk).file.read_text(encoding="utf-8")
    assert "planned <b>09:00</b>" in page
    assert "planned <b>09:08</b>" in page
    assert "allowed <b>7:30</b> (extra time x1.5)" in page
    assert json.dumps("CS 1")[1:-1] in page
    room.leave()
