"""`bank new` and `bank schema`: a bank is begun, and editors know what it may hold."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.writers.json_schema import TEXTS, bank_schema
from tests.banks import clean_bank
from tests.classes import write_session
from tests.cli.test_bank import data, typed

Captured = pytest.CaptureFixture[str]
CS496 = Path(__file__).parents[2] / "questionbanks" / "cs496"
COURSE = """\
id: c
readings:
  - {id: trees, title: "Trees: on 'life'", authors: "A: B", arxiv: "1.2"}
"""


def test_a_new_bank_is_a_sound_draft(bank: Path, capsys: Captured) -> None:
    """Title and authors come from the catalogue, nothing in it is an error, nothing is drawn."""
    Path("course.yaml").write_text(COURSE)
    assert typed("bank", "new", "trees", "--course", "course.yaml", "--to", "shelf") == 0
    path = Path("shelf", "trees.yaml")
    text = path.read_text()
    assert text.startswith("# yaml-language-server: $schema=bank.schema.json\n")
    assert "# A: B\n" in text
    value, problems = read_bank(path)
    assert problems == []
    assert value is not None
    assert value.title == "Trees: on 'life'"
    assert value.questions == ()
    assert typed("bank", "lint", path) == 0


def test_the_examples_of_a_new_bank_are_questions(bank: Path, capsys: Captured) -> None:
    """With the # taken away from them, they are read as one question of each kind, well worded."""
    assert typed("bank", "new", "bushes", "--to", "shelf") == 0
    path = Path("shelf", "bushes.yaml")
    head, mark, tail = path.read_text().partition("questions:\n")
    path.write_text(head + mark + re.sub("^  # ", "  ", tail, flags=re.MULTILINE))
    value, problems = read_bank(path)
    assert problems == []
    assert value is not None
    assert [one.kind for one in value.questions] == ["core", "detail", "critique", "opening"]
    capsys.readouterr()
    assert typed("bank", "lint", path, "--json") == 0
    wording = {f"B{n:02}" for n in (4, 5, 6, 7, 8, 9, 10, 11, 13)}
    assert not wording & {one["rule"] for one in data(capsys)["problems"]}


@pytest.mark.parametrize("to", [".", "shelf", "a shelf", "../elsewhere"])
def test_what_a_new_bank_says_to_type_works_where_it_was_begun(bank: Path, to: str) -> None:
    """Its first lines name commands for it; they are typed as they stand there."""
    for folder in (to, Path(to).resolve() / "more"):
        assert typed("bank", "new", "bushes", "--to", folder) == 0
        text = Path(folder, "bushes.yaml").read_text()
        commands = re.findall(r"# \w+ it with: +examrunner (.*)", text)
        words = [shlex.split(one.removesuffix(" --watch")) for one in commands]
        assert [one[:2] for one in words] == [["bank", "show"], ["bank", "lint"]]
        assert [typed(*one) for one in words] == [0, 0]
        assert not any(Path(one[2]).is_absolute() for one in words)


