"""From a tree of texts to a domain value, with every problem at its line and column.

Two steps. A walk along the type hints checks shapes and keys and turns each text into a number,
a date or a choice by a strict pattern, since pydantic's lax mode reads " 0_6 " as 6. Then
pydantic's TypeAdapter, the validator of record, builds the value.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections import Counter
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from examrunner.domain.problems import Problem, error
from examrunner.domain.text import is_id, safe
from examrunner.storage.readers.texts import MAX_TEXT, READERS, as_choice
from examrunner.storage.readers.yaml_hints import QUOTE_IT, SHOWN, glued_dash, quote
from examrunner.storage.readers.yaml_tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
NONE = "none"
RULE = "schema"
MOST = 50
"""So many problems of one file are told of: nobody reads more."""
ID_HINT = "an id has letters, digits and . _ @ + -, at most 64, and begins with a letter or digit"
_BAD: Any = object()
"""Stands for a value whose problem has been reported."""
_PAIRS = tuple[tuple[str, int], ...]
_UNIONS = (types.UnionType, typing.Union)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a kind of file has beyond the type hints."""

    hints: dict[type, dict[str, str]] = field(default_factory=dict)
    """For keys of other formats: what to do instead."""
    renamed: dict[type, dict[str, str]] = field(default_factory=dict)
    """For keys of other formats: what they are called here."""
    may_miss: dict[type, frozenset[str]] = field(default_factory=dict)
    """Fields without default that `complete` fills in."""
    complete: dict[type, Callable[[dict[str, Any]], None]] = field(default_factory=dict)
    """Fills in what a mapping leaves out. It sees only what could be read."""
    custom: dict[type, Callable[[Node, Report], Any]] = field(default_factory=dict)
    """Types that are written in another way than field by field."""


class Report:
    """Collects problems of one file."""

    def __init__(self, file: str, root: Mapping) -> None:
        self.file = file
        self.root = root
        self.problems: list[Problem] = []

    def at_node(self, told: str, hint: str, node: Node) -> Any:
        """Report an error at a node; the result stands for the value that is missing."""
        if not self.is_full:
            place = {"line": node.line, "column": node.column}
            self.problems.append(error(told, hint, file=self.file, rule=RULE, **place))
        return _BAD

    @property
    def is_full(self) -> bool:
        """Whether further problems are left out."""
        return len(self.problems) >= MOST

    def at(self, path: Iterable[str | int], told: str, hint: str = "") -> None:
        """Report an error at a path of field names and positions in lists."""
        self.at_node(told, hint, self.find(path))

    def sorted(self) -> list[Problem]:
        """Return the problems in the order of the file."""
        return sorted(self.problems, key=lambda problem: (problem.line or 0, problem.column or 0))

    def find(self, path: Iterable[str | int]) -> Node:
        """Return the node at a path, or the nearest one around it that stands in the file."""
        node: Node = self.root
        for step in path:
            inner = _step(node, step)
            if inner is None:
                return node
            node = inner
        return node


def check_ids(report: Report, ids: Iterable[tuple[tuple[str | int, ...], str]]) -> None:
    """Report ids that cannot be one, and those given more than once among these."""
    given = list(ids)
    counts = Counter(name for _, name in given)
    for path, name in given:
        if not is_id(name):
            report.at(path, f"`{safe(name[:64])}` cannot be an id", ID_HINT)
        elif counts[name] > 1:
            told = f"the id `{name}` is given {counts[name]} times"
            report.at(path, told, "every id stands for one thing only")


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Mapping) and isinstance(step, int) and step < len(node.entries):
        return node.entries[step][1]
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def read_typed(kind: type[T], report: Report, rules: Rules) -> T | None:
    """Return the file's value, or None after reporting everything that is wrong with it."""
    before = len(report.problems)
    data = plain_of(kind, report, rules)
    if len(report.problems) > before:
        return None
    return _validate(kind, data, report)


def plain_of(kind: type[T], report: Report, rules: Rules) -> dict[str, Any]:
    """Return the file's value as plain data after reporting everything that is wrong with it.

    What has been reported is in the data as a mark that is no value. A file that nothing was
    reported of is one that the validator takes.
    """
    made: dict[str, Any] = _Walk(report, rules).record(kind, report.root)
    return made


