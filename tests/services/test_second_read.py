"""Second readings: kept beside the verdicts, counted, and never a verdict in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Refused
from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.rules import score
from examrunner.services import conduct, day_acts
from examrunner.services.results import as_json, read_results
from examrunner.services.second_read import (
    LONGEST_NAME,
    Agreement,
    agreement,
    readings_of,
    second_read,
    to_read,
)

if TYPE_CHECKING:
    from tests.services.desks import Room

PASS, EDGE, FAIL = Verdict.PASS, Verdict.EDGE, Verdict.FAIL


def test_a_second_reading_changes_no_verdict_and_no_score(room: Room) -> None:
    """Verdict, points and the list of edges are as before; the reading stands beside them."""
    attempt = room.decided("ana", EDGE)
    before = room.record("ana")
    kinds = room.wrote(lambda: second_read(room.desk, attempt, PASS, "bo", "knew it"))
    after = room.record("ana")
    assert kinds == ["second-read"]
    read = after["attempts"][0].pop("second_readings")
    assert before["attempts"][0].pop("second_readings") == []
    assert after == before
    assert [(one["verdict"], one["reader"], one["reason"]) for one in read] == [
        ("pass", "bo", "knew it")
    ]
    assert (read[0]["beside"], read[0]["agrees"]) == ("edge", False)
    assert [one.student for one in day_acts.edges(room.desk)] == [attempt.student]
    assert score(room.desk.settings.exam, [room.desk.attempt(attempt.id)]) is None


def test_agreement_is_with_the_verdict_that_was_in_force(room: Room) -> None:
    """A later correction makes no reader agree who did not; a reader's last word counts."""
    edge, sure = room.decided("ana", EDGE), room.decided("chi", PASS)
    second_read(room.desk, edge, FAIL, "bo")
    second_read(room.desk, room.desk.attempt(edge.id), PASS, "bo")
    second_read(room.desk, sure, PASS, "bo")
    second_read(room.desk, room.desk.attempt(sure.id), FAIL, "cy")
    conduct.correct(room.desk, room.desk.attempt(edge.id), PASS)
    assert agreement(room.desk.attempts()) == Agreement(3, 1)
    assert len(room.desk.attempt(edge.id).readings) == 2
    assert [one.verdict for one in readings_of(room.desk.attempt(edge.id))] == [PASS]
    told = as_json(read_results(room.folder))
    assert told["second_readings"] == {"n": 3, "agree": 1}


def test_what_a_reader_has_read_does_not_come_again(room: Room) -> None:
    """The edges, or everything with a verdict; another reader has them all to read."""
    edge, sure = room.decided("ana", EDGE), room.decided("chi", PASS)
    room.running("eli")
    assert [one.id for one in to_read(room.desk, "bo")] == [edge.id]
    assert {one.id for one in to_read(room.desk, "bo", everyone=True)} == {edge.id, sure.id}
    second_read(room.desk, edge, PASS, "bo")
    assert to_read(room.desk, "bo") == []
    assert [one.id for one in to_read(room.desk, "bo", everyone=True)] == [sure.id]
    assert [one.id for one in to_read(room.desk, "cy")] == [edge.id]


def test_only_what_is_decided_is_read_on_an_open_day(room: Room) -> None:
    """Nobody judges an attempt that is still going on, and a closed day stays as it is."""
    with pytest.raises(Refused, match="the attempt is running"):
        second_read(room.desk, room.running("ana"), PASS, "bo")
    conduct.stop(room.desk, room.attempt("ana"))
    conduct.decide(room.desk, room.attempt("ana"), EDGE)
    day_acts.close(room.desk)
    with pytest.raises(Refused, match="closed"):
        second_read(room.desk, room.attempt("ana"), PASS, "bo")


def test_a_reader_has_a_name_of_some_length(room: Room) -> None:
    """Without a name nothing is saved; a long one is cut."""
    attempt = room.decided("ana", EDGE)
    with pytest.raises(Refused, match="name"):
        second_read(room.desk, attempt, PASS, "  ")
    second_read(room.desk, attempt, PASS, "b" * 99)
    assert room.attempt("ana").readings[0].reader == "b" * LONGEST_NAME


def test_a_second_reading_survives_a_new_start(room: Room) -> None:
    """What is read from the ledger holds it, and so does what is folded anew."""
    second_read(room.desk, room.decided("ana", EDGE), PASS, "bo", "well")
    kept = room.attempt("ana").readings
    room.reopen()
    assert room.attempt("ana").readings == kept
    assert room.desk.text(kept[0].event) == "well"
