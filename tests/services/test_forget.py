"""forget and purge: nothing says any more who somebody was, and the record holds."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment, ExamError, Refused, WrongUsage
from examrunner.services import conduct, draws, forget, purge
from examrunner.services.folders import SECRET_FILE
from examrunner.services.opening import open_desk
from examrunner.services.results import as_json, read_results
from examrunner.services.roll import find, read_roll
from examrunner.services.verify import verify
from examrunner.storage.database.copies import copies, sound_head
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.mirror import read_mirror
from tests.fakes import FakeClock, FakeEntropy
from tests.services.people import (
    CHI,
    LEI,
    MENTION,
    ROSTER,
    ZOE,
    emergency,
    examined,
    left_behind,
    strewn,
    written,
)
from tests.storage.ledgers import changed

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from examrunner.services.forget import Done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a session in which everyone was examined, with all that is left behind."""
    return strewn(examined(tmp_path))


def forgotten(folder: Path, text: str = "Zoë Núñez") -> Done:
    """Forget one student."""
    roll = read_roll(folder)
    return forget.forget(forget.plan(roll, (find(roll, text),)), FakeClock(), "ann")


def wrong(folder: Path) -> list[str]:
    """Return what is wrong with the record, every draw derived again."""
    with Ledger.open(folder / "exam.db", "small", create=False) as ledger:
        secret = (folder / SECRET_FILE).read_text("ascii").strip()
        return [problem.text for problem in verify(ledger, secret)]


def events(folder: Path) -> list[Any]:
    """Return all events on record."""
    with Ledger.open(folder / "exam.db", "small", create=False) as ledger:
        return ledger.events()


def test_nothing_holds_the_student_any_more(folder: Path) -> None:
    """No byte of any file below the session says who was forgotten; before, many did."""
    assert len(left_behind(folder, ZOE)) > 30
    assert forgotten(folder).left == ()
    assert left_behind(folder, [*ZOE, MENTION]) == []


def test_the_record_holds_and_has_a_receipt(folder: Path) -> None:
    """Chain, states and draws verify as before; the receipt tells how many texts went."""
    before = events(folder)
    done = forgotten(folder)
    after = events(folder)
    assert wrong(folder) == []
    assert after[:-1] == before
    assert (after[-1].kind, after[-1].what.texts) == ("forgotten", 4)
    assert (done.receipts, done.count, done.head) == (1, len(after), after[-1].hash)


def test_the_attempt_stays_under_a_stand_in(folder: Path) -> None:
    """Verdict, paper and times stay; name, address and texts are gone."""
    before = as_json(read_results(folder))["students"]
    forgotten(folder)
    after = as_json(read_results(folder))["students"]
    attempt, same = after[0]["attempts"][0], before[0]["attempts"][0]
    assert after[0]["student"].startswith("forgotten-s-")
    assert [note["text"] for note in attempt["notes"]] == [None]
    assert [one["reason"] for one in attempt["verdicts"]] == [None]
    for name in ("verdict", "points", "reading", "started_at", "seconds", "allowed"):
        assert attempt[name] == same[name]


def test_the_others_are_untouched(folder: Path) -> None:
    """Scores, records and notes of the others are as before, but for a note that names her."""
    before = as_json(read_results(folder))["students"]
    forgotten(folder)
    after = as_json(read_results(folder))["students"]
    for one in before[1]["attempts"][0]["notes"]:
        if one["text"] == MENTION:
            one["text"] = None
    assert after[1:] == before[1:]


def test_other_rows_stay_byte_for_byte(folder: Path) -> None:
    """Lists lose the student's rows, in whichever way they name her, and no other byte."""
    lists = {name: (folder / name).read_bytes() for name in ("roster.csv", "reviews.csv")}
    forgotten(folder)
    for name, data in lists.items():
        kept = [
            line
            for line in data.splitlines(keepends=True)
            if not any(one in line for one in ("Núñez".encode(), b"zoe.nunez", b"photos/zoe"))
        ]
        assert (folder / name).read_bytes() == b"".join(kept) != data