@cache
def adapter(kind: Any) -> Any:
    """Return pydantic's validator of a domain type; its JSON Schema comes from here too."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _validate(kind: type[T], data: Any, report: Report) -> T | None:
    from pydantic import ValidationError

    validated: Any = kind
    try:
        return typing.cast("T", adapter(validated).validate_python(data))
    except ValidationError as fault:
        for item in fault.errors(include_url=False, include_context=False, include_input=False):
            report.at(item["loc"], safe(item["msg"]))
        return None


@cache
def _hints_of(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _fields_of(kind: Any) -> dict[str, dataclasses.Field[Any]]:
    return {item.name: item for item in dataclasses.fields(kind)}


@cache
def _needed_by(kind: Any) -> frozenset[str]:
    """Return the fields that have no default."""
    return frozenset(n for n, item in _fields_of(kind).items() if item.default is MISSING)


@cache
def _texts_of(kind: Any) -> frozenset[str]:
    """Return the fields that hold a text."""
    return frozenset(name for name, hint in _hints_of(kind).items() if hint in (str, str | None))


@cache
def _lists_of(kind: Any) -> dict[str, Any]:
    """Return the fields that hold a list, and of what: types of lists are slow to look up by."""
    shapes = {name: _shape_of(hint) for name, hint in _hints_of(kind).items()}
    return {name: inner[0] for name, (shape, inner) in shapes.items() if shape == "items"}


def _usual_text(node: Node) -> str:
    """Return what nearly every text of a file is; empty for what has to be looked at closer."""
    if type(node) is Scalar and len(node.text) <= MAX_TEXT and node.text != NONE:
        return node.text.strip()
    return ""


def _as_one(node: Sequence | Mapping) -> str:
    """Return what to do about a list or a mapping where one text is wanted."""
    if node.flow:
        return QUOTE_IT
    if isinstance(node, Sequence):
        return "take away the `- `"
    key, value = node.entries[0]
    if len(node.entries) > 1 or not isinstance(value, Scalar):
        return QUOTE_IT
    told = f"the colon made `{safe(key.text[:SHOWN])}` a key"
    return f"{told}; {quote(f'{key.text}: {value.text}')}"


@cache
def _shape_of(kind: Any) -> tuple[str, tuple[Any, ...]]:
    """Return how a type is written, and the types in it; for an optional one those that count."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return "record", ()
    if origin in _UNIONS:
        return "optional", tuple(item for item in arguments if item is not types.NoneType)
    if kind == _PAIRS:
        return "pairs", ()
    return ("items" if origin is tuple else "scalar"), arguments


