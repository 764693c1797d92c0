"""What the YAML parser's faults mean to the person who wrote the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from examrunner.domain.problems import Problem, error
from examrunner.domain.text import name_of, safe

if TYPE_CHECKING:
    from collections.abc import Callable

RULE = "yaml"
QUOTE_IT = "put the text in quotes: 'like this'"
SINGLE_QUOTES = r"use single quotes, in which a backslash is only a backslash: '\theta'"
_INDENT = "lines of one list or mapping must begin in the same column; indent with spaces"
_IN_SINGLE = re.compile(r"^\s*(?:- )*(?:\{?\s*[\w-]+:\s+)*'")
_GLUED = re.compile(r"\s*(?:- )*([A-Za-z_]+):(\S.*)")
_GLUED_DASH = re.compile(r"-([A-Za-z_].*)", re.DOTALL)
_ITEM = re.compile(r"\s*(?:- +)*")
_VALUE = re.compile(r"\s*(?:- )*([\w-]+:\s+)([^'\"{\[].*)")
_BRACKETED = re.compile(r"\s*(?:- )*((?:[\w-]+:\s+)?)(([\[{]).*)")
_ENTRY = re.compile(r"\s*(?:-(?:\s|$)|[A-Za-z_][\w-]*:(?:\s|$))")
"""A line that begins an item of a list, or a key with its value."""
_BEHIND = re.compile(r" *(?:- +)*(?:-|[a-z_]+:)$")
_BEFORE = re.compile(r"\s*(?:-\s|[a-z_]+:(?:\s|$))")
ODD_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000"
"""Spaces that are pasted in with a text and look like the usual one."""
_ODD_SPACE = re.compile(f"[{ODD_SPACES}]")
_CLOSE_IT = "close it at the end of the text; within '...' write an apostrophe twice"
SHOWN = 60
"""So much of a text stands in a message."""
_START = 20
"""So much of a line is shown where only its beginning matters."""
_WORD = re.compile(r"[A-Za-z]{1,30}")
_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?$", re.MULTILINE)
_AFTER_QUOTE = re.compile(r"""^\s*(?:- )?(?:[\w-]+:\s+)?(?:\{?\s*[\w-]+:\s+)?["']""")


class Start(NamedTuple):
    """A place, counted from 0 as the parser does."""

    line: int
    column: int


def explain(fault: Exception, text: str, file: str, last: Any = None) -> Problem:
    """Return a fault of the parser as a problem with its place and what to do about it.

    `text` is the whole file, `last` the parser's event before the fault. Anything may be raised
    by a parser: what has no place is put at the first line.
    """
    if conflict := _CONFLICT.search(text):
        return _conflict(text.count("\n", 0, conflict.start()) + 1, file)
    told = str(getattr(fault, "problem", None) or fault) or type(fault).__name__
    mark = getattr(fault, "problem_mark", None)
    start = getattr(fault, "context_mark", None) or mark
    context = getattr(fault, "context", None) or ""
    if cause := _cause_above(text, mark, start, last, context):
        told, hint, mark = cause
    else:
        for pattern, tell in _MEANINGS:
            if re.search(pattern, f"{context}: {told}"):
                told, hint, mark = tell(text, mark, start)
                break
        else:
            told, hint = f"this is not YAML: {safe(told)}", QUOTE_IT
    line = 1 if mark is None else min(mark.line + 1, text.count("\n") + 1)
    column = 1 if mark is None else mark.column + 1
    return error(told, hint, file=file, line=line, column=column, rule=RULE)


def odd_space(line: str) -> int | None:
    """Return where a line has another space than the usual one before or behind its key or dash."""
    if not (found := _ODD_SPACE.search(line)):
        return None
    before, behind = line[: found.start()], line[found.end() :]
    is_odd = _BEHIND.match(before) or (_ITEM.fullmatch(before) and _BEFORE.match(behind))
    return found.start() if is_odd else None


def odd_space_told(character: str) -> tuple[str, str]:
    """Return what to say of such a space, and what to do about it."""
    return (
        f"here stands {name_of(character)}, which YAML does not take for a space",
        "type a space in its place",
    )


def glued_dash(text: str) -> tuple[str, str] | None:
    """Return what to say of a text that begins with a dash without a space, and what to do."""
    if not (glued := _GLUED_DASH.match(text)):
        return None
    return "no space follows the dash", f"write `- {safe(glued[1][:_START])}`"


def odd_key(text: str) -> tuple[str, str] | None:
    """Return what to say of a key that is no word, and what to do about it."""
    if text != text.strip():
        return odd_space_told(text[0] if text[0].isspace() else text[-1])
    if text == "<<":
        return "`<<` would merge another mapping into this one", "write it out"
    return glued_dash(text)


def _cause_above(
    text: str, mark: Any, start: Any, last: Any, context: str
) -> tuple[str, str, Any] | None:
    """Return what is wrong before the place at which the parser noticed it, or None."""
    if mark is None:
        return None
    is_quoted = getattr(last, "style", None) in ("'", '"')
    if is_quoted and (told := _ran_on(text, last.start_mark, last.end_mark)):
        return told
    if (
        "quoted scalar" in context
        and mark.index < len(text)
        and (told := _ran_on(text, start, mark))
    ):
        return told
    lines = text.split("\n")
    for n in dict.fromkeys((start.line, mark.line, mark.line - 1)):
        line = lines[n] if 0 <= n < len(lines) else ""
        if (at := odd_space(line)) is not None:
            return *odd_space_told(line[at]), Start(n, at)
        item = _ITEM.match(line)
        begin = item.end() if item else 0
        if glued := glued_dash(line[begin:]):
            return *glued, Start(n, begin)
    return None


def _ran_on(text: str, start: Any, end: Any) -> tuple[str, str, Any] | None:
    """Return what to say of a quoted text that took in the entries below it, or None."""
    lines = text.split("\n")[start.line + 1 : end.line + 1]
    if not any(map(_ENTRY.match, lines)):
        return None
    told = f"the quote opened here goes on to line {end.line + 1}, over the entries between"
    return told, _CLOSE_IT, start


def _conflict(line: int, file: str) -> Problem:
    told = "this is a mark of a git conflict: two people changed these lines"
    hint = (
        "keep what holds of both sides (in approvals.yaml all entries), delete the lines of marks"
    )
    return error(told, hint, file=file, line=line, column=1, rule="yaml")


def _line(text: str, mark: Any) -> str:
    lines = text.split("\n")
    return lines[mark.line] if mark is not None and mark.line < len(lines) else ""


def _colon(text: str, mark: Any, _start: Any) -> tuple[str, str, Any]:
    before = _line(text, mark)[: mark.column]
    if re.search(r":\s|- \S", before):
        return "a colon followed by a space inside a text", _quoted(_line(text, mark)), mark
    hint = f"the line above already has its value: indent this one like it, or {QUOTE_IT}"
    return "a key stands where none can be", hint, mark


def _quoted(line: str, shape: re.Pattern[str] = _VALUE) -> str:
    """Return what to do about the text of a line, with the text itself where it is short."""
    value = shape.match(line)
    return quote(value[2].rstrip(), value[1]) if value else QUOTE_IT


def quote(text: str, before: str = "") -> str:
    """Return what to do about a text that needs quotes, with the text itself where it is short."""
    if len(text) > SHOWN:
        return QUOTE_IT
    inner = text.replace("'", "''")
    return f"put the text in quotes: {safe(before)}'{safe(inner)}'"


def _start_character(text: str, mark: Any, _start: Any) -> tuple[str, str, Any]:
    character = _line(text, mark)[mark.column : mark.column + 1]
    if character == "\t":
        return "a tab at the beginning of a line or text", "indent with spaces", mark
    return f"a text cannot begin with `{safe(character)}`", QUOTE_IT, mark


def _unclosed(_text: str, _mark: Any, start: Any) -> tuple[str, str, Any]:
    return "a quote is opened here and never closed", _CLOSE_IT, start


def _alias(_text: str, mark: Any, start: Any) -> tuple[str, str, Any]:
    return "a text that begins with * or & is an alias or anchor", QUOTE_IT, start or mark


def _tag(_text: str, mark: Any, start: Any) -> tuple[str, str, Any]:
    return "a text that begins with ! is a tag", QUOTE_IT, start or mark


def _escape(text: str, mark: Any, start: Any) -> tuple[str, str, Any]:
    word = _WORD.match(_line(text, mark)[mark.column :].lstrip("\\")) if mark else None
    what = f"`\\{safe(word[0])}`" if word else "a backslash"
    return f"{what} in double quotes: the backslash means nothing", SINGLE_QUOTES, mark or start


def _no_colon(text: str, mark: Any, start: Any) -> tuple[str, str, Any]:
    if glued := _GLUED.match(_line(text, start or mark)):
        key, value = safe(glued[1]), safe(glued[2][:20])
        return "no space follows the colon", f"write `{key}: {value}`", start or mark
    hint = "write `key: value`; a text of several lines is indented more than its key"
    return "this line has no `key:`", hint, start or mark


def _dash(_text: str, mark: Any, _start: Any) -> tuple[str, str, Any]:
    return "a list item (`- `) stands where none can be", "begin the list on a new line", mark


def _bracket(_text: str, _mark: Any, start: Any) -> tuple[str, str, Any]:
    hint = f"close it; if it belongs to a text, {QUOTE_IT}"
    return "a [ or { is opened here and not closed rightly", hint, start


def _nothing_in(text: str, mark: Any, start: Any) -> tuple[str, str, Any]:
    """Return what to say of an open bracket behind which nothing can be read."""
    lines = text.split("\n")[: mark.line + 1] if mark else []
    if lines:
        lines[-1] = lines[-1][: mark.column]
    for n in range(len(lines) - 1, -1, -1):
        column = max(lines[n].rfind("["), lines[n].rfind("{"))
        if column >= 0:
            return _bracket(text, mark, Start(n, column))
    return _bracket(text, mark, start)


def _structure(text: str, mark: Any, _start: Any) -> tuple[str, str, Any]:
    before = _line(text, mark)[: mark.column] if mark is not None else ""
    if before.endswith("'") and _IN_SINGLE.match(before):
        hint = "write an apostrophe twice within single quotes: 'it''s'"
        return "an apostrophe ended the text in single quotes", hint, mark
    if mark is not None and _AFTER_QUOTE.match(_line(text, mark)[: mark.column]):
        hint = "quote the whole text: 'the word \"attention\" in a text'"
        return "a quoted text goes on after its closing quote", hint, mark
    if before.rstrip().endswith(("]", "}")) and (begun := _BRACKETED.match(before)):
        return (
            f"a text cannot begin with `{begun[3]}`",
            _quoted(_line(text, mark), _BRACKETED),
            mark,
        )
    return "the line does not fit those above", _INDENT, mark


def _deep(_text: str, mark: Any, _start: Any) -> tuple[str, str, Any]:
    return "lists and mappings lie in one another too deep", QUOTE_IT, mark


def _tab(_text: str, mark: Any, _start: Any) -> tuple[str, str, Any]:
    return "a tab at the beginning of a line", "indent with spaces", mark


def _block(_text: str, mark: Any, _start: Any) -> tuple[str, str, Any]:
    hint = "after | or > nothing may follow; the text begins on the next line"
    return "a text of several lines begins wrongly", hint, mark


_Meaning = tuple[str, "Callable[[str, Any, Any], tuple[str, str, Any]]"]
_MEANINGS: tuple[_Meaning, ...] = (
    (r"mapping values are not allowed", _colon),
    (r"found a tab character", _tab),
    (r"cannot start any token", _start_character),
    (r"quoted scalar: found unexpected", _unclosed),
    (r"(alias|anchor)", _alias),
    (r"\btag\b", _tag),
    (r"escape", _escape),
    (r"could not find expected ':'", _no_colon),
    (r"sequence entries are not allowed", _dash),
    (r"flow node", _nothing_in),
    (r"flow (sequence|mapping)|expected ',' or", _bracket),
    (r"nesting depth", _deep),
    (r"block scalar", _block),
    (r"did not find expected|expected <", _structure),
)
