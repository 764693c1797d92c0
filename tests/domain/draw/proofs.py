"""A rich session and its published folder, for the tests of the three verifiers."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from examrunner.domain.draw.commitment import bank_hash
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.published import BANKS, COMMIT, LOG, SECRET, Published, published
from examrunner.domain.draw.sheets import Item
from examrunner.domain.plain import canonical, sha256
from tests.domain.draw import vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from examrunner.domain.draw.commitment import Commitment

Files = dict[str, Any]
"""File name to text, or bytes, or None for a file that is not there."""
PAPERS = ("attention", "bert", "clip", "dalle", "glide", "vqvae")
STUDENTS = (*vectors.ROSTER, ("fay", ("attention", "glide")), ("gus", ("bert",)))


def bank_of(paper: str) -> list[dict[str, Any]]:
    """Return the plain bank of a paper: that of the vectors under names of its own."""
    return [
        {
            **item,
            "id": f"{paper[0]}.{item['id']}",
            "group": item["group"] and f"{paper[0]}.q2",
            "text": sha256(f"{paper} {item['id']}"),
        }
        for item in vectors.plain(vectors.BANK)
    ]


def items_of(bank: Iterable[dict[str, Any]]) -> tuple[Item, ...]:
    """Return a plain bank as items."""
    return tuple(Item(one["id"], one["depth"], one["sec"], one["group"]) for one in bank)


BY_PAPER = {paper: bank_of(paper) for paper in PAPERS}
LATE = [{**one, "id": f"late.{one['id']}", "group": None} for one in bank_of("clip")]
"""A bank that was written after the commit."""


def commitment(**changes: Any) -> Commitment:
    """Return the commitment of the rich session, with changes."""
    banks = {paper: bank_hash(bank) for paper, bank in BY_PAPER.items()}
    return vectors.commitment(**{"roster": STUDENTS, "banks": banks, **changes})


def with_sheet(log: DrawLog, student: str, attempt: int, nonce: str = "-") -> int:
    """Draw for a student and put a sheet on record. Returns the line of the draw."""
    drawn = log.draw(student, attempt, nonce)
    log.sheet(drawn.n, items_of(BY_PAPER[drawn.paper]))
    return drawn.n


@cache
def rich(public: str = vectors.PUBLIC) -> DrawLog:
    """Return a log with every kind of line: fay comes late twice, gus is absent to the end."""
    log = DrawLog(commitment(), vectors.SECRET)
    log.list("dee", ["attention", "bert", "dalle", "glide"], "import-error")
    log.start(public)
    first = with_sheet(log, "ann", 1, "17")
    log.absent("bob", "illness")
    log.void(first, [log.draws[0].paper], "interrupted")
    with_sheet(log, "ann", 2)
    log.add("eve", ["attention", "bert", "clip"], "late")
    with_sheet(log, "cho", 1, "a-b")
    drawn = log.draw("bob", 1, "42")
    bank = items_of(BY_PAPER[drawn.paper])
    log.sheet(drawn.n, bank)
    log.sheet_by_hand(drawn.n, (bank[3], bank[0]), "other")
    late = {"bank": bank_hash(LATE), "why": "other"}
    log.sheet(log.draw("eve", 1).n, items_of(LATE), late)
    with_sheet(log, "dee", 1)
    papers = ["attention", "bert", "dalle", "glide"]
    rest = [name for name in papers if name != log.draws[-1].paper]
    log.list("dee", rest, "second-paper")
    with_sheet(log, "dee", 3, "late~")
    with_sheet(log, "fay", 1)
    log.end()
    return log


def rich_banks() -> dict[str, list[dict[str, Any]]]:
    """Return the banks of the rich session as they are published."""
    return {**BY_PAPER, bank_hash(LATE): LATE}


def folder(log: DrawLog, banks: dict[str, list[dict[str, Any]]] | None = None) -> Published:
    """Return the published folder of a session."""
    return published(log.commitment, log.lines, vectors.SECRET, banks or rich_banks())


def files() -> Files:
    """Return the files of the rich session."""
    return dict(folder(rich()).files())


def chained(bodies: Iterable[dict[str, Any]], commit_hash: str) -> str:
    """Return a log of these contents, numbered and chained anew."""
    prev, lines = commit_hash, []
    for n, body in enumerate(bodies):
        text = canonical({**body, "n": n, "prev": prev})
        prev = sha256(text)
        lines.append(f"{text}\n")
    return "".join(lines)


def contents() -> list[dict[str, Any]]:
    """Return the contents of the rich log's lines."""
    return [json.loads(line) for line in rich().lines]


def rechained(change: Callable[[list[dict[str, Any]]], object]) -> Files:
    """Return the files with the log's contents changed and chained anew."""
    bodies = contents()
    change(bodies)
    return files() | {LOG: chained(bodies, rich().commit_hash)}


def place(kind: str, nth: int = 0) -> int:
    """Return the index of the nth line of a kind in the rich log."""
    return [n for n, body in enumerate(contents()) if body["e"] == kind][nth]


def recommitted(change: Callable[[dict[str, Any]], object]) -> Files:
    """Return the files with another commitment and the log chained to it."""
    body = json.loads(files()[COMMIT])
    change(body)
    text = canonical(body)
    return files() | {COMMIT: text, LOG: chained(contents(), sha256(text))}


__all__ = ["BANKS", "COMMIT", "LOG", "SECRET"]
