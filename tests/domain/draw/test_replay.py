"""Reading a log back: any prefix is the log, and no changed byte passes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.draw.log import DrawLog
from examrunner.domain.errors import ExamError, Refused
from examrunner.domain.plain import canonical, sha256
from examrunner.domain.problems import BadInput
from tests.domain.draw.vectors import BANK, PUBLIC, SECRET, commitment, started


def full() -> DrawLog:
    """Return a log with every kind of line."""
    log = started()
    log.draw("ann", 1)
    log.sheet(1, BANK)
    log.absent("bob", "illness")
    log.void(1, ["clip"], "interrupted")
    log.add("eve", ["attention", "bert"], "late")
    log.draw("eve", 1, "42")
    log.sheet_by_hand(6, BANK[:2], "other", {"bank": "0" * 64})
    log.list("ann", ["bert"], "retake")
    log.draw("ann", 2)
    log.sheet(9, BANK)
    log.end()
    return log


def replay(lines: tuple[str, ...]) -> DrawLog:
    """Return the log read back from lines."""
    return DrawLog.replay(commitment(), SECRET, lines)


def rewritten(lines: tuple[str, ...], index: int, **changes: Any) -> tuple[str, ...]:
    """Return lines in which one has other keys and all later ones chain to it again."""
    made: list[str] = list(lines[:index])
    prev = sha256(lines[index - 1]) if index else commitment().hash
    for number, line in enumerate(lines[index:]):
        body = json.loads(line) | ({} if number else changes) | {"prev": prev}
        made.append(canonical({key: item for key, item in body.items() if item is not None}))
        prev = sha256(made[-1])
    return tuple(made)


def test_any_prefix_replays_to_the_log() -> None:
    """From every prefix the rest of the log follows again, line by line and head by head."""
    lines = full().lines
    for cut in range(len(lines) + 1):
        log = replay(lines[:cut])
        for line in lines[cut:]:
            assert log.read(line).line == line
        assert (log.lines, log.head) == (lines, full().head)


def test_a_crashed_draw_is_made_again_identically() -> None:
    """A draw that was lost comes out the same from the lines that were kept."""
    log = full()
    drawn = log.draws[1]
    again = replay(log.lines[: drawn.n])
    assert again.draw("eve", 1, "42") == drawn


def test_the_state_after_replay_is_the_state_before() -> None:
    """Draws, uses, lists, positions and attempts come back."""
    log, again = full(), replay(full().lines)
    assert (again.draws, again.uses(), again.voided) == (log.draws, log.uses(), log.voided)
    for student in log.students:
        assert again.papers(student) == log.papers(student)
        assert again.position(student) == log.position(student)
        assert again.next_attempt(student) == log.next_attempt(student)


def test_flipping_any_byte_is_detected() -> None:
    """Each single changed byte of any line breaks the replay or changes the head."""
    lines, head = full().lines, full().head
    for index, line in enumerate(lines):
        before = replay(lines[:index])
        for place in range(len(line)):
            flipped = line[:place] + chr(ord(line[place]) ^ 1) + line[place + 1 :]
            log = before.copy()
            try:
                log.read(flipped)
                for later in lines[index + 1 :]:
                    log.read(later)
            except ExamError:
                continue
            assert log.head != head


def test_a_missing_or_repeated_line_is_detected() -> None:
    """Leaving out, repeating or swapping lines names the first line that is wrong."""
    lines = full().lines
    for wrong in (lines[:2] + lines[3:], lines[:2] + lines[1:], (lines[0], lines[2], lines[1])):
        with pytest.raises(BadInput, match=r"line [23] of the draw log"):
            replay(wrong)


@pytest.mark.parametrize(
    ("index", "changes", "message"),
    [
        (1, {"ticket": 7}, "ticket cannot follow"),
        (1, {"paper": "bert"}, "paper cannot follow"),
        (1, {"odds": [["attention", 2**30]]}, "odds cannot follow"),
        (1, {"odds": [["attention", 5]]}, "odds is missing"),
        (1, {"odds": [["attention", 2**30, 1]]}, "odds is missing"),
        (1, {"odds": None}, "odds is missing"),
        (1, {"s": "zoe"}, "zoe is not in the draw"),
        (1, {"a": True}, "a is missing or has no meaning"),
        (1, {"a": 0}, "a is missing or has no meaning"),
        (1, {"nonce": ""}, "nonce is missing"),
        (1, {"e": "dance"}, "kind 'dance' is unknown"),
        (1, {"e": 7}, "kind 7 is unknown"),
        (1, {"n": 5}, "its number is 5"),
        (1, {"n": True}, "its number is True"),
        (1, {"n": None}, "its number is None"),
        (1, {"x": 1.5}, "not canonical JSON"),
        (1, {"é": 1}, "not canonical JSON"),
        (0, {"public": " x"}, "public is missing"),
        (2, {"cost": 3}, "cost cannot follow"),
        (2, {"rank": 10**6}, "rank of the sheet"),
        (2, {"relaxed": 5}, "no relaxation 5"),
        (2, {"draw": 0}, "line 1 of the draw log is not a draw"),
        (2, {"q": ["q1", "q1"]}, "q is missing"),
        (4, {"exclude": ["b", "a"]}, "exclude is missing"),
        (4, {"why": ""}, "why is missing"),
        (5, {"pos": 9}, "pos cannot follow"),
        (7, {"why": None}, "reason must be given"),
        (8, {"p": ["b", "a"]}, "p is missing"),
    ],
)
def test_a_rewritten_log_is_detected(index: int, changes: dict[str, Any], message: str) -> None:
    """Lines that chain well but could not have been made are named with what is wrong."""
    with pytest.raises(BadInput, match=f"line {index + 1} of the draw log: .*{message}"):
        replay(rewritten(full().lines, index, **changes))


def test_a_line_after_the_end_is_named() -> None:
    """A log that goes on after its end line does not replay."""
    log = full()
    late = {"e": "absent", "n": 12, "prev": log.head, "s": "bob", "why": "other"}
    with pytest.raises(BadInput, match="line 13 of the draw log: the draw log has ended"):
        replay((*log.lines[:12], canonical(late)))


def test_extra_keys_are_let_through() -> None:
    """Keys beyond the spec's stay in the line, in its hash and out of the way."""
    lines = rewritten(full().lines[:2], 1, t=1734080400)
    log = replay(lines)
    assert log.lines == lines
    assert log.draws[0].paper == full().draws[0].paper


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """A line that is no line ends in BadInput and leaves the log as it was."""
    log = started()
    with pytest.raises(BadInput, match="line 2 of the draw log"):
        log.read(text)
    assert len(log.lines) == 1


