"""YAML is read as exact text with places, or refused with a place and a hint."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.problems import Problem, Severity
from examrunner.storage.readers.yaml_text import MAX_PROBLEMS
from examrunner.storage.readers.yaml_tree import (
    EMPTY,
    MAX_DEPTH,
    USUAL_SIZE,
    Mapping,
    Scalar,
    Sequence,
    read_tree,
)


def tree(text: str) -> Mapping:
    """Return the tree of a text that must be free of problems."""
    root, problems = read_tree(text.encode(), "f.yaml")
    assert problems == []
    assert root is not None
    return root


def value(text: str) -> str:
    """Return the text of the value of the first key."""
    node = tree(text).entries[0][1]
    assert isinstance(node, Scalar)
    return node.text


def refused(data: str | bytes) -> Problem:
    """Return the first problem of a file that must be refused, with its place."""
    raw = data.encode() if isinstance(data, str) else data
    root, problems = read_tree(raw, "f.yaml")
    assert root is None
    assert problems
    assert all(problem.file == "f.yaml" and problem.line for problem in problems)
    return problems[0]


@pytest.mark.parametrize(
    "text",
    [
        *("no", "NO", "on", "Off", "y", "n", "yes", "Null", "~", ".nan", "null", "true"),
        *("5:00", "1:30:00", "9:30", "09:30", "010", "0123456", "08", "0x1F", "1_000"),
        *("2006.11230", "3.10", "1e3", "2024-12-10", "2024-13-45", "-", "=", "a<<b"),
        "9" * 5000,
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    """What PyYAML would turn into numbers, dates, booleans or nothing stays the text it is."""
    if text == "-":
        text = "'-'"
        assert value(f"a: {text}\n") == "-"
        return
    assert value(f"a: {text}\n") == text


def test_places_count_from_one() -> None:
    """Every node knows its line and column, counted from 1 in characters."""
    root = tree("é𝄞: x\nlist:\n  - one\n  - {k: v}\n")
    assert (root.line, root.column) == (1, 1)
    first = root.entries[0][1]
    assert (first.line, first.column) == (1, 5)
    items = root.get("list")
    assert isinstance(items, Sequence)
    assert [(item.line, item.column) for item in items.items] == [(3, 5), (4, 5)]
    assert isinstance(items.items[1], Mapping)
    assert items.items[1].flow


def test_text_is_nfc_and_line_ends_are_line_feeds() -> None:
    """Decomposed letters come composed, CRLF and CR as LF, and a byte order mark is dropped."""
    root, problems = read_tree("\ufeffa: e\u0301\r\nb: |\r\n  x\r\n  y\r\n".encode(), "f")
    assert problems == []
    assert root is not None
    assert [node.text for _, node in root.entries if isinstance(node, Scalar)] == ["é", "x\ny\n"]


@pytest.mark.parametrize(
    ("text", "line", "told", "hint"),
    [
        ("a: 1\nq: What is this: a test?\n", 2, "colon", "quotes"),
        ("- a\n- b: c: d\n", 2, "colon", "quotes"),
        ("text: foo\n  bar: baz\n", 2, "key stands", "indent"),
        ("a:\n\tb: 1\n", 2, "tab", "spaces"),
        ('a: "x\ty"\n', 1, "a tab", "spaces"),
        ("q: @home\n", 1, "@", "quotes"),
        ("q: `code`\n", 1, "`", "quotes"),
        ("q: %x\n", 1, "%", "quotes"),
        ("q: *bold* move\n", 1, "alias", "quotes"),
        ("q: *bold\n", 1, "alias", "quotes"),
        ("q: &amp\n", 1, "anchor", "quotes"),
        ("q: !important\n", 1, "tag", "quotes"),
        ("q: ! x\n", 1, "tag", "quotes"),
        ("q: !!str x\n", 1, "tag", "quotes"),
        ("q: !x!y z\n", 1, "tag", "quotes"),
        ('a: 1\nt: "x\nb: 2\n', 2, "never closed", "close"),
        ("a: 1\nt: 'x\nb: 2\n", 2, "never closed", "close"),
        ('t: "the \\delta step"\n', 1, "backslash", "single quotes"),
        ('t: "the \\alpha step"\n', 1, "U+0007", "single quotes"),
        ('t: "the \\theta step"\n', 1, "a tab", "single quotes"),
        ('t: "\\U00110000"\n', 1, "backslash", "single quotes"),
        ('say: "Attention" is what?\n', 1, "closing quote", "quote the whole"),
        ("- 'it's'\n", 1, "an apostrophe ended", "'it''s'"),
        ("t: 'a \"b\" it's'\n", 1, "an apostrophe ended", "twice"),
        ("a: 1\nsay:Why is it\nb: 2\n", 2, "no space follows the colon", "write `say: Why is it`"),
        ("t: GANs: a review\n", 1, "colon", "quotes: t: 'GANs: a review'"),
        ("t: it's: so\n", 1, "colon", "quotes: t: 'it''s: so'"),
        ("key: - a\n", 1, "list item", "new line"),
        ("a: 1\nfoo\nb: 2\n", 2, "no `key:`", "key: value"),
        ("a:\n  - x\n b: 1\n", 3, "does not fit", "column"),
        ("key: [a, b\nc: d\n", 1, "not closed", "close"),
        ("key: {a: b\nc: d\n", 1, "not closed", "close"),
        ("a: 1\nkey: [\n", 2, "not closed", "close"),
        ("a: | x\n", 1, "several lines", "next line"),
        ("? [a]\n: b\n", 1, "a key must be a word", "quotes"),
        ("a: {x: 1}\n<<: {x: 2}\n", 2, "merge", "write it out"),
        ("a: 1\n---\nb: 2\n", 2, "second document", "split"),
        ("id: q1\ntext: one\ntext: two\n", 3, "twice", "line 2"),
        ("é: 1\ne\u0301: 2\n", 2, "twice", "line 1"),
        ("a: [MASK] is what?\n", 1, "begin with `[`", "quotes: a: '[MASK] is what?'"),
        ("a:\n  - must: [CLS] is it\n", 2, "begin with `[`", "must: '[CLS] is it'"),
        ("a:\n  - {x} is it\n", 2, "begin with `{`", "quotes: '{x} is it'"),
        ("a:\n  -must: b\n", 2, "no space follows the dash", "`- must"),
        ("a:\n  -must: b\n  - also: c\n", 2, "no space follows the dash", "`- must"),
        ("a:\n  -kind: b\n   say: c\n", 2, "no space follows the dash", "`- kind: b`"),
        ("a:\n  - b\n  -c d\n", 3, "no space follows the dash", "`- c d`"),
        ("a: 1\nsay:\u00a0Why\nb: 2\n", 2, "NO-BREAK SPACE", "type a space"),
        ("a:\n  - b: 1\n\u00a0\u00a0\u00a0 c: 2\n", 3, "NO-BREAK SPACE", "type a space"),
        ("a: 1\nsay\u00a0: Why\n", 2, "NO-BREAK SPACE", "type a space"),
        ("a:\n  - b: 1\n  \u00a0 c: 2\n", 3, "NO-BREAK SPACE", "type a space"),
        ("hello\n", 1, "key: value", ""),
        ("- a\n", 1, "key: value", ""),
        ("l:\n  - a\n<<<<<<< HEAD\n  - b\n=======\n  - c\n>>>>>>> x\n", 3, "git conflict", "both"),
        ("t: 'it''s'\nq: it's: so\n=======\n", 3, "git conflict", "marks"),
    ],
)
def test_a_fault_names_its_line_and_what_to_do(text: str, line: int, told: str, hint: str) -> None:
    """A file that cannot be taken is refused at the right line, with a hint for its writer."""
    problem = refused(text)
    assert (problem.line, problem.severity) == (line, Severity.ERROR)
    assert told in problem.text
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ('a: 1\nt: "the \\theta step"\n', (2, 9), "`\\theta` in double quotes was read as"),
        ('t: "so\n  the \\alpha step"\n', (2, 7), "`\\alpha` in double quotes was read as"),
        ('t: "the \\gamma step"\n', (1, 9), "`\\gamma` in double quotes"),
        ('t: "the \\nabla step"\n', (1, 9), "`\\nabla` in double quotes was read as a line"),
    ],
)
def test_a_backslash_in_double_quotes_is_told_at_its_word(
    text: str, place: tuple[int, int], told: str
) -> None:
    """Line and column are those of the backslash, and the word is named."""
    problem = read_tree(text.encode(), "f.yaml")[1][0]
    assert (problem.line, problem.column) == place
    assert told in problem.text
    assert "'\\theta'" in problem.hint


LATER = "    level: explain\n    marks: 3\n" * 50
"""Lines of a long bank."""


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ("    say: 'Why is it so?\n", "      - 'How?'\n"),
        ('    say: "Why is it so?\n', '      - "How?"\n'),
        ("      - 'Why?\n", "      - 'How?'\n"),
        ("      - must: 'Why\n", "    say: It's so\n"),
        ('    say: "Why?\n', "    say: the \\delta step\n"),
        ("    terms: ['why, how]\n", "    say: 'How?'\n"),
    ],
)
def test_a_quote_that_is_not_closed_is_told_where_it_was_opened(opened: str, closed: str) -> None:
    """However far below the next quote ends the text, the line to mend is the one that opened it.

    The place is that of the quote, and the hint says to close it.
    """
    problem = refused(f"a:\n  - b: 1\n    hints:\n{opened}{LATER}{closed}    c: 1\n")
    assert problem.line == 4
    assert problem.column == 1 + min(opened.find(one) for one in "'\"" if one in opened)
    assert "opened here" in problem.text
    assert "105" in problem.text
    assert "close it" in problem.hint


def test_a_text_over_several_lines_in_quotes_is_no_unclosed_quote() -> None:
    """A fault behind a quoted text that took in no entry is told where it stands."""
    assert refused("a: 'one\n  two'\n b: c\n").line == 3
    assert refused("a: 'one\n  it's two'\n").line == 2


@pytest.mark.parametrize(
    "text",
    ["a:\n  -\u00a0b\n", "a:\n  - must:\u00a0b\n", "é:\u00a0b\nc: d\nsay:\u00a0x\n"],
)
def test_a_no_break_space_that_looks_like_a_space_is_named(text: str) -> None:
    """Behind a dash or a key it makes one text of both, which no schema could explain."""
    problems = read_tree(text.encode(), "f.yaml")[1]
    assert any("NO-BREAK SPACE" in one.text and one.line for one in problems)


def test_no_break_spaces_within_texts_are_silent() -> None:
    """They may stand between words, at the beginning of a wrapped line, or behind a colon."""
    tree("a: 10\u00a0GB and\n  \u00a0more\nb: |\n  Note\u00a0: x\n  \u00a0y\n")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\n\n"])
def test_an_empty_file_is_told_apart(text: str) -> None:
    """A file without content is refused by a rule of its own, which a session file forgives."""
    assert refused(text).rule == EMPTY


@pytest.mark.parametrize(
    ("data", "line", "told"),
    [
        ("a: 1\n".encode("utf-16"), 1, "UTF-16"),
        ("a: 1\n".encode("utf-32"), 1, "UTF-32"),
        (b"a: 1\nb: caf\xe9\n", 2, "not in UTF-8"),
        (b"a: caf\xc3", 1, "not in UTF-8"),
        (b"a: 1\n\0\0\0\0", 2, "U+0000"),
        ("a: 1\nb: x\u202ey\n".encode(), 2, "U+202E"),
        ("# \u2028\n".encode(), 1, "U+2028"),
        ("a: \x85\n".encode(), 1, "U+0085"),
        (b"a: \x1b[31m\n", 1, "U+001B"),
    ],
)
def test_other_encodings_and_hidden_characters_are_refused(
    data: bytes, line: int, told: str
) -> None:
    """Bytes that are not clean UTF-8 text never reach the parser, and the place is named."""
    problem = refused(data)
    assert problem.line == line
    assert told in problem.text


@pytest.mark.parametrize("escape", ["\\e[31m", "\\0", "\\x07", "\\u202e", "\\N", "\\L", "\\ud800"])
def test_escapes_cannot_smuggle_hidden_characters(escape: str) -> None:
    """A character that is not let in raw is not let in through a backslash either."""
    refused(f'a: "x{escape}y"\n')


def test_a_latex_word_that_became_a_line_break_is_a_warning() -> None:
    r"""`\nabla` in double quotes is kept as read and its line is named with the way out."""
    root, problems = read_tree(b'a: 1\nt: "the \\nabla step"\n', "f")
    assert root is not None
    assert [(p.severity, p.line) for p in problems] == [(Severity.WARNING, 2)]
    assert "single quotes" in problems[0].hint


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("t: compare C# and F # here\n", 21),
        ("t: Figure #3\n", 11),
        ("- see issue #5 first\n", 13),
        ("must: recurrence # and convolution go\n", 18),
        ("hints:\n    - recurrence # and convolution go\n", 16),
    ],
)
def test_a_comment_that_seems_to_cut_a_text_is_a_warning(text: str, column: int) -> None:
    """` #` after words is reported where it stands."""
    _, problems = read_tree(f"list:\n  {text}".encode(), "f")
    assert [p.column for p in problems if p.severity is Severity.WARNING] == [column + 2]


@pytest.mark.parametrize(
    "text",
    ["a: 5 # five\n", "a: two words  # a comment\n", "a: {b: c}  # x\n", "# x\na: C# and F#\n"],
)
def test_ordinary_comments_are_silent(text: str) -> None:
    """Comments after one word, after two spaces or on lines of their own are no problem."""
    tree(text)


def test_a_comma_in_brackets_that_cut_a_question_is_a_warning() -> None:
    """`[Given this, why so?]` holds two texts, of which only the second is a question."""
    _, problems = read_tree(b"a: x\nprobes: [Why?, Given this, why so?]\n", "f")
    assert [(p.severity, p.line, p.column) for p in problems] == [(Severity.WARNING, 2, 28)]
    assert "quotes" in problems[0].hint


@pytest.mark.parametrize(
    "text",
    [
        "a: [Why?, how?]\n",
        "a: [mask, attention, key]\n",
        "a: ['Given this, why?', Why?]\n",
        "a:\n  - Given this\n  - why so?\n",
        "a: [Transformer, Why so?]\n",
    ],
)
def test_ordinary_lists_in_brackets_are_silent(text: str) -> None:
    """Words, whole questions and items on lines of their own were not cut by a comma."""
    tree(text)


def test_quotes_keep_everything() -> None:
    """In single quotes a backslash, a colon, a hash and a star are only text."""
    assert value("a: 'the $\\alpha$: *x* # y'\n") == "the $\\alpha$: *x* # y"


@pytest.mark.parametrize("times", [100_000, 900_000])
@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? ", "[\n"])
def test_brackets_cannot_crash_it(unit: str, times: int) -> None:
    """A hundred thousand brackets are refused at once: reading stops at the depth cap."""
    start = time.perf_counter()
    refused((unit * times)[: USUAL_SIZE.bytes - 1])
    assert time.perf_counter() - start < 2


def test_depth_up_to_the_cap_is_read() -> None:
    """Lists in one another are read up to the cap and refused one deeper."""
    tree("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert "deep" in refused("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH).text


def test_size_is_capped_before_parsing() -> None:
    """A file of more than two megabytes is refused without being looked at."""
    assert "larger" in refused(b"a: " + b"x" * USUAL_SIZE.bytes).text


def test_the_number_of_values_is_capped() -> None:
    """Reading stops soon after too many values, within two seconds."""
    start = time.perf_counter()
    problem = refused("a:\n" + "- x\n" * (USUAL_SIZE.values + 1000))
    assert f"{USUAL_SIZE.values:,}" in problem.text
    assert time.perf_counter() - start < 2


def test_the_number_of_problems_is_capped() -> None:
    """Of thousands of faults the first ones are told."""
    _, problems = read_tree(b"a: &x 1\n" + b"b: *x\n" * 5000, "f")
    assert len(problems) == MAX_PROBLEMS


def test_all_faults_come_at_once() -> None:
    """Faults that leave the rest readable are collected in the order of the file."""
    _, problems = read_tree(b"a: &x 1\nb: *x\nc: !t 1\na: 2\n", "f")
    assert [problem.line for problem in problems] == [1, 2, 3, 4]


def test_the_pure_parser_serves_where_the_c_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml the same texts, places and refusals come out."""
    text = "a: no\nb: [x, {k: 5:00}]\nc: |\n  one\n  two\n"
    fast = tree(text)
    monkeypatch.delattr("yaml.CLoader")
    assert tree(text) == fast
    assert "colon" in refused("q: What is this: a test?\n").text
    refused("[" * 100_000)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever the bytes, the result is a tree or located problems, never an exception."""
    root, problems = read_tree(data, "f")
    assert root is not None or problems
    assert all(problem.line and problem.file == "f" for problem in problems)


@settings(deadline=None)
@given(st.text(alphabet="ab:-#'\"[]{}&*!|>%@`?,\\ \n\t<=.~0", max_size=60))
def test_no_punctuation_raises(text: str) -> None:
    """Whatever YAML's signs in whatever order, the result is a tree or located problems."""
    root, problems = read_tree(text.encode(), "f")
    assert root is not None or problems
    assert all(problem.line for problem in problems)
