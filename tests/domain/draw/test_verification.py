"""What verifying adds to reading a log: stricter lines, stricter order, and a verdict."""

from __future__ import annotations

import pytest

from examrunner.domain.draw.limits import is_reason
from examrunner.domain.draw.lines import BadLine, read_canonical
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.published import Published
from examrunner.domain.draw.verification import Verified, verify
from examrunner.domain.errors import Refused
from examrunner.domain.problems import error
from tests.domain.draw import proofs, vectors
from tests.domain.draw.tampers import skipped
from tests.domain.draw.vectors import started


def test_a_rich_session_verifies() -> None:
    """Voids, late students, second attempts, sheets by hand and late banks leave nothing wrong."""
    verified = verify(proofs.folder(proofs.rich()))
    assert verified.problems == ()
    assert (verified.ok, verified.draws, verified.head) == (True, 8, proofs.rich().head)
    assert (verified.without_draw, verified.strength) == (("gus",), "public")


def test_attempts_that_are_left_out_are_a_note() -> None:
    """Every attempt gives another ticket: who picks one is asked why, and so are its numbers."""
    files = skipped()
    names = (proofs.COMMIT, proofs.LOG, proofs.SECRET, proofs.BANKS)
    notes = verify(Published(*(files[name] for name in names))).notes
    asked = "ask what became of those left out, since each gives another ticket."
    assert f"Line 2: attempt 11 follows 0: {asked}" in notes
    assert any(note.startswith("Line 5: attempt 1000") for note in notes)
    assert any("whether they said the numbers" in note for note in notes)
    usual = verify(proofs.folder(proofs.rich())).notes
    assert [note for note in usual if "attempt" in note] == [
        f"Line 20: attempt 3 follows 1: {asked}"
    ]


@pytest.mark.parametrize(
    ("public", "commit", "strength"),
    [
        ("-", None, "recorded"),
        ("-", "0" * 64, "recorded"),
        ("-", vectors.COMMIT_HASH, "recorded"),
        ("-", "own", "sealed"),
        (vectors.PUBLIC, None, "public"),
        (vectors.PUBLIC, "own", "public"),
    ],
)
def test_a_proof_is_sealed_by_the_line_that_was_published(
    public: str, commit: str | None, strength: str
) -> None:
    """Without a public value the published line makes a recorded draw a sealed one."""
    log = proofs.rich(public)
    given = log.commit_hash if commit == "own" else commit
    assert verify(proofs.folder(log), commit=given).strength == strength


def test_the_plain_verdict_has_one_shape() -> None:
    """The verdict as JSON has the same keys whether the files could be read or not."""
    unread = verify((error("it is missing", file="log.jsonl", rule="file"),)).plain()
    assert unread.keys() == verify(proofs.folder(proofs.rich())).plain().keys()
    problem = {"file": "log.jsonl", "line": None, "rule": "file", "text": "it is missing"}
    assert unread["problems"] == [problem]
    assert (unread["ok"], Verified().ok) == (False, True)


def test_every_problem_says_what_was_expected() -> None:
    """A paper that cannot follow is named with the key and the value that would."""
    files = proofs.files()
    log = files[proofs.LOG].replace('"paper":"bert"', '"paper":"clip"', 1)
    folder = Published(files[proofs.COMMIT], log, files[proofs.SECRET], files[proofs.BANKS])
    (problem,) = verify(folder).problems
    assert (problem.file, problem.line, problem.rule) == ("log.jsonl", 3, "derived")
    assert 'expected paper "bert"' in problem.text


@pytest.mark.parametrize("text", ["\ud800", '"\ud800"', "é\udfff"])
def test_texts_that_are_no_text_are_problems(text: str) -> None:
    """Half of a surrogate pair, which no file holds, is a problem and never a traceback."""
    for name in proofs.files():
        changed = proofs.files() | {name: text}
        folder = Published(
            changed[proofs.COMMIT],
            changed[proofs.LOG],
            changed[proofs.SECRET],
            changed[proofs.BANKS],
        )
        assert not verify(folder, heads=["0" * 8], commit="x").ok


def test_a_log_ends_only_after_its_start() -> None:
    """Without P there is nothing to end, whether the line is made or read."""
    log = DrawLog(vectors.commitment(), vectors.SECRET)
    with pytest.raises(Refused, match="has not started"):
        log.end()
    line = f'{{"e":"end","n":0,"prev":"{vectors.COMMIT_HASH}"}}'
    with pytest.raises(BadLine) as caught:
        log.read(line)
    assert caught.value.rule == "order"


def test_a_list_leaves_out_what_the_student_has() -> None:
    """While a draw stands a new list may not name its paper; after a void it may."""
    log = started()
    drawn = log.draw("ann", 1)
    with pytest.raises(Refused, match=f"already has {drawn.paper}"):
        log.list("ann", ["bert", drawn.paper], "second-paper")
    log.void(drawn.n, [], "interrupted")
    log.list("ann", ["bert", drawn.paper], "import-error")
    assert log.papers("ann") == tuple(sorted(("bert", drawn.paper)))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("\U0001fae8 new in Unicode 15", True),
        ("zero\u200dwidth joiner", True),
        ("soft\u00adhyphen", True),
        ("\u00a0\u3000", False),
        ("a\u202eb", False),
        ("a\u2066b", False),
        ("a\U000e0041b", False),
        ("a\x7fb", False),
        ("e\u0301", False),
    ],
)
def test_a_reason_does_not_depend_on_the_unicode_version(text: str, *, holds: bool) -> None:
    """What a `why` may hold is a fixed list, so that old and new programs agree."""
    assert is_reason(text) is holds


@pytest.mark.parametrize("text", ["1" * 101, "[" * 33 + "]" * 33, '{"a":1,"a":1}', "1.0", "NaN"])
def test_json_that_programs_read_differently_is_refused(text: str) -> None:
    """Huge integers, deep nesting, keys given twice and fractions are not canonical."""
    with pytest.raises(ValueError, match=r"."):
        read_canonical(text)
    assert read_canonical("1" * 100) == int("1" * 100)
    assert read_canonical("[" * 32 + "]" * 32)
