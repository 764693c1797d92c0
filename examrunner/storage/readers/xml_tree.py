"""XML from elsewhere as a small tree of tags that know their line.

Nothing is fetched, no entity of the file's own is unfolded, and depth and count are capped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from examrunner.domain.problems import BadInput, error

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 20_000_000
MAX_DEPTH = 40
MAX_TAGS = 400_000
_HINT = "export it again from the system that made it"


@dataclass(slots=True)
class Tag:
    """One tag: its name without the name space, its attributes, and what stands in it."""

    name: str
    space: str
    attributes: dict[str, str]
    line: int
    parts: list[str] = field(default_factory=list)
    children: list[Tag] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text that stands in the tag itself."""
        return "".join(self.parts)

    def first(self, name: str) -> Tag | None:
        """Return the first child of that name, or None."""
        return next((one for one in self.children if one.name == name), None)

    def all(self, name: str) -> Iterator[Tag]:
        """Return the children of that name."""
        return (one for one in self.children if one.name == name)


def read_xml(data: bytes, file: str | None) -> Tag:
    """Return the outermost tag. Raises BadInput for what is no XML, or might do harm."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException, DTDForbidden
    from defusedxml.ElementTree import DefusedXMLParser

    if len(data) > MAX_BYTES:
        raise refused(f"the file is larger than {MAX_BYTES // 1_000_000} MB", _HINT, file)
    builder = _Builder(file)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.lines = parser.parser
    try:
        parser.feed(data)
        return _demand(parser.close(), file)
    except DTDForbidden as fault:
        told = "the file declares a document type, which could hide entities of its own"
        raise refused(told, "delete the line that begins with <!DOCTYPE", file) from fault
    except DefusedXmlException as fault:
        told = "the file declares entities or points outside itself; that is never read"
        raise refused(told, _HINT, file) from fault
    except ParseError as fault:
        line, column = getattr(fault, "position", (1, 0))
        told = f"this is not well-formed XML ({str(fault).partition(':')[0]})"
        raise refused(told, _HINT, file, line, column + 1) from fault
    except (LookupError, ValueError) as fault:
        told = "the file is in an encoding that is not known here"
        raise refused(told, "save it as UTF-8", file) from fault


def refused(
    told: str, hint: str, file: str | None, line: int | None = 1, column: int | None = None
) -> BadInput:
    """Return the refusal of an XML file."""
    return BadInput([error(told, hint, file=file, line=line, column=column, rule="xml")])


def _demand(found: Any, file: str | None) -> Tag:
    if not isinstance(found, Tag):
        raise refused("the file is empty", _HINT, file)
    return found


class _Builder:
    """Takes what the parser finds."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.lines: Any = None
        self.root: Tag | None = None
        self.open: list[Tag] = []
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open a tag."""
        line = self.lines.CurrentLineNumber
        self.count += 1
        if len(self.open) >= MAX_DEPTH:
            told = f"tags lie in one another more than {MAX_DEPTH} deep"
            raise refused(told, "is this the right file?", self.file, line)
        if self.count > MAX_TAGS:
            told = f"the file has more than {MAX_TAGS:,} tags"
            raise refused(told, "is this the right file?", self.file, line)
        space, _, local = name.rpartition("}")
        tag = Tag(local, space.lstrip("{"), attributes, line)
        if self.open:
            self.open[-1].children.append(tag)
        else:
            self.root = tag
        self.open.append(tag)

    def end(self, _name: str) -> None:
        """Close the tag opened last."""
        self.open.pop()

    def data(self, text: str) -> None:
        """Keep text."""
        if self.open:
            self.open[-1].parts.append(text)

    def close(self) -> Tag | None:
        """Return the outermost tag."""
        return self.root
