"""All papers drawn before the first student comes; the sheets are chosen at the reveal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.draw.log import DrawLog
from examrunner.domain.errors import Refused
from examrunner.domain.exam.events import Origin
from examrunner.services import conduct, day_acts, draws
from examrunner.services.begin import commit_session, open_day
from examrunner.services.changes import changes_of, take_in
from examrunner.services.proof import verify_session
from examrunner.services.secret import read_secret
from tests.services.desks import REVIEWS, Room, bank

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ahead(folder: Path) -> Iterator[Room]:
    """Give a session whose papers were all drawn ahead."""
    room = Room(folder)
    commit_session(room.desk)
    open_day(room.desk)
    draws.draw_all(room.desk)
    yield room
    room.leave()


def kinds(room: Room) -> list[str]:
    """Return the kinds of the lines of the public log."""
    return [json.loads(line)["e"] for line in room.ledger.lines()]


def test_everyone_with_a_paper_is_drawn_in_exam_order(ahead: Room) -> None:
    """Each gets one line; who has no paper to draw gets none."""
    drawn = [json.loads(line)["s"] for line in ahead.ledger.lines()[1:]]
    assert drawn == [ahead.key(who) for who in ("ana", "chi", "eli")]
    assert ahead.attempt("ana").is_drawn_ahead
    assert ahead.attempt("ana").reading is None
    assert not ahead.attempt("zoe").is_drawn_ahead


def test_drawing_ahead_again_draws_nobody_twice(ahead: Room) -> None:
    """The act may be repeated, also after the program was closed."""
    assert draws.draw_all(ahead.desk) == []
    ahead.reopen()
    assert draws.draw_all(ahead.desk) == []


def test_the_reveal_takes_the_paper_that_was_drawn(ahead: Room) -> None:
    """Its line is the one made ahead; only the sheet's is new."""
    log = {one.student: one for one in ahead.desk.log().draws}
    attempt = ahead.revealed("chi")
    assert attempt.origin is Origin.DRAWN
    assert attempt.reading == log[attempt.student].paper
    assert kinds(ahead) == ["start", "draw", "draw", "draw", "sheet"]
    assert json.loads(ahead.ledger.lines()[-1])["draw"] == log[attempt.student].n
    assert ahead.ledger.verify() == []
    stored = ahead.desk.stored_session()
    secret = read_secret(ahead.folder, stored.commitment)
    DrawLog.replay(stored.commitment, secret, ahead.ledger.lines())


def test_a_void_and_a_retake_go_on_from_there(ahead: Room) -> None:
    """A voided paper that was drawn ahead is left out of the next draw."""
    first = ahead.revealed("ana")
    again = day_acts.void(ahead.desk, first, "interrupted")
    assert again is not None
    second = ahead.revealed("ana")
    assert second.id == again.id
    assert {first.reading, second.reading} == {"paper-a", "paper-b"}


def test_a_list_does_not_change_behind_its_draw(ahead: Room) -> None:
    """Once the paper is drawn, though unseen, a correction is refused as after any draw."""
    (ahead.folder / "reviews.csv").write_text(REVIEWS + "chi,Paper B,\n", encoding="utf-8")
    changes = changes_of(ahead.desk)
    assert [one.is_drawn for one in changes.lists] == [True]
    assert take_in(ahead.desk, changes) == 0


def test_banks_may_be_written_once_the_papers_are_drawn(ahead: Room) -> None:
    """Draw first, write later: the sheet of a paper drawn ahead comes from the new questions."""
    path = ahead.folder / "banks" / "paper-c.yaml"
    path.write_text(bank("c", "opening", "core", "detail", "critique"), encoding="utf-8")
    take_in(ahead.desk, changes_of(ahead.desk), banks=True)
    attempt = ahead.revealed("eli")
    assert {question.id for question in attempt.questions} == {"c1", "c2", "c3", "c4"}
    assert verify_session(ahead.folder).problems == ()


def test_a_closed_day_draws_nobody(room: Room) -> None:
    """Drawing ahead asks the table of phases like everything else."""
    room.called()
    conduct.send_back(room.desk, room.attempt())
    day_acts.close(room.desk)
    with pytest.raises(Refused, match="closed"):
        draws.draw_all(room.desk)
