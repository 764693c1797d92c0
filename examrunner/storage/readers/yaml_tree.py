"""Strict YAML: a small tree of texts with their places, and every problem in words.

Reads the events of PyYAML's C parser, so that nothing is guessed: `no`, `5:00`, `0123` and
`2006.11230` stay the texts they are. What could hide, repeat or swell content is refused:
aliases, anchors, tags, merge keys, keys given twice, a second document, too much of anything.
Nothing here recurses, and reading stops at the first cap that is hit.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from examrunner.domain.problems import Problem, error, warning
from examrunner.domain.text import bad_character, name_of, safe
from examrunner.storage.readers.yaml_hints import (
    QUOTE_IT,
    RULE,
    SHOWN,
    SINGLE_QUOTES,
    explain,
    odd_key,
)
from examrunner.storage.readers.yaml_text import MAX_PROBLEMS, decode, is_simple

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 32
EMPTY = "yaml-empty"
"""The rule of the problem that a file holds nothing; a session file may well be empty."""

_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*(\\[0abefnrtv][A-Za-z]*)")
_BROKEN_LINE = re.compile(r"(?<!\\)(?:\\\\)*(\\n[A-Za-z]+)")
_SENTENCES = frozenset(
    (
        *("say", "must", "also", "strong", "enough", "weak", "claim", "correction", "gist"),
        *("probes", "hints", "red_flags", "traps"),
    )
)
"""Keys of sentences: one word with a comment behind it is a sentence that was cut."""


class Size(NamedTuple):
    """How much a file may hold; what people write stays far below."""

    bytes: int = 2_000_000
    values: int = 100_000


USUAL_SIZE = Size()


@dataclass(slots=True)
class Scalar:
    """A text exactly as written. `plain`: without quotes, so that `none` may mean nothing."""

    text: str
    line: int
    column: int
    plain: bool = True


@dataclass(slots=True)
class Sequence:
    """A list. `flow`: written in brackets on one line."""

    line: int
    column: int
    flow: bool = False
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys and values in the order of the file. `flow`: written in braces on one line."""

    line: int
    column: int
    flow: bool = False
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """Return the key itself, with its place, or None."""
        return next((name for name, _ in self.entries if name.text == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def read_tree(
    data: bytes, file: str, size: Size = USUAL_SIZE
) -> tuple[Mapping | None, list[Problem]]:
    """Return the file's mapping, or None where any problem is an error, and all problems."""
    text, problems = decode(data, file, size.bytes)
    if text is None:
        return None, problems
    builder = _Builder(text, file, size.values)
    builder.problems += problems
    builder.run()
    return builder.result()


class _Open:
    """A list or mapping that is being read."""

    __slots__ = ("entries", "items", "key", "seen")

    def __init__(
        self, items: list[Node] | None, entries: list[tuple[Scalar, Node]] | None = None
    ) -> None:
        self.items = items
        self.entries = entries if entries is not None else []
        self.key: Scalar | None = None
        self.seen: dict[str, int] = {}


class _Builder:
    """Turns events into the tree."""

    def __init__(self, text: str, file: str, most: int) -> None:
        self.text = text
        self.file = file
        self.most = most
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.nodes = 0
        self.documents = 0
        self.going = True
        self.failed = False
        self.last: Any = None
        """The event before a fault of the parser."""
        self.in_brackets: list[list[Node]] = []

    def run(self) -> None:
        """Read all events, or up to the first thing that makes the rest not worth reading."""
        import yaml

        takers: dict[Any, Any] = {
            yaml.ScalarEvent: self.take_scalar,
            yaml.MappingStartEvent: self.take_mapping,
            yaml.SequenceStartEvent: self.take_sequence,
            yaml.MappingEndEvent: self.take_end,
            yaml.SequenceEndEvent: self.take_end,
            yaml.AliasEvent: self.take_alias,
            yaml.DocumentStartEvent: self.take_document,
        }
        try:
            loader = getattr(yaml, "CLoader", yaml.Loader)(self.text)
            try:
                self.take_all(loader.get_event, takers, yaml.ScalarEvent, yaml.StreamEndEvent)
            finally:
                loader.dispose()
        except Exception as fault:  # noqa: BLE001  PyYAML raises more than its own errors
            self.add(explain(fault, self.text, self.file, self.last))

    def take_all(
        self, get: Callable[[], Any], takers: dict[Any, Any], scalar: type, end: type
    ) -> None:
        """Take event by event; in a simple file nearly all are kept without further ado."""
        stack, simple, double = self.stack, is_simple(self.text), '"'
        most, event = self.most, None
        try:
            event = get()
            while self.going and (kind := type(event)) is not end:
                if kind is not scalar:
                    taker = takers.get(kind)
                    if taker is not None:
                        taker(event)
                elif not (simple and stack) or event.style == double or self.nodes >= most:
                    self.take_scalar(event)
                else:
                    start, top = event.start_mark, stack[-1]
                    node = Scalar(event.value, start.line + 1, start.column + 1, not event.style)
                    self.nodes += 1
                    if top.items is not None:
                        top.items.append(node)
                    elif top.key is None:
                        top.key = self.as_key(top, node)
                    else:
                        top.entries.append((top.key, node))
                        top.key = None
                event = get()
        finally:
            self.last = event

    def result(self) -> tuple[Mapping | None, list[Problem]]:
        """Return the tree and the problems, in the order of the file."""
        root = self.root
        for items in self.in_brackets:
            self.check_commas(items)
        if self.failed:
            root = None
        elif root is None or (isinstance(root, Scalar) and not root.text):
            told, hint = "the file is empty", "every line of such a file is `key: value`"
            self.add(error(told, hint, file=self.file, line=1, column=1, rule=EMPTY))
        elif not isinstance(root, Mapping):
            self.report("the file must consist of `key: value` lines", "", root)
        self.problems.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
        return (root if isinstance(root, Mapping) else None), self.problems

    def add(self, problem: Problem) -> None:
        """Keep a problem that makes the file unusable, in place of a warning that says the same."""
        said = (problem.line, problem.text)
        self.problems = [one for one in self.problems if (one.line, one.text) != said]
        self.problems.append(problem)
        self.failed = True
        self.going = self.going and len(self.problems) < MAX_PROBLEMS

    def report(self, told: str, hint: str, at: Any) -> None:
        """Keep a problem at a node."""
        line, column = at.line, at.column
        self.add(error(told, hint, file=self.file, line=line, column=column, rule=RULE))

    def take_document(self, event: Any) -> None:
        """Let one document in."""
        self.documents += 1
        if self.documents > 1:
            told = "a second document begins here (`---`)"
            self.report(told, "one file holds one document; split it", _place(event))
            self.going = False

    def take_alias(self, event: Any) -> None:
        """Refuse a reference to another part of the file."""
        self.report("a word that begins with * is an alias", QUOTE_IT, _place(event))
        self.put(_place(event))

    def take_scalar(self, event: Any) -> None:
        """Keep a text after checking what the parser made of it."""
        text, start, style = event.value, event.start_mark, event.style
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        node = Scalar(text, start.line + 1, start.column + 1, not style)
        if event.anchor is not None or event.tag is not None:
            self.check_marks(event, node)
        if style == '"' or "\t" in text:
            self.check_escapes(event, node)
        elif not style and text and self.text.startswith(" #", event.end_mark.index):
            self.check_cut(event, node)
        self.put(node)

    def check_marks(self, event: Any, node: Any) -> None:
        """Refuse anchors and tags, which most often are texts that lack quotes."""
        if event.anchor is not None:
            self.report(f"`&{safe(event.anchor[:SHOWN])}` is an anchor", QUOTE_IT, node)
        elif event.tag is not None:
            self.report("a text that begins with ! is a tag", QUOTE_IT, node)

    def check_escapes(self, event: Any, node: Scalar) -> None:
        """Look at what backslashes in double quotes turned into, and at tabs."""
        raw = self.text[event.start_mark.index : event.end_mark.index]
        bad = bad_character(node.text, newlines=True)
        if bad is not None and "\\" in raw:
            word = _ESCAPED.search(raw)
            what = f"`{safe(word[1][:SHOWN])}`" if word else "a backslash"
            told = f"{what} in double quotes was read as {_character(bad)}"
            self.report(told, SINGLE_QUOTES, self.within(event, word.start(1) if word else 0))
        elif bad is not None:
            told = f"the text holds {_character(bad)}"
            self.report(told, "put spaces in its place", node)
        elif event.style == '"' and (broken := _BROKEN_LINE.search(raw)):
            told = f"`{safe(broken[1][:SHOWN])}` in double quotes was read as a line break"
            at = self.within(event, broken.start(1))
            self.warn(told, SINGLE_QUOTES, at.line, at.column)

    def within(self, event: Any, offset: int) -> Scalar:
        """Return the place so many characters behind the beginning of an event."""
        start = event.start_mark.index
        before = self.text.rfind("\n", 0, start + offset) + 1
        line = event.start_mark.line + self.text.count("\n", start, start + offset)
        return Scalar("", line + 1, start + offset - before + 1)

    def check_cut(self, event: Any, node: Scalar) -> None:
        """Warn where ` #` seems to have cut a text rather than begun a comment."""
        end = event.end_mark
        is_cut = " " in node.text or self.name_of_text() in _SENTENCES
        if is_cut or not self.text[end.index + 2 : end.index + 3].isspace():
            told = "the text ends before ` #`; the rest of the line is a comment"
            hint = "put the text in quotes, or two spaces before a comment"
            self.warn(told, hint, end.line + 1, end.column + 2)

    def name_of_text(self) -> str:
        """Return the key of the text that is read, or of the list that it stands in."""
        for one in reversed(self.stack):
            if one.items is None:
                name = one.key or (one.entries[-1][0] if one.entries else None)
                return name.text if name else ""
        return ""

    def warn(self, told: str, hint: str, line: int, column: int) -> None:
        """Keep a warning, up to the cap."""
        if len(self.problems) < MAX_PROBLEMS:
            place = {"line": line, "column": column}
            self.problems.append(warning(told, hint, file=self.file, rule=RULE, **place))

    def take_mapping(self, event: Any) -> None:
        """Open a mapping."""
        start = event.start_mark
        node = Mapping(start.line + 1, start.column + 1, bool(event.flow_style))
        self.open(event, node, _Open(None, node.entries))

    def take_sequence(self, event: Any) -> None:
        """Open a list."""
        start = event.start_mark
        node = Sequence(start.line + 1, start.column + 1, bool(event.flow_style))
        if node.flow:
            self.in_brackets.append(node.items)
        self.open(event, node, _Open(node.items))

    def open(self, event: Any, node: Sequence | Mapping, opened: _Open) -> None:
        """Go into a list or mapping, unless it lies too deep."""
        if len(self.stack) >= MAX_DEPTH:
            told = f"lists and mappings lie in one another more than {MAX_DEPTH} deep"
            self.report(told, QUOTE_IT, node)
            self.going = False
            return
        if event.anchor is not None or event.tag is not None:
            self.check_marks(event, node)
        self.put(node)
        self.stack.append(opened)

    def take_end(self, _event: Any) -> None:
        """Close the list or mapping read last."""
        self.stack.pop()

    def check_commas(self, items: list[Node]) -> None:
        """Warn where a comma in brackets seems to have made two texts of one question."""
        for before, item in pairwise(items):
            if not (isinstance(before, Scalar) and isinstance(item, Scalar) and item.plain):
                continue
            if item.text[:1].islower() and item.text.endswith("?") and before.text[-1:] != "?":
                told = f"a comma made `{safe(item.text[:SHOWN])}` an item of its own"
                self.warn(
                    told, f"if it belongs to the item before, {QUOTE_IT}", item.line, item.column
                )

    def put(self, node: Node) -> None:
        """Hang a node where it belongs."""
        self.nodes += 1
        if self.nodes > self.most:
            self.report(f"the file holds more than {self.most:,} values", "split it", node)
            self.going = False
        elif not self.stack:
            self.root = node
        else:
            top = self.stack[-1]
            key = top.key
            if top.items is not None:
                top.items.append(node)
            elif key is None:
                top.key = self.as_key(top, node)
            else:
                top.entries.append((key, node))
                top.key = None

    def as_key(self, top: _Open, node: Node) -> Scalar:
        """Return a node as the key of a mapping, after checking that it can be one."""
        if not isinstance(node, Scalar):
            self.report("a key must be a word, not a list or mapping", QUOTE_IT, node)
            return Scalar("", node.line, node.column)
        name = node.text.strip()
        may_be_odd = node.plain and (name is not node.text or name < "A")
        if may_be_odd and (odd := odd_key(node.text)):
            self.report(*odd, node)
        elif name in top.seen:
            told = f"the key `{safe(name[:SHOWN])}` stands here twice"
            hint = f"its first place is line {top.seen[name]}"
            self.report(told, hint, node)
        else:
            top.seen[name] = node.line
        return node if name is node.text else Scalar(name, node.line, node.column, node.plain)


def _character(bad: str) -> str:
    return "a tab" if bad == "\t" else f"the character {name_of(bad)}"


def _place(event: Any) -> Scalar:
    """Return an empty text at the place of an event."""
    return Scalar("", event.start_mark.line + 1, event.start_mark.column + 1)