def test_one_good_backup_and_a_whole_mirror_are_left(folder: Path) -> None:
    """All older copies are gone; the new one holds, and the mirror has every event."""
    done = forgotten(folder)
    assert [path.name for path in (folder / "backups").iterdir()] == [
        f"exam-{done.count:06d}-{done.head[:12]}.db"
    ]
    assert sound_head(copies(folder / "backups")[0].path) == (done.count, done.head)
    told, _ = read_mirror(folder / "events.jsonl")
    assert [one.event for one in told] == events(folder)
    assert any(one.text == "a note about 0007700002" for one in told)


def test_exports_and_kits_go(folder: Path) -> None:
    """Files that the program made and that name her are deleted, those nobody can read too."""
    forgotten(folder)
    left = [path for name in ("exports", "kit") for path in (folder / name).iterdir()]
    assert left == []


def test_an_emergency_file_keeps_its_events(folder: Path) -> None:
    """What waits in an emergency file stays; only the texts about the student go."""
    file = emergency(folder)
    forgotten(folder)
    told, _ = read_mirror(file)
    assert [one.text for one in told] == [
        None,
        "waiting note about 0007700002",
        "waiting 0007700003",
    ]


def test_own_files_are_named_and_left(folder: Path) -> None:
    """A file of the user's that holds the name is neither changed nor passed over in silence."""
    mine = folder / "my notes.txt"
    mine.write_text("Ask NÚÑEZ, Zoë again", encoding="utf-8")
    roll = read_roll(folder)
    planned = forget.plan(roll, (find(roll, "0007700001"),))
    assert planned.found.left == (mine,)
    assert forgotten(folder).left == (mine,)
    assert mine.exists()


@pytest.mark.parametrize(
    "text",
    [
        "0007700001",
        "ZOE.NUNEZ@example.edu",
        "zoë  núñez",
        "Núñez, Zoë",
        unicodedata.normalize("NFD", "Zoë Núñez"),
    ],
)
def test_a_student_is_found_by_id_address_or_name(folder: Path, text: str) -> None:
    """Id, e-mail address and the name in either order and normal form mean the student."""
    assert find(read_roll(folder), text).student.student_id == "0007700001"


@pytest.mark.parametrize("text", ["Zoe Nunez", "Zoë", "", "000770", "forgotten-s-1"])
def test_half_a_name_means_nobody(folder: Path, text: str) -> None:
    """What is not exactly a student's finds nobody: forgetting has no way back."""
    with pytest.raises(ExamError, match="Nobody"):
        find(read_roll(folder), text)


def test_several_of_one_name_are_listed(tmp_path: Path) -> None:
    """Two students of one name are refused with the list of both."""
    folder = written(tmp_path)
    twice = "0007704,Zoë Núñez,other@example.edu,,,,,,\r\n"
    (folder / "roster.csv").write_bytes((ROSTER + twice).encode())
    with pytest.raises(Refused) as refused:
        find(read_roll(folder), "Zoë Núñez")
    assert "0007700001" in refused.value.hint
    assert "0007704" in refused.value.hint


def test_a_draft_loses_only_rows(tmp_path: Path) -> None:
    """Before the first call there is no record: the lists and the photo are all there is."""
    folder = written(tmp_path)
    assert forgotten(folder) == forget.Done(0)
    assert left_behind(folder, ZOE) == []
    assert not (folder / "exam.db").exists()


def test_a_second_time_nobody_is_there(folder: Path) -> None:
    """Who was forgotten is not found any more, and nothing is written."""
    forgotten(folder)
    count = len(events(folder))
    with pytest.raises(ExamError, match="Nobody"):
        forgotten(folder)
    assert len(events(folder)) == count


def test_an_open_session_is_refused(folder: Path) -> None:
    """While the session is open nothing is forgotten."""
    desk = open_desk(folder, FakeClock(), FakeEntropy(), "ann")
    try:
        with pytest.raises(Refused, match="open already"):
            forgotten(folder)
    finally:
        desk.close()
    assert left_behind(folder, ["Zoë Núñez"])


def test_a_student_under_way_is_refused(tmp_path: Path) -> None:
    """Who is being examined is not forgotten, another one is; the clock's last sign stays."""
    folder, clock = written(tmp_path), FakeClock()
    desk = open_desk(folder, clock, FakeEntropy(), "ann")
    key = conduct.call(desk, desk.rows()[0].key)
    name = desk.row(key).attempt.id
    conduct.present(desk, desk.attempt(name))
    draws.reveal(desk, desk.attempt(name))
    conduct.start(desk, desk.attempt(name))
    desk.beat()
    desk.close()
    with pytest.raises(Refused, match="being examined"):
        forgotten(folder)
    clock.advance(60)
    forgotten(folder, "李雷")
    assert left_behind(folder, LEI) == []
    clock.advance(60)
    desk = open_desk(folder, clock, FakeEntropy(), "ann")
    seen = desk.last_seen
    desk.close()
    assert seen is not None
    assert seen.boot_ns == FakeClock().boot_ns


