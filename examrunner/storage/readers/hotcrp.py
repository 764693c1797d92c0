"""HotCRP's CSV of submitted reviews: paper and title, then who reviewed, then the form's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, error
from examrunner.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST = ["paper", "title"]
_NAME, _EMAIL = "reviewername", "email"


def is_hotcrp(header: Sequence[str]) -> bool:
    """Say whether a header is that of HotCRP's reviews or of its assignments."""
    cells = [fold(cell) for cell in header]
    is_list = cells[:2] == _FIRST and bool({"review", _NAME, _EMAIL} & set(cells[2:5]))
    return is_list or cells[:2] == ["paper", "action"]


def places(header: Sequence[str], line: int, file: str | None) -> tuple[tuple[int, ...], int]:
    """Return the columns that say who reviewed, and that of the title.

    Raises BadInput where names are hidden, or where the file says who was asked for a review.
    """
    cells = [fold(cell) for cell in header]
    if cells[1] == "action":
        text = "these are HotCRP's assignments: who was asked for a review, not who wrote one"
        hint = "in HotCRP: Search, select the papers, Download, Reviews (CSV)"
        raise BadInput([error(text, hint, file=file, line=line, rule="hotcrp")])
    who = tuple(cells.index(name, 2) for name in (_EMAIL, _NAME) if name in cells[2:])
    if not who:
        text = "this file does not say who wrote the reviews"
        hint = "somebody who may see the reviewers' names must download it"
        raise BadInput([error(text, hint, file=file, line=line, rule="hotcrp")])
    return who, cells.index("title")
