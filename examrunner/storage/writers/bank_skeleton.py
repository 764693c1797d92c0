"""The beginning of a bank: what is known filled in, the rest explained in comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.storage.writers.bank_yaml import scalar
from examrunner.storage.writers.json_schema import FILE

if TYPE_CHECKING:
    from examrunner.domain.course.catalogue import Reading

_HEAD = """\
# yaml-language-server: $schema={schema}
#
# A bank: all prepared questions about one reading. A draft needs only `kind` and `say`.
# See it with:    examrunner bank show {file}
# Check it with:  examrunner bank lint {file} --watch
#
# Put a text in 'single quotes' if it holds a colon followed by a space or, within {{ }}, a comma;
# an apostrophe within them is written twice.
bank_version: 1
reading: {quoted}
title: {title}
{authors}edition:  # which version the places refer to{edition}
prepared:  # {{by: ta-1, on: 2024-11-20}}
checked:   # {{against: the paper itself, by: ta-1, on: 2024-11-20}}

# The paper in at most 80 words, written without looking.
gist:

# Words of this paper: a question that holds one of them is about this paper and no other.
terms: []

# How symbols and abbreviations are said: {{write: d_k, say: the key dimension, means: its length}}
symbols: []

# What to beware of: differences between editions, contested numbers.
traps: []

# Aim at 2 opening, 4 core, 4 detail and 3 critique; 2 of each make a usable bank. Write core first:
# what would fall apart if it were removed? Then details from tables, ablations and failures, then
# critique, and openings last. To begin, take the # away from a question.
questions:
"""
_QUESTION = """\
{mark}- id: {reading}-{letter}1
{mark}  kind: {kind}
{mark}  level: {level}
{mark}  say: {say}
{mark}  seconds: {seconds}
{mark}  marks: {marks}
{mark}  look_for:
{mark}    - must: what every sufficient answer holds (1 to 3 such points)
{mark}    - also: what makes it strong (2 to 6 points in all)
{mark}  anchors:
{mark}    strong: what a strong student says, in one line
{mark}    enough: what a student says who read and understood it
{mark}    weak: what somebody says who did not
{mark}  probes:
{mark}    - A follow-up that begins with why, how or what?
{mark}  hints:
{mark}    - The step before the answer, never the answer.
{mark}  red_flags:
{mark}    - what only somebody says who did not read the paper
{more}{mark}  source:
{mark}    - {{at: Section 3.2, what: what stands there}}
{mark}  status: draft
"""
_MORE = """\
{mark}  misconceptions:
{mark}    - {{claim: what students get wrong, correction: what is right}}
"""
_MARK = "  # "
_STARTS = (
    ("core", "c", "explain", 90, 3, "Why would the whole fail without its main part?"),
    ("detail", "d", "recall", 60, 2, "What did the authors find when they left a part out?"),
    ("critique", "x", "evaluate", 75, 3, "Which result carries the claim least?"),
    (
        "opening",
        "o",
        "explain",
        60,
        2,
        "Which problem with earlier work does this paper set out to fix?",
    ),
)
"""Kind, letter, level, seconds, marks and an example, in the order of writing."""


def skeleton(reading: str, known: Reading | None, file: str) -> str:
    """Return the text of a bank without questions, with a commented one of each kind.

    `file` is its path as it is typed in a command.
    """
    title = _one_line(known.title) if known else ""
    arxiv = f", such as arXiv {known.arxiv}v1" if known and known.arxiv else ""
    who = _authors(known) if known else ""
    authors = f"# {_one_line(who)}\n" if who else ""
    text = _HEAD.format(
        schema=FILE,
        file=file,
        quoted=scalar(reading),
        title=scalar(title) if title else "",
        authors=authors,
        edition=arxiv,
    )
    for kind, letter, level, seconds, marks, say in _STARTS:
        more = _MORE.format(mark=_MARK) if kind == "core" else ""
        text += _QUESTION.format(
            mark=_MARK,
            reading=reading,
            letter=letter,
            kind=kind,
            level=level,
            say=f"'{say}'",
            seconds=seconds,
            marks=marks,
            more=more,
        )
        text += "\n"
    return text.rstrip("\n") + "\n"


def _authors(known: Reading) -> str:
    """Return who wrote a reading, where it appeared and when."""
    venue, year = known.venue or "", str(known.year or "")
    parts = (known.authors, venue, "" if year in venue else year)
    return ", ".join(part for part in parts if part)


def _one_line(text: str) -> str:
    return " ".join(text.split())