class _Walk:
    """Goes through tree and type hints side by side and makes plain data."""

    def __init__(self, report: Report, rules: Rules) -> None:
        self.report = report
        self.rules = rules

    def value(self, kind: Any, node: Node, name: str) -> Any:
        """Return a node as data of a type."""
        if kind in self.rules.custom:
            return self.rules.custom[kind](node, self.report)
        shape, arguments = _shape_of(kind)
        if shape == "record":
            return self.record(kind, node)
        if shape == "optional":
            return self.optional(arguments, node, name)
        if shape == "pairs":
            return self.pairs(node, name)
        if shape == "items":
            return self.items(arguments[0], node, name)
        return self.scalar(kind, node, name)

    def optional(self, arguments: tuple[Any, ...], node: Node, name: str) -> Any:
        """Return None for an empty value or the bare word `none`."""
        if isinstance(node, Scalar) and node.plain and node.text in ("", NONE):
            return None
        return self.value(arguments[0], node, name)

    def scalar(self, kind: Any, node: Node, name: str) -> Any:
        """Return a text, number, date or choice."""
        if not isinstance(node, Scalar):
            shape = "a list" if isinstance(node, Sequence) else "a mapping"
            told = f"{name} must be one value, not {shape}"
            return self.report.at_node(told, _as_one(node), node)
        text = node.text.strip()
        try:
            reader = READERS.get(kind)
            return as_choice(kind, text) if reader is None else reader(text)
        except ValueError as fault:
            wanted, hint = fault.args
            told = f"{name} must be {wanted}, not `{safe(text[:60])}`"
            return self.report.at_node(told, hint, node)

    def items(self, kind: Any, node: Node, name: str) -> Any:
        """Return a list."""
        if not isinstance(node, Sequence):
            glued = glued_dash(node.text) if isinstance(node, Scalar) and node.plain else None
            one = self.form(kind) or "one, two"
            told = f"{name} must be a list", f"write [{one}], or one `- ` line for each"
            return self.report.at_node(*(glued or told), node)
        if kind is str and all(texts := [_usual_text(item) for item in node.items]):
            return texts
        label = f"an item of {name}"
        made = []
        for item in node.items:
            if isinstance(item, Scalar) and not item.text.strip():
                made.append(self.report.at_node(f"{label} is empty", "delete it", item))
            else:
                made.append(self.value(kind, item, label))
        return made

    def form(self, kind: Any) -> str:
        """Return how a mapping is written on one line; empty for what is none."""
        if kind in self.rules.custom or _shape_of(kind)[0] != "record":
            return ""
        needed = _needed_by(kind) - self.rules.may_miss.get(kind, frozenset())
        names = [name for name in _fields_of(kind) if name in needed] or list(_fields_of(kind))[:1]
        return f"{{{', '.join(f'{name}: …' for name in names)}}}"

    def pairs(self, node: Node, name: str) -> Any:
        """Return an ordered mapping of words to numbers."""
        if not isinstance(node, Mapping):
            hint = "write {word: 1, word: 2}"
            return self.report.at_node(f"{name} must be a mapping", hint, node)
        return [
            (key.text, self.scalar(int, value, f"{name}: {safe(key.text)}"))
            for key, value in node.entries
        ]

    def record(self, kind: Any, node: Node) -> Any:
        """Return a mapping as the data of a dataclass."""
        if not isinstance(node, Mapping):
            words = ", ".join(f.name for f in dataclasses.fields(kind)[:3])
            told = f"here must stand a mapping with keys such as {words}"
            return self.report.at_node(told, f"write {self.form(kind)}", node)
        data: dict[str, Any] = {}
        fields, hints = _fields_of(kind), _hints_of(kind)
        texts, lists = _texts_of(kind), _lists_of(kind)
        meant: set[str] = set()
        for key, value in node.entries:
            if key.text in texts and (text := _usual_text(value)):
                data[key.text] = text
            elif key.text in lists and type(value) is Sequence:
                data[key.text] = self.items(lists[key.text], value, key.text)
            elif key.text not in fields:
                meant.add(self.unknown(kind, node, key, value))
            else:
                made = self.field(fields[key.text], hints[key.text], value)
                if made is not MISSING:
                    data[key.text] = made
        if not _needed_by(kind) <= data.keys():
            self.missing(kind, node, meant)
        if kind in self.rules.complete:
            self.rules.complete[kind](data)
        return data

    def field(self, item: dataclasses.Field[Any], kind: Any, node: Node) -> Any:
        """Return a field's data, or MISSING where an empty value means its default."""
        name = item.name
        if not isinstance(node, Scalar) or node.text.strip():
            return self.value(kind, node, name)
        if item.default is MISSING:
            return self.report.at_node(f"{name} is empty", "every such entry needs one", node)
        may_be_none = types.NoneType in typing.get_args(kind)
        if may_be_none and item.default is not None:
            hint = f"write `{NONE}`, or delete the line for the usual value"
            return self.report.at_node(f"{name} is empty", hint, node)
        return MISSING

    def unknown(self, kind: type, node: Mapping, key: Scalar, value: Node) -> str:
        """Report a key that the type does not have; return the one that seems to be meant."""
        known = [item.name for item in dataclasses.fields(kind)]
        name = safe(key.text[:60])
        if node.flow and isinstance(value, Scalar) and value.plain and not value.text:
            told = f"`{name}` is not a key: a comma ended the text before it"
            self.report.at_node(told, QUOTE_IT, key)
            return ""
        hint = self.rules.hints.get(kind, {}).get(key.text, "")
        meant = self.rules.renamed.get(kind, {}).get(key.text, "")
        if meant:
            hint = f"it is called `{meant}` here"
        elif not hint and not self.report.is_full:
            meant = next(iter(difflib.get_close_matches(key.text.lower(), known, n=1)), "")
            hint = f"did you mean `{meant}`?" if meant else f"known here: {', '.join(known)}"
        self.report.at_node(f"`{name}` is not a key here", hint, key)
        return meant

    def missing(self, kind: type, node: Mapping, meant: set[str]) -> None:
        """Report fields that must be there, except those that a faulty key seems to mean."""
        may_miss = self.rules.may_miss.get(kind, frozenset()) | meant
        needed = _needed_by(kind) - may_miss
        if needed:
            needed -= {key.text for key, _ in node.entries}
        for name in _fields_of(kind):
            if name in needed:
                hint = f"add a line `{name}: …`"
                self.report.at_node(f"`{name}` is missing", hint, node)
