"""A class list of 100,000 rows against the csv module's own reading of the same bytes."""

from __future__ import annotations

import csv
import io
import statistics
import time
from typing import TYPE_CHECKING

from examrunner.storage.readers.rosters import read_roster

if TYPE_CHECKING:
    from collections.abc import Callable

Pair = tuple[float, float]
ROWS = 100_000
ROUNDS = 5
ASSIGNMENTS = 6


def plain() -> bytes:
    """Return a class list of four columns."""
    rows = "".join(
        f'{1_000_000_000 + n},"Rivera{n}, Ana",user{n}@example.edu,CS 496-{n % 7}\n'
        for n in range(ROWS)
    )
    return f"student_id,name,email,section\n{rows}".encode()


def gradebook() -> bytes:
    """Return a Canvas gradebook with a few assignments."""
    titles = "".join(f",Review {n} ({900 + n})" for n in range(ASSIGNMENTS))
    rows = "".join(
        f'"Rivera{n}, Ana",{500_000 + n},{1_000_000_000 + n},user{n},CS 496-{n % 7}'
        f"{',2.00' * ASSIGNMENTS}\n"
        for n in range(ROWS)
    )
    points = f"    Points Possible,,,,{',2.00' * ASSIGNMENTS}\n"
    return f"Student,ID,SIS User ID,SIS Login ID,Section{titles}\n{points}{rows}".encode()


def by_csv(data: bytes) -> None:
    """Read bytes with the csv module alone."""
    list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def by_us(data: bytes) -> None:
    """Read bytes into students, with every check."""
    assert len(read_roster(data).students) == ROWS


def measured() -> dict[str, Pair]:
    """Return name to our seconds and those of the csv module, in turn in the same run."""
    found = {}
    for name, data in (("class list", plain()), ("gradebook", gradebook())):
        pairs = [(_seconds(by_us, data), _seconds(by_csv, data)) for _ in range(ROUNDS)]
        ours, yard = (statistics.median(times) for times in zip(*pairs, strict=True))
        found[f"{name} of 100,000 rows"] = (ours, yard)
    return found


def _seconds(read: Callable[[bytes], None], data: bytes) -> float:
    began = time.perf_counter()
    read(data)
    return time.perf_counter() - began
