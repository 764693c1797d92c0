"""What is let in as a table, and where a refusal points."""

import pytest

from examrunner.domain.problems import BadInput, Problem
from examrunner.storage.readers.tables import MAX_BYTES, read_table


def refusal(data: bytes) -> Problem:
    """Return the first problem for which the bytes are refused."""
    with pytest.raises(BadInput) as caught:
        read_table(data, "list.csv")
    return caught.value.problems[0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_separators_and_byte_order_marks(end: str, separator: str, mark: str) -> None:
    """Every usual line end and separator gives the same cells, with or without a BOM."""
    lines = [separator.join(cells) for cells in (("name", "id"), ("Ann", "007"), ("Bob", "8"))]
    table = read_table((mark + end.join(lines) + end).encode())
    assert table.header == ("name", "id")
    assert [(row.line, row.cells) for row in table.rows] == [(2, ("Ann", "007")), (3, ("Bob", "8"))]
    assert table.delimiter == separator


def test_line_numbers_count_blank_lines_and_line_breaks_in_cells() -> None:
    """A row's line is the one on which it begins in the file."""
    table = read_table(b'\n\nname,id\n\n"Ann\nLee",1\n,\nBob,2\n')
    assert table.header_line == 3
    assert [row.line for row in table.rows] == [5, 8]


def test_separator_is_the_one_that_gives_known_headers() -> None:
    """Commas inside the titles of a semicolon file don't make it a comma file."""
    data = b"name;One, two, three, four\nAnn;x\n"
    assert read_table(data, known=lambda cell: cell == "name").delimiter == ";"


def test_the_separator_line_of_spreadsheets_is_obeyed() -> None:
    """A first line `sep=;` names the separator and is no header."""
    table = read_table(b"sep=;\r\nname;id\r\nAnn;1\r\n")
    assert (table.header, table.header_line, table.rows[0].line) == (("name", "id"), 2, 3)


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest"])
def test_a_workbook_is_named_as_such(data: bytes) -> None:
    """A spreadsheet file is refused with the way out."""
    assert refusal(data).hint == "this is a spreadsheet; save it as CSV"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_named(encoding: str) -> None:
    """UTF-16 is refused by name, with or without a BOM."""
    assert "UTF-16" in refusal("name,id\nAnn,1\n".encode(encoding)).text


def test_other_encodings_are_refused_with_the_line() -> None:
    """Bytes that are no UTF-8 are refused with their line and the likely encoding."""
    problem = refusal("name,id\rAnn,1\rJos\xe9,2\r".encode("latin-1"))
    assert problem.line == 3
    assert "Latin-1" in problem.text


def test_an_unclosed_quote_is_told_where_it_opens() -> None:
    """The line of an unclosed quote is told, not the end of the file."""
    problem = refusal(b'name,id\nAnn,1\n"Bob,2\nCho,3\nDee,4\n')
    assert (problem.line, problem.rule) == (3, "csv-quote")


def test_a_quote_closed_by_a_later_row_is_told() -> None:
    """A quote that swallows rows until the next quote is refused, never read as one name."""
    assert refusal(b'name,id\n"Ann,1\n"Bob",2\n').line == 2


def test_nul_is_refused_with_row_and_column() -> None:
    """A NUL byte is told with its row and column."""
    problem = refusal(b"name,identity\nAnnie,1\nB\0bby,2\n")
    assert (problem.line, problem.column) == (3, 1)


def test_huge_cells_and_files_are_refused() -> None:
    """A cell over the limit of the csv module and a file over 20 MB are refused."""
    assert refusal(b"name,id\n" + b"x" * 140_000 + b",1\n").line == 2
    assert "20 MB" in refusal(b"x" * (MAX_BYTES + 1)).text


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_nothing_is_refused(data: bytes) -> None:
    """A file without any text is refused."""
    assert "empty" in refusal(data).text


def test_rows_that_are_too_short_or_too_long_are_told() -> None:
    """Each ragged row is told with its line; blank cells beyond the header are harmless."""
    table = read_table(b"a,b,c\n1,2\n1,2,3\n1,2,3,\n1,2,3,4\n")
    assert [problem.line for problem in table.ragged()] == [2, 5]


def test_characters_are_checked_in_the_columns_that_are_used() -> None:
    """A hidden character is told with row and column, and only where the text is used."""
    table = read_table("a,b\nx\u202ey,p\u200bq\n".encode())
    (problem,) = table.bad_cells([1])
    assert (problem.line, problem.column) == (2, 2)
    assert "U+200B" in problem.text
