"""The corpora of hostile input, where they lie beside the checkout."""

from __future__ import annotations

import ast
import base64
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from examrunner.domain.text import is_id
from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.session_files import read_settings
from examrunner.storage.readers.yaml_tree import Mapping, Scalar, read_tree

CORPORA = Path(__file__).parents[2].parent / "shared" / "fixtures" / "hostile"
LIMIT_SECONDS = 2


def corpus(name: str) -> Any:
    """Return a corpus, or skip the test."""
    path = CORPORA / name
    if not path.exists():
        pytest.skip(f"the corpus {name} does not lie beside this checkout")
    return json.loads(path.read_text())


def content(case: dict[str, Any]) -> bytes:
    """Return the bytes of a case: given as text, as base64 or as a recipe."""
    if "yaml" in case:
        return str(case["yaml"]).encode("utf-8", "surrogatepass")
    if "b64" in case:
        return base64.b64decode(case["b64"])
    made = case["gen"]
    times = made["times"]
    if "unit_indent" in made:
        return "".join(f"{' ' * n}{made['unit_indent']}\n" for n in range(times)).encode()
    body = made["unit"] * times + made.get("close", "") * times
    return f"{made.get('prefix', '')}{body}{made.get('suffix', '')}".encode()


def texts(root: Mapping) -> dict[str, str]:
    """Return the texts of a flat mapping."""
    return {key.text: node.text for key, node in root.entries if isinstance(node, Scalar)}


def wanted(must: str) -> dict[str, str]:
    """Return the texts that a case must arrive as."""
    return {key: ast.literal_eval(text) for key, text in re.findall(r"(\w+)=('[^']*')", must)}


def test_every_hostile_bank_is_refused_or_kept_exactly() -> None:
    """Each case ends in under two seconds as its `must` says: exact text, or a located problem."""
    for case in corpus("bank_yaml.json"):
        start = time.perf_counter()
        root, problems = read_tree(content(case), "bank.yaml")
        assert time.perf_counter() - start < LIMIT_SECONDS, case["id"]
        assert all(p.line and p.file == "bank.yaml" for p in problems), case["id"]
        must = case["must"]
        if must.startswith("reject"):
            assert root is None, case["id"]
            assert problems, case["id"]
        elif must.startswith("warn"):
            assert problems, case["id"]
        elif expected := wanted(must):
            assert root is not None, case["id"]
            assert texts(root) == expected, case["id"]
        else:
            assert root is not None or problems, case["id"]


def test_every_error_of_the_yaml_test_suite_ends_well() -> None:
    """What PyYAML's parser refuses is refused here with a line; nothing raises or takes long."""
    for case in corpus("yaml_test_suite_errors.json"):
        start = time.perf_counter()
        root, problems = read_tree(content(case), "bank.yaml")
        assert time.perf_counter() - start < LIMIT_SECONDS, case["id"]
        assert all(p.line for p in problems), case["id"]
        if case["pyyaml_6_0_3_c"] == "rejected":
            assert root is None, case["id"]
        assert root is not None or problems, case["id"]


def test_hostile_files_end_well_in_every_role(tmp_path: Path) -> None:
    """Read as a bank, a course or a session file, each case ends as a value or located problems."""
    for case in [*corpus("bank_yaml.json"), *corpus("yaml_test_suite_errors.json")]:
        for name in ("bank.yaml", "course.yaml", "session.yaml"):
            (tmp_path / name).write_bytes(content(case))
        start = time.perf_counter()
        bank, told = read_bank(tmp_path / "bank.yaml")
        course, more = read_course(tmp_path / "course.yaml")
        settings, most = read_settings(tmp_path)
        assert time.perf_counter() - start < 3 * LIMIT_SECONDS, case["id"]
        assert bank is None, case["id"]
        assert told, case["id"]
        assert course is not None or more, case["id"]
        assert settings is not None or most, case["id"]
        assert all(p.line for p in [*told, *more, *most]), case["id"]


def test_hostile_ids_are_refused(tmp_path: Path) -> None:
    """An id that could be a path or an option is refused at its line in every kind of file."""
    for case in corpus("ids.json")["values"]:
        if is_id(case["value"]):
            continue  # CON and nul.yaml: ids are looked up among files, never made into paths
        text = json.dumps(case["value"])
        (tmp_path / "session.yaml").write_text(f"session: {text}\n")
        (tmp_path / "course.yaml").write_text(f"id: c\nreadings: [{{id: {text}, title: t}}]\n")
        question = f"{{id: {text}, kind: core, say: x}}"
        (tmp_path / "b.yaml").write_text(f"reading: b\nquestions: [{question}]\n")
        (tmp_path / "r.yaml").write_text(f"reading: {text}\nquestions: []\n")
        found = [
            read_settings(tmp_path),
            read_course(tmp_path / "course.yaml"),
            read_bank(tmp_path / "b.yaml"),
            read_bank(tmp_path / "r.yaml"),
        ]
        for value, problems in found:
            assert value is None, case["id"]
            assert all(p.line for p in problems), case["id"]
