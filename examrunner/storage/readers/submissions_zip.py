"""The zip of one Canvas assignment's submissions: what each file's name says, and text entries.

Nothing is extracted to the disk. Files that students uploaded are never opened; text entries and
links are untrusted HTML and are read as text, up to a limit.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import IO, TYPE_CHECKING

from examrunner.domain.course.joining import Name
from examrunner.domain.course.matching import ReviewRow
from examrunner.domain.problems import BadInput, Problem, error, warning
from examrunner.domain.text import clean, counted, fold, safe, some
from examrunner.storage.readers.archives import FAULTS
from examrunner.storage.readers.tables import WRONG_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_ENTRIES = 20_000
MAX_DIRECTORY = 10_000_000
"""Bytes of an archive's list of entries."""
MAX_TEXT = 200_000
"""Bytes of a text entry that are read: the paper is named at its beginning."""
MAX_NAME = 300
TITLE = 200
CONTEXT = 2_000
"""Characters of a text entry that are kept to find a paper's name in."""
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_TAIL = 66_000
_NAMED = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<uid>\d+)_"
    r"(?:(?P<fid>\d+)_(?P<file>.+)|(?P<kind>text|link)\.html)",
    re.DOTALL,
)
_ANONYMOUS = re.compile(r"anon_[A-Za-z0-9]+_(?:LATE_)?(?:\d+_.+|(?:text|link)\.html)", re.DOTALL)
_ENDING = re.compile(r"(?:-\d{1,2})?\.[A-Za-z0-9]{1,5}$")
_LABEL = re.compile(
    r"\s*(?:(?:title|paper)(?:\s+title)?\s*:|(?:my\s+)?(?:paper\s+)?review(?:\s+of)?\s*[:\-]?)\s*",
    re.IGNORECASE,
)
_REVIEW_WORDS = frozenset(
    ("review", "reviews", "paper", "final", "draft", "submission", "assignment", "copy", "of", "my")
)
_BREAKS = frozenset(("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "title"))
_UNSEEN = frozenset(("script", "style", "template"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What the name of one submission says."""

    user: str
    """Canvas's own id of the student."""
    name: str
    """The sortable name, squeezed to its letters."""
    is_late: bool
    title: str
    """The original file name as words; empty for texts and links."""
    kind: str
    """file, text or link."""


def is_workbook(names: list[str]) -> bool:
    """Say whether these entries are those of a workbook."""
    return any(name.startswith("xl/") or name == "content.xml" for name in names)


@contextmanager
def opened(source: bytes | Path, file: str | None) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose list of entries is of a bearable size. Raises BadInput."""
    try:
        stream: IO[bytes] = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        with stream:
            if _directory_size(stream) > MAX_DIRECTORY:
                raise _refused(f"this archive has more than {MAX_ENTRIES:,} entries", file)
            with zipfile.ZipFile(stream) as archive:
                yield archive
    except (*FAULTS, RuntimeError) as fault:
        text = "this is a spreadsheet or an archive, and it is damaged"
        raise _refused(text, file, "download it again, or save it as CSV") from fault


def _directory_size(stream: IO[bytes]) -> int:
    """Return how many bytes the list of entries takes, as the end of the archive says."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read()
    place = tail.rfind(_END)
    told = int.from_bytes(tail[place + 12 : place + 16], "little") if place >= 0 else 0
    if place >= 0 and (far := tail.rfind(_END_64, 0, place)) >= 0:
        stream.seek(int.from_bytes(tail[far + 8 : far + 16], "little") + 40)
        told = max(told % 0xFFFFFFFF, int.from_bytes(stream.read(8), "little"))
    stream.seek(0)
    if told > size:
        raise zipfile.BadZipFile
    return told


def read_submissions(
    source: bytes | Path, file: str | None, paper: str | None = None
) -> tuple[list[ReviewRow], list[Problem]]:
    """Return the reviews in a submissions zip; `paper` is what all of them are about.

    Raises BadInput for an archive that is something else, or whose submissions are anonymous.
    """
    rows: list[ReviewRow] = []
    late: list[str] = []
    nameless: list[str] = []
    strange: list[str] = []
    with opened(source, file) as archive:
        entries = [one for one in archive.infolist() if not one.is_dir()]
        _demand_usual(entries, file)
        for one in entries:
            name = _own_name(one.filename)
            found = entry_of(name) if name is not None else None
            if found is None:
                strange.append(one.filename)
                continue
            late += [found.name] if found.is_late else []
            title, context = _said(archive, one, found)
            title = paper or title
            if not title:
                nameless.append(name or "")
                continue
            place = f"{file}/{name}" if file else name
            who = (found.user, Name(found.name))
            rows.append(ReviewRow(who, title, file=place, context=context))
    if not rows and not nameless:
        text = "this is no zip of Canvas submissions: no file is named as Canvas names them"
        raise _refused(text, file)
    return _once(rows), _told(late, nameless, strange, file)


def entry_of(name: str) -> Entry | None:
    """Return what an entry's name says; None for one that Canvas did not name."""
    found = _NAMED.fullmatch(name) if len(name) <= MAX_NAME else None
    if found is None or _ANONYMOUS.fullmatch(name):
        return None
    title = title_of_file(found["file"]) if found["file"] else ""
    kind = found["kind"] or "file"
    return Entry(found["uid"], clean(found["name"]), bool(found["late"]), title, kind)


def title_of_file(name: str) -> str:
    """Return a file's name as a title: no ending, no underscores, no word like review around it."""
    text = name
    while (shorter := _ENDING.sub("", text)) != text:
        text = shorter
    text = _LABEL.sub("", clean(text.replace("_", " ").replace("+", " ")), count=1)
    words = text.split()
    if len(words) == 1:
        words = text.replace("-", " ").split()
    while words and _says_nothing(words[-1]):
        words.pop()
    while words and _says_nothing(words[0]):
        words.pop(0)
    return " ".join(words)


def _says_nothing(word: str) -> bool:
    key = fold(word)
    return key.isdigit() or not key or key.rstrip("0123456789") in _REVIEW_WORDS


def _own_name(path: str) -> str | None:
    """Return an entry's name without folders; None for one that leads out of them or is hidden."""
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or parts[-1].startswith(".") or "__MACOSX" in parts:
        return None
    return parts[-1] if ":" not in parts[0] else None


def _demand_usual(entries: list[zipfile.ZipInfo], file: str | None) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _refused(f"this archive has more than {MAX_ENTRIES:,} entries", file)
    if any(_ANONYMOUS.fullmatch(_own_name(one.filename) or "") for one in entries):
        text = "these submissions are anonymous: nothing ties them to students"
        hint = "turn off anonymous grading for this assignment, or import a list instead"
        raise BadInput([error(text, hint, file=file, rule="submissions-anonymous")])


def _said(archive: zipfile.ZipFile, one: zipfile.ZipInfo, entry: Entry) -> tuple[str, str]:
    """Return the title that a submission gives, and the beginning of what it says."""
    if entry.kind == "file":
        return entry.title, ""
    with archive.open(one) as stream:
        lines = text_of(stream.read(MAX_TEXT).decode("utf-8", "replace"))
    context = " ".join(lines)[:CONTEXT]
    titled = (_LABEL.sub("", line, count=1) for line in lines)
    first = next((line for line in titled if fold(line) and not fold(line).isdigit()), "")
    return clean(first[:TITLE]), context


def text_of(markup: str) -> list[str]:
    """Return the lines that people see of an HTML text; tags, scripts and styles are nothing."""
    reader = _Text()
    reader.feed(markup)
    reader.close()
    lines = (clean(html.unescape(line)) for line in "".join(reader.parts).split("\n"))
    return [line for line in lines if line]


class _Text(HTMLParser):
    """Keeps what stands between tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a line, or what nobody sees."""
        self._hidden += tag in _UNSEEN
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a line, or what nobody sees."""
        self._hidden -= tag in _UNSEEN and self._hidden > 0
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep a text as one line."""
        if not self._hidden:
            self.parts.append(" ".join(data.split("\n")))


def _once(rows: list[ReviewRow]) -> list[ReviewRow]:
    """Keep one row of those that say the same: the parts of one upload often share a name."""
    return list({(row.who, fold(row.paper)): row for row in reversed(rows)}.values())[::-1]


def _told(
    late: list[str], nameless: list[str], strange: list[str], file: str | None
) -> list[Problem]:
    problems = []
    if late:
        text = f"{counted(len(late), 'submission')} came late: {some(sorted(set(late)))}"
        problems.append(warning(text, "late ones count", file=file, rule="submissions-late"))
    if nameless:
        files = some([safe(one) for one in nameless])
        text = f"{counted(len(nameless), 'submission')} without the name of a paper: {files}"
        hint = "left out; --paper says what a whole file is about"
        problems.append(warning(text, hint, file=file, rule="submissions-nameless"))
    if strange:
        names = some([safe(one[:80]) for one in strange])
        text = f"{counted(len(strange), 'entry').replace('entrys', 'entries')} not named by Canvas"
        problems.append(
            warning(f"{text}: {names}", "passed over", file=file, rule="submissions-entry")
        )
    return problems


def _refused(text: str, file: str | None, hint: str = WRONG_FILE) -> BadInput:
    return BadInput([error(text, hint, file=file, line=1, rule="csv-encoding")])
