"""Laws of banks: written and read again they are equal, and no input ends in a traceback."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Bank, Question
from examrunner.domain.bank.lint.rules import Demands
from examrunner.domain.plain import to_plain
from examrunner.domain.problems import Severity
from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.readers.bank_judge import judge_file
from tests.banks import READING, clean_bank, judged
from tests.strategies import values_of

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,20}", fullmatch=True)
VISIBLE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1)
CLEAN = clean_bank()
LINES = CLEAN.splitlines(keepends=True)


def _usual(value: Any) -> Any:
    """Return plain data with every text as it may stand in a file, and no empty lists."""
    import unicodedata

    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value)
        kept = "".join(one for one in text if one.isprintable()).strip()
        return unicodedata.normalize("NFC", kept) or "x"
    if isinstance(value, list):
        return [_usual(item) for item in value]
    if isinstance(value, dict):
        return {key: _usual(item) for key, item in value.items()}
    return value


@st.composite
def banks(draw: st.DrawFn) -> dict[str, Any]:
    """Return any valid bank as plain data."""
    names = draw(st.lists(IDS, max_size=4, unique=True))
    questions = []
    for name in names:
        plain = _usual(to_plain(draw(values_of(Question))))
        seconds, marks = draw(st.integers(1, 10**8)), draw(st.integers(0, 10**8))
        questions.append({**plain, "id": name, "seconds": seconds, "marks": marks})
    plain = _usual(to_plain(draw(values_of(Bank))))
    version = draw(st.integers(0, 10**8))
    return {**plain, "reading": READING, "questions": questions, "bank_version": version}


def _written(plain: dict[str, Any]) -> str:
    """Return a bank as a file; JSON is YAML, and its points are written with must and also."""

    def form(item: Any) -> Any:
        if isinstance(item, dict) and item.keys() <= {"text", "must"} and "text" in item:
            return {"must" if item.get("must") else "also": item["text"]}
        if isinstance(item, dict):
            return {key: form(value) for key, value in item.items()}
        return [form(value) for value in item] if isinstance(item, list) else item

    return json.dumps(form(plain), ensure_ascii=False)


@settings(max_examples=60)
@given(banks())
def test_a_bank_that_is_written_is_read_again_as_it_was(plain: dict[str, Any]) -> None:
    """Every field of every valid bank survives the file, and lint takes what the reader takes."""
    from examrunner.domain.plain import from_plain

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{READING}.yaml"
        path.write_text(_written(plain), encoding="utf-8")
        bank, problems = read_bank(path)
        assert problems == []
        assert bank == from_plain(Bank, plain)
        found = judge_file(path, Demands()).problems
        assert {one.rule for one in found if one.severity is Severity.ERROR} <= {"B30"} | STRICT


STRICT = {f"B{n:02d}" for n in range(2, 30)}
"""A question that claims to be reviewed may break any rule."""


def _ends_well(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in (f"{READING}.yaml", "course.yaml", "approvals.yaml", "exposure.yaml"):
            path = Path(folder) / name
            path.write_bytes(data)
            for demands in (Demands(), Demands(approval=True, approvals=True)):
                found = judge_file(path, demands, ("Ann Dale",))
                assert all(one.file == str(path) and one.line for one in found.problems)
                assert found == judge_file(path, demands, ("Ann Dale",))


@settings(max_examples=80)
@given(st.binary(max_size=200) | VISIBLE.map(str.encode))
@example(b"")
@example(b"reading: trees\nquestions: [{}]\n")
@example(b"questions: [{anchors: {strong: }, look_for: [{must: }], say: }]\n")
def test_no_bytes_end_in_a_traceback(data: bytes) -> None:
    """Whatever a file holds, as bank, course or approvals: problems with lines, the same twice."""
    _ends_well(data)


WORDS = [
    *("reading", "questions", "say", "kind", "look_for", "must", "also", "anchors", "strong"),
    *("source", "at", "not_with", "id", "status", "log", "by", "probes", "hints", "terms"),
    *("symbols", "write", "gist", "edition", "level", "marks", "seconds"),
]
NODES = st.recursive(
    st.none() | st.booleans() | st.integers() | VISIBLE | st.sampled_from(["opening", "draft"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=80)
@given(st.dictionaries(st.sampled_from(["reading", "questions", "terms", "gist"]), NODES))
def test_no_yaml_ends_in_a_traceback(tree: dict[str, Any]) -> None:
    """Lists, mappings and texts of the right words in the wrong places are all told of."""
    _ends_well(json.dumps(tree, ensure_ascii=False).encode())


@st.composite
def edits(draw: st.DrawFn) -> str:
    """Return a clean bank with a few lines lost, doubled, moved in or out, or cut."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        cut = draw(st.integers(0, len(line)))
        lines[place] = draw(
            st.sampled_from(
                ["", line + line, " " + line, line[1:], line[:cut] + "\n", line[:cut] + "'" + line]
            )
        )
    return "".join(lines)


@settings(max_examples=150)
@given(edits())
@example(CLEAN.replace("seconds: 60", "seconds: 0", 1))
@example(CLEAN.replace("marks: 2", "marks: -1", 1))
@example(CLEAN.replace("reading: trees", "reading: tree"))
@example(CLEAN.replace("trees-d3", "trees-d1"))
@example(CLEAN.replace("also: a kayak grows there", "also:"))
def test_a_draft_has_errors_if_and_only_if_it_cannot_be_read(text: str) -> None:
    """Lint and the reader of an exam day agree on what a usable bank is."""
    with tempfile.TemporaryDirectory() as folder:
        found = judged(Path(folder), text, Demands())
        bank, _ = read_bank(Path(folder) / f"{READING}.yaml")
        has_errors = any(one.severity is Severity.ERROR for one in found)
        assert has_errors == (bank is None), [str(one) for one in found]


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_questions_changes_only_places(tmp_path: Path, seed: int) -> None:
    """A bank full of faults draws the same rules as often, however its questions are ordered."""
    chance = random.Random(seed)
    head, *blocks = CLEAN.split("  - id: ")
    for _ in range(12):
        place = chance.randrange(len(blocks))
        lines = blocks[place].splitlines(keepends=True)
        line = chance.randrange(2, len(lines))
        lines[line] = lines[chance.randrange(2, len(lines))] if chance.random() < 0.3 else ""
        blocks[place] = "".join(lines)
        other = chance.randrange(len(blocks))
        blocks[other] = blocks[other].replace("falls over", "falls quite over")
    counts = []
    for _ in range(3):
        text = head + "".join("  - id: " + block for block in blocks)
        found = judged(tmp_path, text)
        counts.append(Counter((one.rule, one.severity) for one in found if one.rule != "yaml"))
        chance.shuffle(blocks)
    assert counts[0] == counts[1] == counts[2]