def test_a_damaged_record_is_not_written(folder: Path) -> None:
    """A record that was tampered with is refused before anything is deleted."""
    changed(folder / "exam.db", "UPDATE event SET actor = 'eve' WHERE seq = 2")
    copy_names = sorted(path.name for path in (folder / "backups").iterdir())
    with pytest.raises(Environment, match="damaged or was edited"):
        forgotten(folder)
    assert sorted(path.name for path in (folder / "backups").iterdir()) == copy_names
    assert not forget.is_unfinished(folder)


def test_the_session_goes_on_afterwards(folder: Path) -> None:
    """A session opens after a forgetting, and its copies go on from the new ones."""
    forgotten(folder)
    open_desk(folder, FakeClock(), FakeEntropy(), "ann").close()
    assert wrong(folder) == []
    told, _ = read_mirror(folder / "events.jsonl")
    assert [one.event for one in told] == events(folder)
    assert left_behind(folder, ZOE) == []


# --- purge ---------------------------------------------------------------------------------

NEW_YEAR = date(2025, 1, 1)


def test_purge_forgets_everyone(folder: Path) -> None:
    """After a purge no file says who anybody was; results are there, a receipt for each too."""
    old, alone = purge.look(folder.parent, NEW_YEAR)
    assert [one.folder for one in old] == [folder]
    done, hindered = purge.purge(old, FakeClock(), "ann")
    assert (alone, hindered, done[0][1].receipts) == ([], [], 3)
    assert left_behind(folder, [*ZOE, *CHI, *LEI, MENTION]) == []
    assert wrong(folder) == []
    scores = [one["score"] for one in as_json(read_results(folder))["students"]]
    assert scores == [10, 0, None]
    assert len(copies(folder / "backups")) == 1
    assert purge.look(folder.parent, NEW_YEAR) == ([], [])


def test_purge_takes_only_what_is_old(folder: Path) -> None:
    """A session of the day itself or later is not touched."""
    assert purge.look(folder.parent, date(2024, 12, 13)) == ([], [])
    assert len(purge.look(folder.parent, date(2024, 12, 14))[0]) == 1


def test_purge_goes_by_the_last_event_without_a_date(tmp_path: Path) -> None:
    """Without a date in the settings the last event counts; without events a session is named."""
    draft = written(tmp_path)
    (draft / "session.yaml").write_text("session: small\n", encoding="utf-8")
    old, alone = purge.look(tmp_path, NEW_YEAR)
    assert (old, [(one.folder, one.is_fault) for one in alone]) == ([], [(draft, False)])
    desk = open_desk(draft, FakeClock(), FakeEntropy(), "ann")
    conduct.absent(desk, desk.rows()[0].key)
    desk.close()
    assert purge.look(tmp_path, NEW_YEAR)[0][0].on == date(2024, 12, 13)


def test_purge_leaves_alone_what_it_cannot_do(folder: Path) -> None:
    """An open session and a broken one are named with the reason; nothing in them changes."""
    broken = folder.parent / "broken"
    broken.mkdir()
    (broken / "session.yaml").write_text("exam: [", encoding="utf-8")
    desk = open_desk(folder, FakeClock(), FakeEntropy(), "ann")
    try:
        old, alone = purge.look(folder.parent, NEW_YEAR)
        _, hindered = purge.purge(old, FakeClock(), "ann")
    finally:
        desk.close()
    assert [one.folder for one in alone] == [broken]
    assert [one.folder for one in hindered] == [folder]
    assert "open already" in hindered[0].why
    assert left_behind(folder, ["Zoë Núñez"])


def test_purge_of_no_folder_is_wrong_usage(tmp_path: Path) -> None:
    """A folder that is not there is told as such."""
    with pytest.raises(WrongUsage):
        purge.look(tmp_path / "none", NEW_YEAR)
