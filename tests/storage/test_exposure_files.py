"""exposure.yaml: written to be read again, by people and by the program."""

from __future__ import annotations

import stat
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.bank.exposure import Answers, Exposure, Shown, Used
from examrunner.storage.readers.exposure_files import FILE, read_exposure, write_exposure

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1)
NAMES = TEXTS.map(lambda text: unicodedata.normalize("NFC", text).strip()).filter(bool)
"""As texts are when they have been let in."""
COUNTS = st.integers(0, 999)
MEMORIES = st.builds(
    Exposure,
    sessions=st.lists(
        st.builds(
            Used,
            session=NAMES,
            commit=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
            on=st.none() | st.dates(min_value=date(1000, 1, 1)),
            course=st.none() | NAMES,
            questions=st.lists(
                st.builds(
                    Shown,
                    question=st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True),
                    sheets=st.integers(1, 99),
                    answers=st.none() | st.builds(Answers, *[COUNTS] * 10),
                ),
                max_size=3,
            ).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
)


@given(MEMORIES)
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, memory: Exposure
) -> None:
    """Whatever names sessions and courses have, the file is read as it was meant."""
    path = tmp_path_factory.mktemp("memory") / FILE
    write_exposure(path, memory)
    assert read_exposure(path) == (memory, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_no_file_is_no_memory(tmp_path: Path) -> None:
    """A folder of banks without one has nothing to remember, and that is no problem."""
    assert read_exposure(tmp_path / FILE) == (Exposure(), [])


def test_a_broken_memory_is_told_with_its_places(tmp_path: Path) -> None:
    """A hash that is none, a question never shown and a count below zero, each at its line."""
    path = tmp_path / FILE
    path.write_text(
        "sessions:\n"
        "  - session: fall\n"
        "    commit: abc\n"
        "    questions:\n"
        "      - {question: q1, sheets: 0}\n"
        "      - {question: q2, sheets: 3, answers: {asked: -3}}\n"
    )
    memory, problems = read_exposure(path)
    assert memory == Exposure()
    assert [(one.line, one.text) for one in problems] == [
        (3, "this is no SHA-256"),
        (5, "a question that is listed was shown at least once"),
        (6, "asked cannot be negative"),
    ]
