"""Hostile texts and files through every reader, in a process whose time and memory are measured.

Run as a program it prints one JSON object: the slowest case, the peak of memory, and everything
that went wrong.
"""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.domain.course.matching import match_reviews
from examrunner.domain.problems import BadInput, Problem, has_errors
from examrunner.domain.text import bad_character, is_blank
from examrunner.storage.readers import cache
from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.readers.canvas import read_gradebook
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.review_lists import read_reviews
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.readers.session_files import read_settings
from examrunner.storage.readers.texts import MAX_TEXT
from tests.hostile import content, corpus, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PEOPLE = 600
GRADEBOOK = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Oral exam (7)"]


def table(*rows: Iterable[str]) -> bytes:
    """Return rows as CSV, as a spreadsheet would write them."""
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(rows)
    return stream.getvalue().encode("utf-8", "surrogatepass")


def quoted(text: str) -> str:
    """Return a text as a double-quoted YAML scalar that means exactly this text."""
    return json.dumps(text)


def text_files(text: str) -> Iterator[tuple[str, bytes]]:
    """Return each kind of file with one hostile text in it, by the file's name."""
    yield "roster.csv", table(["name", "id"], ["Bo", "1"], [text, "2"])
    yield "reviews.csv", table(["student_id", "paper"], ["1", "A"], ["2", text])
    yield "gradebook.csv", table(GRADEBOOK, [text, "1", "", "x", "S", ""])
    said = quoted(text)
    yield "bank.yaml", f"reading: bank\nquestions:\n  - {{kind: core, say: {said}}}\n".encode()
    yield "course.yaml", f"id: c\nreadings:\n  - {{id: r, title: {said}}}\n".encode()
    yield "session.yaml", f"session: s\ndraw: {{public: {said}}}\n".encode()


def must_refuse(name: str, text: str) -> bool:
    """Say whether a file with this text in it must be refused whole.

    A review of an unseen paper is left out with a warning; a bank may have texts of several lines.
    """
    if name.endswith(".yaml"):
        return bad_character(text, newlines=True) is not None or len(text) > MAX_TEXT
    return name != "reviews.csv" or not is_blank(text)


def big_csv() -> Iterator[tuple[str, bytes]]:
    """Return tables that would cost time and memory, by what is big about them."""
    yield "blank lines", b"name,id\n" + b"\n" * 9_900_000
    yield "lines of one carriage return", b"name,id\r" + b"\r" * 9_900_000
    yield "commas", b"name,id\n" + b",\n" * 4_900_000
    yield "a wide header", b"name,id" + b",a" * 4_900_000
    yield "the widest header", b"name,paper" + b",id" * 300_000
    yield "ragged rows", b"name,id\n" + b"a\n" * 49_000
    yield "rows", b"name,paper\n" + b"".join(b"N%d,%d\n" % (n, n) for n in range(49_000))
    yield "control characters", b"name,id\n" + b"\x1b,\x1b\n" * 49_000
    yield "NUL", b"name,id\n" + b"\0,1\n" * 49_000
    yield (
        "long cells",
        b"name,id\n" + b"".join(b"%s,%d\n" % (b"x" * 130_000, n) for n in range(74)),
    )
    yield "an unclosed quote", b'name,id\n"' + b"x,\n" * 40_000
    yield "quotes", b'name,id\n"' + b'""' * 60_000 + b'",1\n'
    yield "too many bytes", b"x" * 12_000_000
    yield "bytes", bytes(range(256)) * 35_000
    yield "a zip", b"PK\x03\x04" + bytes(5_000_000)


def big_yaml() -> Iterator[tuple[str, bytes]]:
    """Return YAML that would cost time and memory, by what is big about it."""
    head = "reading: bank\nquestions:\n"
    yield (
        "unknown keys",
        (head + "- say: x\n" + "".join(f"  k{n}: x\n" for n in range(49_000))).encode(),
    )
    yield "shapes", (head + "- 1\n" * 99_000).encode()
    yield "bad ids", (head + "".join(f"- {{id: '/{n}'}}\n" for n in range(20_000))).encode()
    yield "one long text", (head + "- kind: core\n  say: " + "\u738b" * 600_000 + "\n").encode()
    yield "one long point", (head + "- look_for: [must: " + "x" * 1_900_000 + "]\n").encode()
    yield "one long anchor", (head + "- &" + "a" * 1_900_000 + " x\n").encode()
    yield "one long key", ("x" * 900_000 + ": 1\n" + "x" * 900_000 + ": 1\n").encode()
    alike = "".join(f"- {{id: r{n}, title: T}}\n" for n in range(19_000))
    yield "titles alike", f"id: c\nreadings:\n{alike}".encode()
    days = "".join(f"  - {{title: T, reading: x{n}}}\n" for n in range(9_000))
    own = "".join(f"- {{id: r{n}, title: T {n}}}\n" for n in range(5_000))
    calendar = f"calendar:\n- date: 2024-10-01\n  items:\n{days}"
    yield "strange readings", f"id: c\nreadings:\n{own}{calendar}".encode()
    yield "kinds", ("sheet: {" + ", ".join(f"k{n}: x" for n in range(40_000)) + "}\n").encode()
    yield "brackets", b"[" * 100_000
    yield "hidden characters", ("# " + "\u202e" * 600_000).encode()


