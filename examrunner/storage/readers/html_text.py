"""HTML from elsewhere as plain lines: markup goes, formulas stay."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from examrunner.domain.bank.foreign import normal

MAX_LENGTH = 50_000
"""Characters of one HTML text that are looked at, without pictures that stand in it."""
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = HEADINGS | frozenset(
    (
        "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "blockquote", "pre",
        "section", "article", "header", "footer", "hr", "body", "html", "figure", "figcaption",
    )
)  # fmt: skip
_CELLS = frozenset(("td", "th"))
_HIDDEN = frozenset(("script", "style", "head", "template", "title"))
_INDEXES = {"sub": "_", "sup": "^"}
_PICTURES = frozenset(("img", "video", "audio", "object", "embed", "iframe", "svg", "canvas"))
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_INSIDE = r"""[^<>"']{0,500}+"""
_LOOSE = re.compile(
    rf"""<(?!/?[A-Za-z]{_INSIDE}(?:(?:"[^"]{{0,4000}}+"|'[^']{{0,4000}}+'){_INSIDE}){{0,30}}+>)"""
)
"""A sign that begins no tag. The parser would look for its end through all that follows, and each
time anew."""
_DECLARED = re.compile(r"<[!?][^<>]{0,500}+>")
_INLINE = re.compile(r"\bdata:[a-z0-9/+.;-]{1,100},[A-Za-z0-9+/=%\s]{64,}", re.IGNORECASE)
_TEX_CLASS = re.compile(r"\b(?:texrender|tex|equation|latex|mathjax)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One block of text, and the tag in which it stood."""

    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """An HTML text without its markup."""

    lines: tuple[Line, ...]
    pictures: int = 0
    """Pictures and other media that a text cannot hold."""
    is_cut: bool = False
    """Whether the text was too long to be read at all."""

    @property
    def text(self) -> str:
        """All lines as one text."""
        return normal("\n".join(line.text for line in self.lines))


def plain_html(html: str) -> Plain:
    """Return the blocks of an HTML text. Never fails, whatever it holds."""
    kept = _INLINE.sub("data:", html) if len(html) > MAX_LENGTH else html
    if len(kept) > MAX_LENGTH:
        return Plain((), is_cut=True)
    reader = _Reader()
    reader.feed(_LOOSE.sub("&lt;", _DECLARED.sub("", _without_comments(kept))))
    reader.close()
    reader.flush()
    return Plain(tuple(reader.lines), reader.pictures)


def _without_comments(html: str) -> str:
    first, *rest = html.split("<!--")
    return "".join((first, *(part.partition("-->")[2] for part in rest)))


def plain_auto(text: str) -> Plain:
    """Return the blocks of a text that may hold some HTML, and whose line ends are meant."""
    return plain_html(text.replace("\r\n", "\n").replace("\n", "<br>"))


class _Reader(HTMLParser):
    """Collects the text between block tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.pictures = 0
        self.buffer: list[str] = []
        self.tag = "p"
        self.hidden = 0
        self.is_pre = False
        self.indexes: list[int] = []
        self.tex: list[str] | None = None
        """What stands in a formula that is being read."""
        self.is_source = False
        self.source = ""

    def flush(self) -> None:
        """End the block that is being read."""
        text = normal("".join(self.buffer))
        self.buffer.clear()
        self.indexes.clear()
        if text:
            self.lines.append(Line(self.tag, text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "math" or (tag == "script" and given.get("type", "").startswith("math/tex")):
            self.tex, self.source = [], given.get("alttext", "")
            self.is_source = False
        elif tag == "annotation" and self.tex is not None:
            self.is_source = "tex" in given.get("encoding", "").lower()
        elif tag in _HIDDEN:
            self.hidden += 1
        elif tag == "br":
            self.buffer.append("\n")
        elif tag in _PICTURES:
            self._picture(given)
        elif tag in _INDEXES and self.tex is None:
            self.indexes.append(len(self.buffer))
        elif tag in _CELLS and self.buffer:
            self.buffer.append(" ")
        elif tag in _BLOCKS:
            self._block(tag)

    def _block(self, tag: str) -> None:
        self.flush()
        self.tag = "p" if tag in ("ul", "ol", "div", "body", "html") else tag
        self.is_pre = tag == "pre"

    def _picture(self, given: dict[str, str]) -> None:
        named = f"{given.get('class', '')} {given.get('src', '')}"
        tex = given.get("data-equation-content", "")
        if not tex and _TEX_CLASS.search(named.replace("/", " ").replace("_", " ")):
            tex = given.get("alt", "")
        if tex:
            self.buffer.append(_formula(tex))
        else:
            self.pictures += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _HIDDEN | _INDEXES.keys() or tag == "math":
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.tex is not None and tag in ("math", "script"):
            self.buffer.append(_formula(self.source or "".join(self.tex)))
            self.tex = None
        elif tag == "annotation":
            self.is_source = False
        elif tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _INDEXES and self.indexes:
            start = self.indexes.pop()
            inner = "".join(self.buffer[start:]).strip()
            del self.buffer[start:]
            braced = inner if len(inner) < 2 else f"{{{inner}}}"  # noqa: PLR2004  one sign
            self.buffer.append(f"{_INDEXES[tag]}{braced}" if inner else "")
        elif tag in _BLOCKS:
            self.flush()
            self.tag, self.is_pre = "p", False

    def handle_data(self, data: str) -> None:
        if self.tex is not None:
            if self.is_source:
                self.source = f"{self.source}{data}"
            else:
                self.tex.append(data)
        elif not self.hidden:
            self.buffer.append(data if self.is_pre else _SPACE.sub(" ", data))


def _formula(tex: str) -> str:
    inner = " ".join(tex.split())
    return f"\\({inner}\\)" if inner else ""
