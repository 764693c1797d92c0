"""Every kind of event, and the form in which it is stored for good."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import MISSING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.chain import Event, what_from
from examrunner.domain.exam.moments import Moment
from examrunner.domain.plain import canonical, to_plain
from tests.fakes import NINE
from tests.strategies import values_of, whats

STORED: list[tuple[str, ev.What, str]] = [
    ("called", ev.Called("s.1"), '{"attempt":"s.1"}'),
    ("sent-back", ev.SentBack("s.1"), '{"attempt":"s.1"}'),
    ("present", ev.Present("s.1"), '{"attempt":"s.1"}'),
    ("absent", ev.Absent("s.1"), '{"attempt":"s.1"}'),
    ("postponed", ev.Postponed("s.1"), '{"attempt":"s.1"}'),
    ("returned", ev.Returned("s.1"), '{"attempt":"s.1"}'),
    ("relisted", ev.Relisted("s.1", "{}"), '{"attempt":"s.1","line":"{}"}'),
    (
        "revealed",
        ev.Revealed("s.1", "lora", ev.Origin.CHOSEN, text="ab"),
        '{"attempt":"s.1","origin":"chosen by hand","reading":"lora","text":"ab"}',
    ),
    (
        "sheet-chosen",
        ev.SheetChosen("s.1", "ff", ("q1", "q2"), ("core", "detail"), fallback=True),
        (
            '{"attempt":"s.1","bank":"ff","fallback":true,"kinds":["core","detail"],'
            '"questions":["q1","q2"]}'
        ),
    ),
    ("started", ev.Started("s.1", 300), '{"attempt":"s.1","seconds":300}'),
    ("started", ev.Started("s.1", None), '{"attempt":"s.1","seconds":null}'),
    ("paused", ev.Paused("s.1"), '{"attempt":"s.1"}'),
    ("resumed", ev.Resumed("s.1"), '{"attempt":"s.1"}'),
    (
        "recovered",
        ev.Recovered("s.1", Moment(NINE, "boot-1", 5), counted=False),
        (
            '{"attempt":"s.1","counted":false,"last_seen":{"at":"2024-12-13T15:00:00.000000Z",'
            '"boot_id":"boot-1","boot_ns":5}}'
        ),
    ),
    (
        "rated",
        ev.Rated("s.1", "q1", ev.Rating.STRONG, 52),
        '{"attempt":"s.1","question":"q1","rating":"strong","spent":52}',
    ),
    (
        "ticked",
        ev.Ticked("s.1", "q1", 2, on=True, spent=9),
        '{"attempt":"s.1","on":true,"point":2,"question":"q1","spent":9}',
    ),
    (
        "helped",
        ev.Helped("s.1", "q1", ev.Help.PROBED, 9),
        '{"attempt":"s.1","level":"probed","question":"q1","spent":9}',
    ),
    ("flagged", ev.Flagged("s.1", "q1", 9), '{"attempt":"s.1","question":"q1","spent":9}'),
    (
        "noted",
        ev.Noted("s.1", "q1", "ab", 9),
        '{"attempt":"s.1","question":"q1","spent":9,"text":"ab"}',
    ),
    (
        "not-asked",
        ev.NotAsked("s.1", "q1", "no-time", 0),
        '{"attempt":"s.1","question":"q1","spent":0,"why":"no-time"}',
    ),
    (
        "offered",
        ev.Offered("s.1", "q1", ev.Offer.HINT, 2, 9),
        '{"attempt":"s.1","number":2,"question":"q1","spent":9,"what":"hint"}',
    ),
    ("undone", ev.Undone("s.1", "e7"), '{"attempt":"s.1","event":"e7"}'),
    ("redone", ev.Redone("s.1", "e7"), '{"attempt":"s.1","event":"e7"}'),
    ("stopped", ev.Stopped("s.1"), '{"attempt":"s.1"}'),
    ("went-on", ev.WentOn("s.1"), '{"attempt":"s.1"}'),
    ("decided", ev.Decided("s.1", None), '{"attempt":"s.1","verdict":null}'),
    ("decided", ev.Decided("s.1", ev.Verdict.EDGE), '{"attempt":"s.1","verdict":"edge"}'),
    (
        "corrected",
        ev.Corrected("s.1", ev.Verdict.PASS, "ab"),
        '{"attempt":"s.1","text":"ab","verdict":"pass"}',
    ),
    (
        "second-read",
        ev.SecondRead("s.1", ev.Verdict.FAIL, "bo", "ab"),
        '{"attempt":"s.1","reader":"bo","text":"ab","verdict":"fail"}',
    ),
    (
        "committed",
        ev.Committed("cc", 1, {"settings": "aa"}),
        '{"commit":"cc","documents":{"settings":"aa"},"number":1}',
    ),
    ("opened", ev.Opened("{}"), '{"line":"{}"}'),
    ("entered", ev.Entered(2), '{"epoch":2}'),
    ("entered", ev.Entered(3, taken_over=True), '{"epoch":3,"taken_over":true}'),
    (
        "voided",
        ev.Voided("s.1", "illness", exposed=True, line="{}"),
        '{"attempt":"s.1","exposed":true,"line":"{}","why":"illness"}',
    ),
    (
        "granted",
        ev.Granted("s.2", "retake", "s.1"),
        '{"attempt":"s.2","of":"s.1","why":"retake"}',
    ),
    ("drawn-ahead", ev.DrawnAhead("s.1", "{}"), '{"attempt":"s.1","line":"{}"}'),
    (
        "added",
        ev.Added("s-1", "aa", "late", "{}"),
        '{"details":"aa","line":"{}","student":"s-1","why":"late"}',
    ),
    (
        "listed",
        ev.Listed("s-1", "aa", "import-error"),
        '{"details":"aa","student":"s-1","why":"import-error"}',
    ),
    (
        "person-changed",
        ev.PersonChanged("s-1", ("email",)),
        '{"fields":["email"],"student":"s-1"}',
    ),
    (
        "rebanked",
        ev.Rebanked({"r1": "aa"}, "late"),
        '{"banks":{"r1":"aa"},"why":"late"}',
    ),
    ("published", ev.Published("{}"), '{"line":"{}"}'),
    ("reordered", ev.Reordered(("s-2", "s-1")), '{"order":["s-2","s-1"]}'),
    ("suspended", ev.Suspended(), "{}"),
    ("continued", ev.Continued(), "{}"),
    ("incident", ev.Incident("ab"), '{"text":"ab"}'),
    ("closed", ev.Closed(), "{}"),
    ("reopened", ev.Reopened("ab"), '{"text":"ab"}'),
    ("clock-jumped", ev.ClockJumped(-600), '{"seconds":-600}'),
    ("forgotten", ev.Forgotten("s-1", 2), '{"student":"s-1","texts":2}'),
    (
        "restored",
        ev.Restored("exam-9.db", 9, 3),
        '{"copy":"exam-9.db","events":9,"mirrored":3}',
    ),
    ("from-paper", ev.FromPaper("s.1", 4), '{"attempt":"s.1","number":4}'),
    (
        "from-paper",
        ev.FromPaper("s.1", 4, 280, "ab"),
        '{"attempt":"s.1","number":4,"seconds":280,"text":"ab"}',
    ),
    (
        "exported",
        ev.Exported("canvas", "canvas.csv", "aa", 24, "bb"),
        '{"file":"canvas.csv","form":"canvas","head":"bb","scores":24,"sha256":"aa"}',
    ),
]
"""Kind, event and body, as ledgers already hold them."""


def test_names_of_kinds_are_stable() -> None:
    """Ledgers on disk hold these names; a renamed class must not rename its kind."""
    assert sorted(ev.KINDS) == sorted({kind for kind, _what, _body in STORED})


@pytest.mark.parametrize(("kind", "what", "body"), STORED)
def test_stored_bodies_are_stable(kind: str, what: ev.What, body: str) -> None:
    """An event is written as it always was, and what was written reads as the same event."""
    assert ev.kind_of(type(what)) == kind
    assert canonical(to_plain(what)) == body
    assert what_from(kind, json.loads(body)) == what


@pytest.mark.parametrize("kind", sorted(ev.KINDS))
@given(data=st.data())
def test_every_kind_comes_back_from_its_body(kind: str, data: st.DataObject) -> None:
    """Kind and body together are the whole event."""
    what = data.draw(values_of(ev.KINDS[kind]))
    event = Event(1, "e1", 0, "ann", Moment(NINE, "b", 0), what, "", "")
    assert event.kind == kind
    assert what_from(kind, json.loads(event.body())) == what


@given(whats(), whats())
def test_different_events_differ_in_kind_or_body(one: ev.What, other: ev.What) -> None:
    """No two events look the same once they are stored."""

    def stored(what: ev.What) -> tuple[str, str]:
        return ev.kind_of(type(what)), canonical(to_plain(what))

    assert (stored(one) == stored(other)) is (one == other)


def test_every_kind_belongs_to_an_attempt_or_to_the_session() -> None:
    """Events of an attempt name it; events of the session name none."""
    named = {
        kind
        for kind in ev.KINDS.values()
        if "attempt" in {f.name for f in dataclasses.fields(kind)}
    }
    assert named == set(ev.AttemptEvent.__args__)
    assert set(ev.KINDS.values()) - named == set(ev.SessionEvent.__args__)


def test_every_mark_says_which_question_and_how_long() -> None:
    """Marks are about a question and carry the seconds spent on it."""
    for mark in ev.MARKS:
        assert {"attempt", "question", "spent"} <= {
            field.name for field in dataclasses.fields(mark)
        }


def test_words_of_people_have_one_place_only() -> None:
    """A field called `text` is the only one for free words, so that all can be forgotten."""
    free = {"note", "notes", "name", "reason", "words", "remark", "comment"}
    for kind in ev.KINDS.values():
        assert not free & {field.name for field in dataclasses.fields(kind)}


def test_reasons_are_offered_never_demanded() -> None:
    """A text may be left out everywhere but in a note or an incident, which are nothing else."""
    for kind in ev.KINDS.values():
        for field in dataclasses.fields(kind):
            if field.name == "text":
                is_all = kind in (ev.Noted, ev.Incident)
                assert field.default is (MISSING if is_all else None)


def test_words_of_the_record_are_stable() -> None:
    """Ratings, help, verdicts and origins are stored by these names, from most to least."""
    assert [str(one) for one in ev.Rating] == ["strong", "enough", "weak"]
    assert [str(one) for one in ev.HELP_LEVELS] == ["unaided", "clarified", "probed", "led"]
    assert [str(one) for one in ev.Offer] == ["probe", "hint"]
    assert [str(one) for one in ev.NotAskedWhy] == ["no-time", "skipped", "declined", "not-needed"]
    assert [str(one) for one in ev.Verdict] == ["pass", "edge", "fail"]
    assert [str(one) for one in ev.Origin] == ["drawn", "assigned", "chosen by hand"]
