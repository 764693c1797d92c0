"""Invitations: equal slots for students, the plan for the examiner, and nothing private."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from examrunner.domain.errors import Refused
from examrunner.domain.problems import BadInput
from examrunner.services import day_acts
from examrunner.services.begin import begin_day
from examrunner.services.calendar import Invited, Wishes, invite, times_of, uid_of
from examrunner.services.forget import forget, plan
from examrunner.services.opening import open_desk
from examrunner.services.results import read_results
from examrunner.services.roll import find, read_roll
from examrunner.storage.database.ledger import Ledger
from tests.classes import examine, write_session
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

ROSTER = """\
student_id,name,email,extra_time
ana,"Rivera, Ana",ana@example.edu,1.5
chi,Chi Okafor,chi@example.edu,
eli,Eli Lane,eli@example.edu,
zoe,Zoë Núñez,zoe@example.edu,
"""
SETTINGS = """\
session: small
exam:
  date: {date}
  window: {{start: {start}, end: {end}, timezone: {zone}}}
  breaks: [{{at: {at}, minutes: 10}}]
"""


def session(folder: Path, roster: str = ROSTER, **parts: str) -> Path:
    """Write a session with a break; its date, hours and zone may be given."""
    usual = {
        "date": "2024-12-13",
        "start": "09:00",
        "end": "10:00",
        "zone": "America/Chicago",
        "at": "09:12",
    }
    return write_session(folder / "small", SETTINGS.format(**(usual | parts)), roster=roster)


def invited(folder: Path, clock: FakeClock | None = None, **wishes: Any) -> Invited:
    """Write the invitations."""
    return invite(folder, None, Wishes(**wishes), clock or FakeClock(), "ann")


def events(path: Path) -> list[Any]:
    """Return the events of a calendar, read by the library."""
    calendar = Calendar.from_ical(path.read_bytes())
    assert calendar["method"] == "PUBLISH"
    return list(calendar.walk("VEVENT"))


def index(done: Invited) -> list[dict[str, str]]:
    """Return which file is whose."""
    with (done.folder / "index.csv").open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def test_one_file_a_student_in_utc(tmp_path: Path) -> None:
    """Each file has one event in UTC, and its name is a number."""
    done = invited(session(tmp_path), location="Room 1")
    assert [row["file"] for row in index(done)] == [f"slot-00{n}.ics" for n in range(1, 5)]
    (event,) = events(done.folder / "slot-001.ics")
    assert event["dtstart"].dt == datetime(2024, 12, 13, 15, 0, tzinfo=UTC)
    assert event["location"] == "Room 1"
    assert b"DTSTART:20241213T150000Z\r\n" in (done.folder / "slot-001.ics").read_bytes()
    assert b"TZID" not in (done.folder / "slot-001.ics").read_bytes()


def test_students_see_equal_slots(tmp_path: Path) -> None:
    """Who has extra time shows neither in an invitation nor at the door, only in the plan."""
    with_extra = invited(session(tmp_path), door=True)
    (tmp_path / "other").mkdir()
    without = invited(session(tmp_path / "other", ROSTER.replace("1.5", "")), door=True)
    for name in ("slot-001.ics", "slot-002.ics", "slot-004.ics", "door.txt", "door.html"):
        texts = [(one.folder / name).read_bytes() for one in (with_extra, without)]
        assert texts[0] == texts[1], name
    planned = {str(one["summary"]): one for one in events(with_extra.folder / "instructor.ics")}
    first = planned["1 ana"]
    assert first["dtend"].dt - first["dtstart"].dt == timedelta(minutes=7, seconds=30)


def test_nobody_is_shown_a_time_after_the_planned_one(tmp_path: Path) -> None:
    """Whoever comes as invited is there when the plan wants them."""
    results = read_results(session(tmp_path))
    times = times_of(results.settings, [one.student for one in results.results])
    assert all(slot.shown.begin <= slot.planned.begin for slot in times.slots)


def test_nothing_private_leaves(tmp_path: Path) -> None:
    """No invitation holds a name, an id, an address, a paper or a score."""
    folder = session(tmp_path)
    examine(folder, {"ana": None})
    done = invited(folder)
    for path in done.folder.glob("slot-*.ics"):
        text = path.read_text().lower()
        for private in ("ana", "rivera", "chi", "example.edu", "attention", "gpt", "extra", "1.5"):
            assert private not in text.replace("prodid:-//examrunner//en", "")


def test_each_issue_replaces_the_one_before(tmp_path: Path) -> None:
    """The name of an event stays, its number rises, and a new folder is written each time."""
    folder = session(tmp_path)
    first, second = invited(folder), invited(folder)
    assert first.folder != second.folder
    (one,), (other,) = (events(done.folder / "slot-002.ics") for done in (first, second))
    assert one["uid"] == other["uid"] == uid_of("small", "chi")
    assert (int(one["sequence"]), int(other["sequence"])) == (0, 1)


def test_the_index_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    """No name in the list of which file is whose runs as a formula, and accents are read right."""
    done = invited(session(tmp_path, ROSTER.replace("Chi Okafor", "=cmd|' /C calc'!A0")))
    assert index(done)[1]["name"] == "'=cmd|' /C calc'!A0"
    assert (done.folder / "index.csv").read_bytes().startswith(b"\xef\xbb\xbfslot,time,")


def test_invitations_follow_the_order_of_the_day(tmp_path: Path) -> None:
    """Whoever is moved down on the board is invited, listed and shown at the door later."""
    folder = session(tmp_path, ROSTER.replace("1.5", ""))
    desk = open_desk(folder, FakeClock(), FakeEntropy(), "ann")
    try:
        begin_day(desk)
        first = desk.rows()[0]
        assert first.student.student_id == "ana"
        day_acts.move(desk, first.key, 1)
        day_acts.move(desk, first.key, 1)
    finally:
        desk.close()
    done = invited(folder, door=True)
    order = ["chi", "eli", "ana", "zoe"]
    assert [row["student_id"] for row in index(done)] == order
    door = (done.folder / "door.txt").read_text().splitlines()[3:]
    assert [row.split()[2] for row in door] == order
    (event,) = events(done.folder / "slot-001.ics")
    assert event["uid"] == uid_of("small", "chi")
    planned = [str(one["summary"]) for one in events(done.folder / "instructor.ics")]
    assert planned[:4] == [f"{place} {who}" for place, who in enumerate(order, 1)]


def test_who_has_left_is_cancelled_once(tmp_path: Path) -> None:
    """A student who is on the list no more gets a cancellation, and is invited again on return."""
    folder = session(tmp_path)
    first = invited(folder)
    (folder / "roster.csv").write_text(ROSTER.replace("chi,Chi Okafor,chi@example.edu,\n", ""))
    second = invited(folder)
    assert second.cancelled == 1
    (event,) = events(second.folder / "cancelled-001.ics")
    (before,) = events(first.folder / "slot-002.ics")
    assert (event["uid"], str(event["status"])) == (before["uid"], "CANCELLED")
    assert int(event["sequence"]) == 1
    (row,) = [row for row in index(second) if row["what"] == "cancelled"]
    assert (row["student_id"], row["name"]) == ("chi", "Chi Okafor")
    assert row["email"] == "chi@example.edu"
    assert invited(folder).cancelled == 0
    (folder / "roster.csv").write_text(ROSTER)
    back = invited(folder)
    (event,) = events(back.folder / "slot-002.ics")
    assert (event["uid"], int(event["sequence"])) == (before["uid"], 3)
    assert "status" not in event


def test_the_examiner_has_the_breaks(tmp_path: Path) -> None:
    """One calendar holds every slot and each break, names only when asked for."""
    done = invited(session(tmp_path), names=True)
    told = [str(one["summary"]) for one in events(done.folder / "instructor.ics")]
    assert told[0] == "1 Rivera, Ana"
    assert told[-1].endswith("break")
    assert len(told) == 5


def test_the_door_list_is_only_written_when_asked_for(tmp_path: Path) -> None:
    """The order at the door has ids or names, whatever they hold, as text and as a page."""
    folder = session(tmp_path, ROSTER.replace("Chi Okafor", "<b>Chi & Co"))
    assert not (invited(folder).folder / "door.txt").exists()
    done = invited(folder, door=True, names=True)
    assert "   2  09:05  <b>Chi & Co" in (done.folder / "door.txt").read_text()
    page = (done.folder / "door.html").read_text()
    assert "&lt;b&gt;Chi &amp; Co" in page
    assert "Friday 13 December 2024" in page


@pytest.mark.parametrize("lacking", ["date", "window", "minutes"])
def test_without_times_it_is_refused(tmp_path: Path, lacking: str) -> None:
    """Without a date, a window or a time limit there is nothing to invite to."""
    folder = session(tmp_path)
    text = (folder / "session.yaml").read_text().splitlines()
    kept = [
        row for row in text if lacking not in row and not (lacking == "window" and "at:" in row)
    ]
    kept += ["  minutes: none"] if lacking == "minutes" else []
    if lacking == "minutes":
        kept = [row for row in text if "breaks" not in row] + ["  minutes: none"]
    (folder / "session.yaml").write_text("\n".join(kept) + "\n")
    with pytest.raises(Refused, match=lacking):
        invited(folder)
    assert not (folder / "exports").exists()


def test_an_hour_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """A start in the hour that the clocks skip is told with day and zone."""
    parts = {"date": "2024-03-10", "start": "02:30", "end": "04:30", "at": "03:30"}
    with pytest.raises(Refused, match=r"no 02:30 on 2024-03-10 in America/Chicago"):
        invited(session(tmp_path, **parts))


def test_an_hour_that_is_twice_means_the_first(tmp_path: Path) -> None:
    """Where the clocks go back the first of two hours counts, and that is said."""
    parts = {"date": "2024-11-03", "start": "01:30", "end": "03:30", "at": "02:30"}
    done = invited(session(tmp_path, **parts))
    assert "twice" in done.warnings[0]
    (event,) = events(done.folder / "slot-001.ics")
    assert event["dtstart"].dt == datetime(2024, 11, 3, 6, 30, tzinfo=UTC)


def test_slots_go_on_by_the_clock_of_the_wall_that_jumps(tmp_path: Path) -> None:
    """Slots before and after the jump are as long as ever: 340 seconds of real time apart."""
    parts = {"date": "2024-03-10", "start": "01:50", "end": "04:00", "at": "03:40"}
    results = read_results(session(tmp_path, ROSTER.replace("1.5", ""), **parts))
    times = times_of(results.settings, [one.student for one in results.results])
    begins = [slot.planned.begin for slot in times.slots]
    assert {b - a for a, b in pairwise(begins)} == {timedelta(seconds=340)}


def test_an_issue_is_on_record(tmp_path: Path) -> None:
    """In a committed session an export of invitations is an event like any other."""
    folder = session(tmp_path)
    examine(folder, {"ana": None})
    done = invited(folder)
    with Ledger.open(folder / "exam.db", "small", create=False) as ledger:
        last = ledger.told()[-1].event.what
    assert getattr(last, "form", "") == "ics"
    assert getattr(last, "file", "") == done.folder.name


def test_a_spoilt_memory_is_told(tmp_path: Path) -> None:
    """A changed calendar.csv stops the export with its line, and nothing is written."""
    folder = session(tmp_path)
    (folder / "calendar.csv").write_text(
        "student_id,uid,sequence,begin,end,cancelled\nana,x,one,,,\n"
    )
    with pytest.raises(BadInput) as bad:
        invited(folder)
    assert bad.value.problems[0].line == 2
    assert not (folder / "exports").exists()


def test_forgetting_reaches_the_invitations(tmp_path: Path) -> None:
    """The lists of which file is whose go, and the memory says nothing of who was forgotten."""
    folder = session(tmp_path)
    done = invited(folder, door=True)
    roll = read_roll(folder)
    forget(plan(roll, (find(roll, "chi"),)), FakeClock(), "ann")
    assert not (done.folder / "index.csv").exists()
    assert not (done.folder / "door.txt").exists()
    kept = (folder / "calendar.csv").read_text()
    assert "chi," not in kept
    assert "ana," in kept


def test_who_has_left_and_was_invited_can_be_forgotten(tmp_path: Path) -> None:
    """A student whom only the invitations still name is found by name, and goes from there."""
    folder = session(tmp_path)
    invited(folder)
    (folder / "roster.csv").write_text(ROSTER.replace("chi,Chi Okafor,chi@example.edu,\n", ""))
    second = invited(folder)
    roll = read_roll(folder)
    forget(plan(roll, (find(roll, "Chi Okafor"),)), FakeClock(), "ann")
    kept = (folder / "calendar.csv").read_text()
    assert "chi" not in kept.lower()
    assert "ana," in kept
    assert not (second.folder / "index.csv").exists()


def test_a_memory_without_names_is_still_read(tmp_path: Path) -> None:
    """Rows that end before the name are cancelled as ever, by id alone."""
    folder = session(tmp_path)
    invited(folder)
    with (folder / "calendar.csv").open(newline="", encoding="utf-8") as stream:
        rows = [",".join(row[:6]) for row in csv.reader(stream)]
    (folder / "calendar.csv").write_text("\n".join(rows) + "\n")
    (folder / "roster.csv").write_text(ROSTER.replace("chi,Chi Okafor,chi@example.edu,\n", ""))
    (row,) = [row for row in index(invited(folder)) if row["what"] == "cancelled"]
    assert (row["student_id"], row["name"]) == ("chi", "")
