"""Hostile texts out of the program: spreadsheets, Canvas, JSON, ledger, files and messages."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from examrunner.domain.exam.events import Rating, Verdict
from examrunner.domain.text import is_id
from examrunner.main import main
from examrunner.services import conduct, draws, export, export_into
from examrunner.services.export_into import Into
from examrunner.services.folders import COMMIT_FILE
from examrunner.services.opening import open_desk
from examrunner.services.results import as_json, read_results
from tests.classes import write_session
from tests.fakes import FakeClock, FakeEntropy
from tests.hostile import let_in
from tests.hostile_files import GRADEBOOK, table

if TYPE_CHECKING:
    from tests.faults.conftest import Fault

EXAMINED = 24
"""So many students are examined; every one is in the exports."""
RUNS = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""Our own idea of what a spreadsheet may take for a formula."""
NUMBERS = {"score", "seconds"}


class Written:
    """A session in which every hostile text is a name and a title, and some are notes."""

    def __init__(self, folder: Path) -> None:
        self.texts = let_in()
        names = [[f"s{n:04}", text, text] for n, text in enumerate(self.texts)]
        self.folder = write_session(
            folder / "hostile",
            "session: hostile\n",
            roster=table(["student_id", "name", "section"], *names).decode(),
            reviews=table(["student_id", "paper"], *(row[:2] for row in names)).decode(),
        )
        self.clock = FakeClock()
        self._examine()
        self.results = read_results(self.folder)

    def _examine(self) -> None:
        desk = open_desk(self.folder, self.clock, FakeEntropy(), "ann")
        try:
            for place, text in enumerate(self.texts[:EXAMINED]):
                key = conduct.call(desk, desk.rows()[place].key)
                name = desk.row(key).attempt.id
                conduct.present(desk, desk.attempt(name))
                draws.reveal(desk, desk.attempt(name))
                conduct.start(desk, desk.attempt(name))
                question = desk.attempt(name).questions[0].id
                conduct.rate(desk, desk.attempt(name), question, Rating.STRONG, 1)
                conduct.note(desk, desk.attempt(name), question, text, 1)
                conduct.stop(desk, desk.attempt(name))
                conduct.decide(desk, desk.attempt(name), Verdict.PASS, text)
        finally:
            desk.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return the session, made once for all tests, which only read it."""
    return Written(tmp_path_factory.mktemp("written"))


def cells(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    """Return a CSV file as its rows."""
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=delimiter))


def test_no_cell_of_the_table_for_people_is_a_formula(written: Written, fault: Fault) -> None:
    """Every text is there behind an apostrophe or as it is; ids and numbers are as they are."""
    rows = cells(export.csv_bytes(written.results))
    assert len(rows) == len(written.texts)
    for place, (row, text) in enumerate(zip(rows, written.texts, strict=True)):
        assert row["student_id"] == f"s{place:04}"
        assert row["name"].replace("'", "") == text.replace("'", "")
        for name, cell in row.items():
            assert name in NUMBERS or not RUNS.match(cell), (name, cell)
    fault.report(26, "texts in a table for people", count=len(rows))


@pytest.mark.parametrize("delimiter", [";", "\t"], ids=["semicolon", "tab"])
def test_no_cell_is_a_formula_where_a_spreadsheet_splits_otherwise(
    written: Written, delimiter: str
) -> None:
    """Nor is a formula made by splitting the file at semicolons, as some countries' Excel does."""
    text = export.csv_bytes(written.results).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        for cell in line:
            begins = re.match(r"[=@\uff1d\uff20]|[+\-\uff0b\uff0d]+[\w(]", cell)
            assert begins is None, cell


def test_the_upload_for_canvas_gives_every_name_back_exactly(
    written: Written, tmp_path: Path
) -> None:
    """Canvas knows its students by these cells, so none of them is touched."""
    texts = written.texts
    book = tmp_path / "gradebook.csv"
    head = [" Points Possible", "", "", "", "", "10"]
    rows = [[text, f"{n}", f"s{n:04}", f"l{n}", "S", ""] for n, text in enumerate(texts)]
    book.write_bytes(table(GRADEBOOK, head, *rows))
    plan = export_into.plan(written.folder, written.results, Into("canvas", book))
    made = plan.render(written.clock)
    found = cells(made)[1:]
    assert [row["Student"] for row in found] == texts[:EXAMINED]
    assert [row["ID"] for row in found] == [str(n) for n in range(EXAMINED)]
    assert {row["Oral exam (7)"] for row in found} == {"10"}


def test_the_results_as_data_hold_every_text_exactly(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names, titles, notes and reasons come out of the ledger as they went in, in plain ASCII."""
    assert main(["results", str(written.folder), "--json"]) == 0
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.isprintable() or set(out) - {"\n"} <= set(map(chr, range(32, 127)))
    told: list[Any] = json.loads(out)["students"]
    assert told == json.loads(json.dumps(as_json(read_results(written.folder))))["students"]
    assert [one["name"] for one in told] == written.texts
    for one, text in zip(told[:EXAMINED], written.texts, strict=False):
        (attempt,) = one["attempts"]
        assert attempt["notes"][0]["text"] == text
        assert attempt["verdicts"][0]["reason"] == text


def test_the_words_of_the_results_hold_no_control_character(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the command line says of the class is printable, line by line."""
    for words in (["results"], ["check"], ["plan"]):
        main([*words, str(written.folder)])
        captured = capsys.readouterr()
        for line in (captured.out + captured.err).split("\n"):
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", line), ascii(
                line
            )


def test_the_public_commitment_holds_ids_alone(written: Written) -> None:
    """Titles of any kind stand in commit.json as ids made from them, and names not at all."""
    data = (written.folder / COMMIT_FILE).read_bytes()
    assert data.isascii()
    readings = json.loads(data)["banks"]
    assert len(readings) > EXAMINED
    assert [name for name in readings if not is_id(name)] == []


def test_no_text_becomes_a_file(written: Written) -> None:
    """Whatever names, titles and ids hold, the session's files are the usual ones."""
    names = {path.name for path in written.folder.rglob("*") if path.is_file()}
    usual = {"session.yaml", "roster.csv", "reviews.csv", "exam.db", "exam.lock", "events.jsonl"}
    usual |= {"commit.json", "secret.txt"}
    strange = {name for name in names - usual if not re.fullmatch(r"[\w.:-]+\.db", name)}
    assert strange == set()


@pytest.mark.skipif(
    shutil.which("soffice") is None,
    reason="LibreOffice is not installed: no formula was looked for",
)
def test_libreoffice_finds_no_formula(written: Written, tmp_path: Path) -> None:
    """Opened in LibreOffice, no cell of the table for people is a formula."""
    (tmp_path / "scores.csv").write_bytes(export.csv_bytes(written.results))
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "fods", "scores.csv"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    sheet = ET.parse(tmp_path / "scores.fods")
    formulas = [one for one in sheet.iter() if any(name.endswith("formula") for name in one.attrib)]
    assert formulas == []


def test_a_failure_is_printed_clean(tmp_path: Path) -> None:
    """A folder whose name holds an escape sequence is told of without it."""
    folder = tmp_path / "x\x1b]0;owned\x07y"
    done = subprocess.run(
        [sys.executable, "-m", "examrunner", "check", str(folder)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"owned" in done.stderr
    assert b"\x1b" not in done.stderr + done.stdout
    assert b"\x07" not in done.stderr + done.stdout
