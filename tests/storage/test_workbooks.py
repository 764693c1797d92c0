"""Class lists in XLSX and ODS workbooks: which cells count, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from examrunner.storage.readers import archives
from examrunner.storage.readers.review_lists import read_reviews
from examrunner.storage.readers.rosters import Roster, RosterKind, read_roster
from tests.storage.workbooks import ods, ods_row, replaced, xlsx, zipped

SHEET = "xl/worksheets/sheet1.xml"
CLASS = [["name", "student_id", "email"], ["Ana Rivera", "0012", "ana@x.edu"], ["Bo", "13", ""]]


def told(roster: Roster) -> list[tuple[int | None, str]]:
    """Return line and text of each problem."""
    return [(one.line, one.text) for one in roster.problems]


def ids(roster: Roster) -> list[str]:
    """Return the ids of the students."""
    return [one.student_id for one in roster.students]


def test_an_xlsx_reads_like_its_csv() -> None:
    """Texts keep their zeros, and lines are the rows of the sheet."""
    roster = read_roster(xlsx({"Class": CLASS}), "class.xlsx")
    assert (ids(roster), roster.sheet, roster.problems) == (["0012", "13"], "Class", ())
    assert list(roster.lines) == [2, 3]
    assert roster.students[1].email is None


def test_an_ods_reads_like_its_csv() -> None:
    """Numbers become the digits they show; empty repeated rows and cells are nothing."""
    filler = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows = ods_row("name", "student_id") + ods_row("Ana", 1033455469)
    rows += f'<table:table-row table:number-rows-repeated="1048570">{filler}</table:table-row>'
    roster = read_roster(ods(rows), "class.ods")
    assert (ids(roster), roster.problems) == (["1033455469"], ())


def test_a_canvas_gradebook_saved_as_a_workbook_is_still_one() -> None:
    """The points row is no student there, either, and Canvas's own ids may be numbers."""
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Oral exam (7)"]
    points = ["    Points Possible", "", "", "", "", 10]
    roster = read_roster(
        xlsx({"Grades": [header, points, ["Lee, Ann", 57, "0103", "al1", "A", 9.5]]})
    )
    assert (roster.kind, ids(roster)) == (RosterKind.CANVAS, ["0103"])
    assert roster.students[0].canvas_id == "57"


def test_numbers_that_lost_digits_and_dates_are_named() -> None:
    """A number of more than 15 digits, decimals and a date in an id column are told with a row."""
    rows: list[list[object]] = [["name", "id"], ["A", 1e18], ["B", 12345.5]]
    rows.append(["C", dt.date(2024, 10, 3)])
    found = told(read_roster(xlsx({"S": rows})))
    assert [line for line, _ in found] == [2, 3, 4]
    assert "longer number" in found[0][1]
    assert "decimals" in found[1][1]
    assert "a date" in found[2][1]


def test_an_error_cell_is_told() -> None:
    """A cell that shows #NAME? arrives empty, and that is said."""
    data = replaced(xlsx({"S": [["name", "id"], ["A", 5]]}), SHEET, b"<v>5</v>", b"<v>#NAME?</v>")
    roster = read_roster(replaced(data, SHEET, b'r="B2"', b'r="B2" t="e"'))
    assert not roster.students
    (problem,) = [one for one in roster.problems if "#NAME?" in one.text]
    assert (problem.line, problem.column) == (2, 2)
    assert problem.text.startswith("a cell of this workbook (B2) shows")


def test_the_sheet_that_looks_like_a_roster_is_taken() -> None:
    """Of several sheets the one with a class list's header is read, and the others are named."""
    data = xlsx({"Notes": [["buy chalk"]], "People": CLASS, "Old": CLASS}, hidden=["Old"])
    roster = read_roster(data)
    assert (roster.sheet, len(roster.students)) == ("People", 2)
    assert "others: Notes" in told(roster)[0][1]
    assert read_roster(data, sheet="old").sheet == "Old"
    (problem,) = read_roster(data, sheet="Nowhere").problems
    assert "Notes, People, Old" in problem.hint


def test_which_sheet_held_no_reviews_is_told() -> None:
    """Where the sheet that was read holds no reviews, it is named, with the others of the book."""
    data = xlsx({"People": [*CLASS, *CLASS], "Reviews": [["name", "paper"], ["Lee, Ann", "GPT"]]})
    chosen, fault = read_reviews(data).problems
    assert "'People' was read; others: Reviews" in chosen.text
    assert "--sheet" in chosen.hint
    assert "no column names the papers" in fault.text
    assert len(read_reviews(data, sheet="Reviews").rows) == 1


def test_a_title_above_the_header_is_passed_over() -> None:
    """The header is the row that says most, not a title above it."""
    roster = read_roster(xlsx({"S": [["CS 496, class list"], [], *CLASS]}))
    assert ids(roster) == ["0012", "13"]
    assert list(roster.lines) == [4, 5]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".xls"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (zipped({"a.txt": b"no workbook"}), "neither an .xlsx nor an .ods"),
        (xlsx({"S": []}), "empty"),
    ],
    ids=["xls", "cut off", "zip", "empty"],
)
def test_what_is_no_workbook_is_refused_in_words(data: bytes, words: str) -> None:
    """An older or protected workbook, a damaged one and any other archive are told apart."""
    (problem,) = read_roster(data, "class.xlsx").problems
    assert words in problem.text
    assert (problem.file, problem.line) == ("class.xlsx", 1)


def test_an_archive_with_a_password_is_refused() -> None:
    """A flag of encryption is seen before anything is unpacked."""
    data = bytearray(zipped({"a": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (problem,) = read_roster(bytes(data)).problems
    assert "password" in problem.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zipped({"xl/worksheets/sheet1.xml": b"0" * 5_000_000}), "would unpack to 5 MB"),
        (zipped({f"{n}": b"" for n in range(archives.MAX_ENTRIES + 1)}), "entries"),
        (replaced(xlsx({"S": CLASS}), SHEET, b'r="A3"', b'r="XFD1048576"'), "row 1,048,576"),
        (replaced(xlsx({"S": CLASS}), SHEET, b'row r="3"', b'row r="1048576"'), "row 1,048,576"),
    ],
    ids=["ratio", "entries", "far cell", "far row"],
)
def test_bombs_are_refused_before_they_are_read(data: bytes, words: str) -> None:
    """What is small on disk and large in memory is refused by what the archive says of itself."""
    (problem,) = read_roster(data).problems
    assert words in problem.text


def test_a_size_that_lies_does_not_help_a_bomb() -> None:
    """An entry that unpacks to more than it says is refused as damaged."""
    data = bytearray(zipped({"xl/worksheets/sheet1.xml": b"0" * 900_000}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + at
        data[place : place + 4] = (10).to_bytes(4, "little")
    (problem,) = read_roster(bytes(data)).problems
    assert problem.rule == "csv-encoding"


def test_repeated_cells_with_a_text_end_their_own_process_only() -> None:
    """A few bytes of ODS that mean a billion texts are refused, and this process goes on."""
    cell = (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
        "<text:p>name</text:p></table:table-cell>"
    )
    rows = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    (problem,) = read_roster(ods(rows)).problems
    assert problem.rule == "workbook"


def test_the_archive_of_a_workbook_is_never_written_to_disk() -> None:
    """A name that leads out of the archive is no path: entries are read, not unpacked."""
    data = xlsx({"S": CLASS})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    roster = read_roster(zipped({**files, "../../evil.txt": b"x"}))
    assert len(roster.students) == 2
