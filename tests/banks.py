"""A bank that no rule has anything against, and what is said about changed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.lint.rules import Demands
from examrunner.storage.readers.bank_judge import judge_file

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.problems import Problem

READING = "trees"
KINDS = (("opening", "o", 2), ("core", "c", 4), ("detail", "d", 4), ("critique", "x", 3))
LEVELS = {"opening": "explain", "core": "explain", "detail": "recall", "critique": "evaluate"}
SECONDS = {"opening": 60, "core": 90, "detail": 60, "critique": 75}
MARKS = {"opening": 2, "core": 3, "detail": 2, "critique": 3}
_WORDS = """
acorn alder anvil apron arrow badge barge basil beech bench birch bison brick brook broom bugle
cabin camel canoe cedar chalk chest cider clove coral crane crown daisy ditch dough eagle easel
ember fable fence ferry flint flute forge frost gable glove goose grain grape hazel heron hinge
honey ivory jelly jewel kayak knoll lemon linen llama maple medal melon moose motor mound nylon
oasis olive onion opera otter paddy panda pearl petal piano plaza plume prism pulse quail quilt
raven ridge robin sable salad scarf shawl sheep slate sloth spear spoon squid stork straw sugar
tiger torch trout tulip tunic vault viola wagon whale wheat
"""
NAMES = _WORDS.split()
"""Six of them for each question, so that no two questions have a word in common."""
HEAD = """\
bank_version: 1
reading: trees
title: On Trees
edition: first
prepared: {by: ta-1, on: 2024-11-20}
gist: It is about trees.
terms: [TERMS]
symbols: [{write: ABC, say: the alphabet}]
traps: []
questions:
"""
QUESTION = """\
  - id: ID
    kind: KIND
    level: LEVEL
    say: Why is the w0 next to its w1?
    seconds: SECONDS
    marks: MARKS
    look_for:
      - must: the w1 holds a w2 upright in the wind
      - must: every w3 falls over otherwise
      - also: a w4 grows there
    anchors:
      strong: The w1 carries the w2, on which the w3 leans, all year long.
      enough: It holds the w2 up.
      weak: It is green.
    probes:
      - What changes for the w3?
    hints:
      - Think of the w4.
    red_flags:
      - speaks of the w5 only
    misconceptions:
      - {claim: the w5 does it, correction: the w1 does}
    source:
      - {at: Section SECTION, what: the w0}
    status: draft
"""


def clean_bank() -> str:
    """Return a bank of thirteen questions that passes every rule, even for approval."""
    texts, terms = [], []
    number = 0
    for kind, letter, count in KINDS:
        for n in range(1, count + 1):
            words = NAMES[6 * number : 6 * number + 6]
            text = QUESTION.replace("ID", f"trees-{letter}{n}").replace("KIND", kind)
            text = text.replace("LEVEL", "apply" if kind == "core" and n > 1 else LEVELS[kind])
            text = text.replace("SECONDS", str(SECONDS[kind])).replace("MARKS", str(MARKS[kind]))
            text = text.replace("SECTION", str(number + 2))
            for place, word in enumerate(words):
                text = text.replace(f"w{place}", word)
            texts.append(text)
            terms.append(words[0])
            number += 1
    return HEAD.replace("TERMS", ", ".join(terms)) + "".join(texts)


def judged(
    folder: Path, text: str, demands: Demands | None = None, names: tuple[str, ...] = ()
) -> list[Problem]:
    """Return what is said about a bank that is written so; for approval unless told otherwise."""
    path = folder / f"{READING}.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    return list(judge_file(path, demands or Demands(approval=True), names).problems)
