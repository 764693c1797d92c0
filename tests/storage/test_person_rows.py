"""Rows about a person leave a file, and nothing else in it changes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.storage.readers.person_rows import without_rows

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz (1)
    Points Possible,,,,,5.00
"Rivera, Ana",101,,ana,CS 1,3.00
"Okafor, Chi",102,,chi,CS 1,3.00
"""


def test_who_a_row_is_about_comes_whole() -> None:
    """Ids, address and name are told, last and first name as one text, guards taken off."""
    seen: list[tuple[str, ...]] = []
    data = b'sid,Last,First,e-mail,paper\n="007",Rivera,Ana,ana@example.edu,LoRA\n'

    def is_meant(who: tuple[str, ...]) -> bool:
        seen.append(who)
        return False

    assert without_rows(data, is_meant) == (data, 0)
    assert seen == [("007", "ana@example.edu", "Rivera, Ana")]


def test_a_gradebook_keeps_its_other_rows() -> None:
    """The header, the row of points and the other students stay byte for byte."""
    data, gone = without_rows(GRADEBOOK.encode(), lambda who: "101" in who) or (b"", 0)
    assert gone == 1
    assert data.decode() == GRADEBOOK.replace('"Rivera, Ana",101,,ana,CS 1,3.00\n', "")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xff\xfen\x00", b'name,id\n"open', b"\x80"])
def test_what_is_no_table_is_left(data: bytes) -> None:
    """A file that cannot be read as a table gives None, so that it is named to the user."""
    assert without_rows(data, lambda _: True) is None


CELL = st.text(st.sampled_from("aé,;\"\n\r 李'="), max_size=6)
END = st.sampled_from(["\n", "\r\n"])


@given(
    st.lists(st.tuples(CELL, st.booleans()), min_size=1, max_size=6),
    END,
    st.sampled_from(["", "\ufeff", "sep=,\n", "\n\n"]),
    st.booleans(),
)
def test_every_other_byte_stays(
    rows: list[tuple[str, bool]],
    end: str,
    start: str,
    last: bool,  # noqa: FBT001  drawn
) -> None:
    """Whatever quotes, line ends and marks a file has, what is left is what was there."""

    def written(cells: list[str]) -> str:
        stream = io.StringIO(newline="")
        csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator=end).writerow(cells)
        return stream.getvalue()

    texts = [written([f"u{n}", cell, "x"]) for n, (cell, _) in enumerate(rows)]
    if not last:
        texts[-1] = texts[-1].removesuffix(end)
    head = start + written(["student_id", "note", "paper"])
    going = {f"u{n}" for n, (_, goes) in enumerate(rows) if goes}
    kept = [text for text, (_, goes) in zip(texts, rows, strict=True) if not goes]
    found = without_rows((head + "".join(texts)).encode(), lambda who: who[0] in going)
    assert found == ((head + "".join(kept)).encode(), len(going))
