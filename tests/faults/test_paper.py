"""Everything fails in the middle of the day: it goes on on paper and is keyed in afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import Help, Rating, Verdict
from examrunner.domain.exam.phases import UNDER_WAY, Phase
from examrunner.services import conduct, draws, kit
from examrunner.services.enter_paper import Answer, Filled
from examrunner.services.results import as_json, read_results
from tests.services.paper import POINTS, key_in, kit_room

if TYPE_CHECKING:
    import random
    from pathlib import Path
    from typing import Any

    from tests.faults.conftest import Fault
    from tests.services.desks import Room

pytestmark = pytest.mark.crash

DAYS = 12
CLASS = 7
STEPS = ("call", "reveal", "start", "mark", "stop", "decide")


def day(parent: Path, chance: random.Random) -> Room:
    """Return a session with a kit, of a class that reviewed this and that."""
    roster, reviews = "student_id,name\n", "student_id,paper\n"
    for number in range(1, CLASS + 1):
        roster += f"s{number},Student {number}\n"
        own = chance.sample("ABC", chance.randint(1, 3))
        reviews += "".join(f"s{number},Paper {letter}\n" for letter in own)
    seed = str(chance.random())
    return kit_room(parent, seed=seed, roster=roster, reviews=reviews)


def examine(room: Room, key: str, steps: int) -> None:
    """Take the first so many steps of a student's exam in the app."""
    desk, name = room.desk, room.desk.row(key).attempt.id
    for step in STEPS[:steps]:
        attempt = desk.attempt(name)
        match step:
            case "call":
                conduct.call(desk, key)
                conduct.present(desk, desk.attempt(name))
            case "reveal":
                draws.reveal(desk, attempt)
            case "start":
                conduct.start(desk, attempt)
            case "mark":
                room.clock.advance(60)
                conduct.rate(desk, attempt, attempt.questions[0].id, Rating.WEAK, 60)
            case "stop":
                conduct.stop(desk, attempt)
            case "decide":
                conduct.decide(desk, attempt, Verdict.PASS)


def filled(number: int, chance: random.Random) -> Filled:
    """Return a sheet as an examiner may have filled it in."""
    answers = {
        place: Answer(
            chance.choice(list(Rating)),
            chance.choice([None, *Help]),
            tuple(sorted(chance.sample(range(1, POINTS + 1), chance.randint(0, POINTS)))),
            note=chance.choice(["", "a note"]),
        )
        for place in chance.sample(range(1, 5), chance.randint(1, 4))
    }
    seconds = chance.choice([None, chance.randint(30, 600)])
    return Filled(number, chance.choice(list(Verdict)), answers, None, seconds)


def compare(found: Any, sheet: Filled) -> None:
    """Compare an attempt of the results with the sheet it came from."""
    assert (found["from_paper"], found["verdict"]) == (sheet.number, sheet.verdict)
    assert found["seconds"] == sheet.seconds
    for place, answer in sheet.answers.items():
        asked = found["questions"][place - 1]
        assert (asked["rating"], asked["points"]) == (answer.rating, list(answer.points))
        assert asked["help"] == str(answer.help or Help.UNAIDED)
    noted = sum(bool(one.note) for one in sheet.answers.values())
    assert len(found["notes"]) == noted


def test_the_day_goes_on_on_paper(tmp_path: Path, fault: Fault) -> None:
    """The program dies at a random point; every sheet of the kit ends up as it was filled in."""
    sheets_keyed = 0
    for number in range(DAYS):
        parent = tmp_path / str(number)
        parent.mkdir()
        room = day(parent, fault.random)
        keys = [row.key for row in room.desk.rows()]
        done = fault.random.randrange(CLASS)
        for key in keys[:done]:
            examine(room, key, len(STEPS))
        examine(room, keys[done], fault.random.randrange(len(STEPS)))
        before = {one.id: one for one in room.desk.attempts() if one.phase is Phase.DECIDED}
        printed = kit.paper_sheets(room.desk, kit.kits(room.desk)[0])
        room.crash()
        room.open_again()
        sheets = [filled(place, fault.random) for place in range(done + 1, CLASS + 1)]
        for sheet in sheets:
            entry = key_in(room, sheet)
            assert entry.paper.questions == printed[sheet.number - 1].questions
        assert not any(one.phase in UNDER_WAY for one in room.desk.attempts())
        found = as_json(read_results(room.folder))["students"]
        for sheet in sheets:
            compare(found[sheet.number - 1]["attempts"][0], sheet)
        assert all(room.desk.attempt(name) == one for name, one in before.items())
        assert room.ledger.verify() == []
        room.leave()
        sheets_keyed += len(sheets)
    fault.report(35, "all fails, the rest of the day on paper, sheets", count=sheets_keyed)