def test_a_bank_begun_in_a_session_stands_where_the_session_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Its reading is one of the reviews, with their title; no folder for banks is told."""
    folder = write_session(tmp_path / "exam", "session: s\nbanks: []\n")
    monkeypatch.chdir(folder)
    for near in ("attention-is-all-you-ned", "attention"):
        assert typed("bank", "new", near) == 2
        assert "Did you mean attention-is-all-you-need" in capsys.readouterr().err
    assert typed("bank", "new", "attention-is-all-you-need", "--json") == 0
    assert data(capsys) | {"schema": None} == {
        "ok": True,
        "file": "attention-is-all-you-need.yaml",
        "title": "Attention Is All You Need",
        "schema": None,
        "missing_in_banks": ".",
    }
    Path("attention-is-all-you-need.yaml").unlink()
    Path("session.yaml").write_text("session: s\nbanks: [own]\n")
    assert typed("bank", "new", "attention-is-all-you-need") == 0
    assert "looks for no banks" not in capsys.readouterr().out
    assert Path("own", "attention-is-all-you-need.yaml").is_file()
    assert typed("bank", "new", "attention-is-all-you-need", "--to", "other") == 0
    assert "add `other` to `banks: [...]`" in capsys.readouterr().out


@pytest.mark.parametrize("reading", ["course", "approvals", "exposure"])
def test_no_bank_takes_the_place_of_a_file_beside_banks(bank: Path, reading: str) -> None:
    """A reading cannot have the name of the catalogue or of what the program keeps."""
    assert typed("bank", "new", reading, "--to", "shelf") == 2
    assert not Path("shelf").exists()


def test_nothing_is_overwritten(bank: Path, capsys: Captured) -> None:
    """A bank or a schema that is there stays as it is; a reading of no catalogue is told of."""
    assert typed("bank", "new", "trees", "--to", ".") == 3
    assert bank.read_text() == clean_bank()
    Path("bank.schema.json").write_text("mine")
    assert typed("bank", "new", "bushes", "--to", ".") == 0
    assert Path("bank.schema.json").read_text() == "mine"
    Path("course.yaml").write_text(COURSE)
    assert typed("bank", "new", "tree", "--course", "course.yaml") == 2
    assert "Did you mean trees?" in capsys.readouterr().err
    assert typed("bank", "new", "../x") == 2


def test_the_schema_takes_the_shipped_banks_and_refuses_slips(capsys: Captured) -> None:
    """Read as an editor reads YAML, every shipped bank is valid; a wrong key or kind is not."""
    assert typed("bank", "schema") == 0
    schema = data(capsys)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    banks = [path for path in sorted(CS496.glob("*.yaml")) if path.stem != "course"]
    texts = [path.read_text("utf-8") for path in banks if "questions:" in path.read_text("utf-8")]
    for text in (*texts, clean_bank(), "reading: r\nedition:\nquestions:\n"):
        assert [one.message for one in validator.iter_errors(_as_editors_read(text))] == []
    for old, new in (
        ("kind: core", "slot: core"),
        ("seconds: 60", "seconds: '60'"),
        ("- must: the", "- shall: the"),
        ("status: draft", "status: drafted"),
        ("reading: trees", "reading: tr ees"),
    ):
        wrong = _as_editors_read(clean_bank().replace(old, new))
        assert list(validator.iter_errors(wrong)), new


@pytest.mark.parametrize(
    ("old", "new", "is_taken"),
    [
        ("edition: first", "edition: 2", True),
        ("edition: first", "edition: 2.1", True),
        ("title: On Trees", "title: true", True),
        ("title: On Trees", "title: 1984", True),
        ("terms: [", "terms: [2, ", True),
        ("say: Why is the acorn next to its alder?", "say: 7", True),
        ("say: Why is the acorn next to its alder?", "say: ''", False),
        ("say: Why is the acorn next to its alder?", "say:", False),
        ("seconds: 60", "seconds: 0", False),
        ("seconds: 60", "seconds: 1", True),
        ("marks: 2", "marks: -1", False),
        ("marks: 2", "marks: 0", True),
        ("on: 2024-11-20", "on: 2024-1-3", False),
        ("on: 2024-11-20", "on: 2024-13-01", False),
        ("id: trees-o1", "id: 12", True),
        ("id: trees-o1", "id: -12", False),
        ("id: trees-o1", "id:", False),
        ("- must: the", "- must: ''\n      - must: the", False),
        ("- What changes for the apron?", "- ''", False),
    ],
)
def test_editor_and_reader_agree(bank: Path, old: str, new: str, is_taken: bool) -> None:  # noqa: FBT001
    """What the schema marks red in an editor is what the program refuses to read."""
    text = clean_bank().replace(old, new, 1)
    assert text != clean_bank()
    bank.write_text(text)
    assert (read_bank(bank)[0] is not None) is is_taken
    faults = jsonschema.Draft7Validator(bank_schema()).iter_errors(_as_editors_read(text))
    assert [one.message for one in faults] == [] if is_taken else list(faults) != []


@pytest.mark.parametrize("title", ["true", "null", "1984", "No", "2.5", "~", "On 'life': #1"])
@pytest.mark.parametrize("reading", ["1984", "true", "1.5", "on"])
def test_a_new_bank_says_the_same_to_editor_and_reader(
    bank: Path, title: str, reading: str
) -> None:
    """Titles and ids that look like numbers or truth values are written in quotes."""
    quoted = title.replace("'", "''")
    Path("course.yaml").write_text(f"id: c\nreadings: [{{id: {reading}, title: '{quoted}'}}]\n")
    assert typed("bank", "new", reading, "--course", "course.yaml", "--to", "shelf") == 0
    path = Path("shelf", f"{reading}.yaml")
    value = read_bank(path)[0]
    assert value is not None
    assert (value.reading, value.title) == (reading, title)
    seen = _as_editors_read(path.read_text())
    assert (seen["reading"], seen["title"]) == (reading, title)
    assert list(jsonschema.Draft7Validator(bank_schema()).iter_errors(seen)) == []


def test_every_key_is_described() -> None:
    """Schema and types have the same keys, each with words for the editor."""
    schema = bank_schema()
    kinds = {"Bank": schema, **schema["definitions"]}
    for name, texts in TEXTS.items():
        assert set(kinds[name]["properties"]) == set(texts), name
        assert all(one["description"] for one in kinds[name]["properties"].values())
    assert set(kinds) == {*TEXTS, "Point", "State"}


def _as_editors_read(text: str) -> Any:
    """Return YAML 1.2 data: numbers and booleans are told apart from texts, dates are texts."""
    return yaml.load(text, _Loader)


class _Loader(yaml.SafeLoader):
    """Knows YAML 1.2, as far as banks need it."""


_Loader.yaml_implicit_resolvers = {}


for _name, _form, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?[0-9]+", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]+", "-0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(rf"(?:{_form})$"), list(_first)
    )
