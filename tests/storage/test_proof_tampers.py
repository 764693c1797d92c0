"""Three verifiers, one verdict: the tamper matrix in the package, in verify.py and in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.domain.draw import proofs
from tests.domain.draw.tampers import all_cases
from tests.storage.verifiers import by_package, by_page, by_script, found, judged, with_notes, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.domain.draw.cases import Case

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_package_and_the_script_find_the_same(case: Case, tmp_path: Path) -> None:
    """Each change gives the expected problems, the same in the package and in verify.py."""
    folder = write(tmp_path, case.files)
    package = by_package(folder, case.commit, case.heads)
    script = by_script(folder, case.commit, case.heads)
    assert found(package) == case.found
    assert judged(script) == judged(package)
    assert set(script["notes"]) <= set(package["notes"])
    assert package["ok"] is (not case.found)


@pytest.mark.xdist_group("browser")
def test_the_page_finds_the_same(tmp_path: Path) -> None:
    """In a real browser verify.html gives the package's verdict on every case of the matrix."""
    told = by_page(CASES, proofs.files(), tmp_path)
    differing = []
    for number, (case, verdict) in enumerate(zip(CASES, told, strict=True)):
        folder = tmp_path / str(number)
        folder.mkdir()
        expected = by_package(write(folder, case.files), case.commit, case.heads)
        if not isinstance(verdict, dict) or with_notes(verdict) != with_notes(expected):
            differing.append((case.name, verdict, expected))
    assert differing == []


def test_the_matrix_is_wide() -> None:
    """Every rule of the verifiers is broken by some case."""
    rules = {rule for case in CASES for _, _, rule in case.found}
    assert rules == {
        "file", "utf-8", "version", "commitment", "published", "secret", "banks", "bank",
        "line-end", "json", "number", "chain", "kind", "key", "order", "sheet", "derived",
        "end", "receipt",
    }  # fmt: skip