def test_hostile_nesting_is_refused() -> None:
    """A line of a hundred thousand brackets is refused like any other."""
    with pytest.raises(BadInput, match="canonical"):
        started().read("[" * 100_000)


PAPERS = ["attention", "bert", "clip", "dalle", "glide", "vqvae"]
STUDENTS = ["ann", "bob", "cho", "dee", "eve", "flo"]
ACTS = st.tuples(
    st.sampled_from(["start", "draw", "draw", "draw", "sheet", "void", "add", "list", "absent"]),
    st.sampled_from(STUDENTS),
    st.integers(0, 12),
    st.sets(st.sampled_from(PAPERS), max_size=4),
)


@settings(deadline=None)
@given(h=st.integers(0, 6), acts=st.lists(ACTS, max_size=25))
def test_whatever_happens_the_log_replays(
    h: int, acts: list[tuple[str, str, int, set[str]]]
) -> None:
    """After any acts, allowed or refused, the lines replay and every row is an odds row."""
    log = DrawLog(commitment(h=h), SECRET)
    for kind, student, line, papers in acts:
        try:
            match kind:
                case "start":
                    log.start(PUBLIC)
                case "draw":
                    log.draw(student, log.next_attempt(student), str(line))
                case "sheet":
                    log.sheet(line, BANK)
                case "void":
                    log.void(line, papers, "other")
                case "add":
                    log.add(student, papers, "late")
                case "list":
                    log.list(student, papers, "retake")
                case _:
                    log.absent(student, "illness")
        except Refused:
            continue
    again = DrawLog.replay(commitment(h=h), SECRET, log.lines)
    assert (again.head, again.draws, again.uses()) == (log.head, log.draws, log.uses())
    for drawn in log.draws:
        assert drawn.paper in drawn.odds
        assert sum(drawn.odds.values()) == 2**30