class Bench:
    """Reads files, and remembers the slowest and what went wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.slowest = (0.0, "")
        self.wrong: list[str] = []
        self.count = 0
        self._readers: dict[str, Callable[[Path], tuple[object, Iterable[Problem]]]] = {
            "roster": _roster,
            "reviews": _reviews,
            "gradebook": _gradebook,
            "bank": read_bank,
            "course": read_course,
            "session": lambda path: read_settings(path.parent),
        }

    def read(self, name: str, data: bytes, what: str, *, must_refuse: bool) -> None:
        """Read a file and judge how that ended."""
        path = self.folder / name
        path.write_bytes(data)
        start = time.process_time()
        try:
            value, found = self._readers[path.stem](path)
        except Exception as fault:  # noqa: BLE001  whatever is raised is what is looked for
            self.wrong.append(f"{name}, {what}: raised {fault!r}"[:300])
            return
        self.slowest = max(self.slowest, (time.process_time() - start, f"{name}, {what}"))
        self.count += 1
        problems = list(found)
        path.unlink()
        if value and not must_refuse:
            return
        if value or not has_errors(problems):
            self.wrong.append(f"{name}, {what}: let in")
        for one in problems:
            if one.file is None or not one.line or not one.text or len(str(one)) > 3_000:
                self.wrong.append(f"{name}, {what}: not located: {one}"[:300])


def _roster(path: Path) -> tuple[object, Iterable[Problem]]:
    found = read_roster(path)
    return found.students, found.problems


def _reviews(path: Path) -> tuple[object, Iterable[Problem]]:
    found = read_reviews(path)
    people = read_roster(b"name,id\n" + b"".join(b"N%d,%d\n" % (n, n) for n in range(PEOPLE)))
    match_reviews(found.rows, people.students, None)
    return found.rows, found.problems


def _gradebook(path: Path) -> tuple[object, Iterable[Problem]]:
    try:
        book = read_gradebook(path)
        found = read_roster(path)
    except BadInput as bad:
        return None, bad.problems
    return book.rows and found.students, (*book.problems, *found.problems)


def read_all(bench: Bench) -> None:
    """Read every hostile text in every kind of file, every corpus, and what is big."""
    for text in refused():
        for name, data in text_files(text):
            bench.read(name, data, ascii(text)[:60], must_refuse=must_refuse(name, text))
    for case in [*corpus("bank_yaml.json"), *corpus("yaml_test_suite_errors.json")]:
        for name in ("bank.yaml", "course.yaml", "session.yaml"):
            bench.read(name, content(case), case["id"], must_refuse=name == "bank.yaml")
    for case in corpus("roster_csv.json"):
        for name in ("roster.csv", "reviews.csv", "gradebook.csv"):
            refuse = name == "roster.csv" and case["must"].startswith("reject")
            bench.read(name, content(case), case["id"], must_refuse=refuse)
    read_big(bench)


def read_big(bench: Bench) -> None:
    """Read what is big."""
    for what, data in big_csv():
        for name in ("roster.csv", "reviews.csv", "gradebook.csv"):
            bench.read(name, data, what, must_refuse=False)
    for what, data in big_yaml():
        for name in ("bank.yaml", "course.yaml", "session.yaml"):
            bench.read(name, data, what, must_refuse=False)


def _peak() -> float:
    """Return the most memory used, in MiB.

    Linux counts into `getrusage` what the process that started this one had.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if found is not None:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Read all, and print what it took."""
    sys.setrecursionlimit(1_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vars(cache)["folder"] = lambda: folder / "cache"
        bench = Bench(folder)
        read_all(bench)
    seconds, slowest = bench.slowest
    peak = _peak()
    told: dict[str, Any] = {"count": bench.count, "seconds": seconds, "slowest": slowest}
    print(json.dumps({**told, "megabytes": peak, "wrong": bench.wrong}))  # noqa: T201


if __name__ == "__main__":
    main()
