"""Workbooks and tables for people: no text of theirs is ever a formula, a number or a link."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree as ET

from hypothesis import example, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from examrunner.storage.writers.score_tables import Value, render_scores
from examrunner.storage.writers.workbook import render_workbook
from tests.hostile import SHOWN

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RUNS = re.compile(r"[ \u00a0\u00ad\u200c\u200d]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""Our own idea of what a spreadsheet may take for a formula."""
TEMPTING = st.sampled_from(
    ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "0123456", "1E5", "http://example.invalid", "\uff1d1"]
)
TEXTS = TEMPTING | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=20
)


def cells(data: bytes) -> dict[str, str | float]:
    """Return the cells of a workbook's only sheet by place, read without the writer's library."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        shared = ET.fromstring(archive.read("xl/sharedStrings.xml"))
    assert "xl/worksheets/_rels/sheet1.xml.rels" not in names  # a link would stand there
    assert sheet.findall(f".//{SPACE}f") == []
    texts = ["".join(one.itertext()) for one in shared.findall(f"{SPACE}si")]
    found: dict[str, str | float] = {}
    for cell in sheet.iter(f"{SPACE}c"):
        value = cell.findtext(f"{SPACE}v")
        if value is not None:
            is_text = cell.get("t") == "s"
            found[cell.get("r", "")] = texts[int(value)] if is_text else float(value)
    return found


@given(st.lists(TEXTS, min_size=1, max_size=6))
@example(list(SHOWN.values()))
@given_settings(max_examples=60)
def test_any_text_stands_in_a_workbook_as_it_is(texts: list[str]) -> None:
    """Each text is a text, letter by letter; there is no formula and no link in the file."""
    data = render_workbook("scores", ["name"], [[text] for text in texts])
    found = cells(data)
    assert found.pop("A1") == "name"
    assert found == {f"A{n}": text for n, text in enumerate(texts, 2)}


def test_values_of_a_workbook() -> None:
    """Numbers stay numbers, a day is a text, and nothing is no cell."""
    rows: list[list[Value]] = [["Ann", Decimal("9.5"), None], ["Bo", 0, dt.date(2024, 12, 13)]]
    found = cells(render_workbook("scores", ["name", "score", "day"], rows))
    assert {key: found[key] for key in ("B2", "B3", "C3")} == {
        "B2": 9.5, "B3": 0.0, "C3": "2024-12-13",
    }  # fmt: skip
    assert "C2" not in found


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_no_cell_of_a_table_is_a_formula(rows: list[list[str]]) -> None:
    """Whatever the texts hold, no cell of the CSV file for people begins like a formula."""
    text = render_scores(["a"], rows).decode("utf-8-sig")
    for line in list(csv.reader(io.StringIO(text, newline="")))[1:]:
        assert not any(RUNS.match(cell) for cell in line), line


@given(st.lists(TEXTS.filter(lambda text: not RUNS.match(text)), min_size=1, max_size=4))
def test_a_harmless_text_is_left_as_it_is(texts: list[str]) -> None:
    """A text without a formula in it comes back letter by letter."""
    texts = [text.replace(";", "").replace("\t", "") for text in texts]
    texts = [text for text in texts if not RUNS.match(text)]
    data = render_scores([], [texts]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data, newline="")))
    assert rows[-1] == texts
