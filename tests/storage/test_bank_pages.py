"""Banks to be read, as Markdown and as a page to print: everything in them, and nothing alive."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

from hypothesis import given, settings

from examrunner.domain.bank.banks import Bank, Entry, Question, State, Symbol
from examrunner.domain.bank.foreign import texts_of
from examrunner.storage.writers.bank_html import html_bytes
from examrunner.storage.writers.bank_markdown import markdown_bytes
from tests.storage.foreign_banks import BANKS, bank_of

BY = Entry("ann", date(2024, 11, 20), "reviewed", "point 2", "the PDF", ("q0",))
BANK = replace(
    bank_of([Question("q", "core", "Why $\\sqrt{d_k}$ and *not* d_k?", 90, 1, log=(BY,))]),
    title="A: B",
    edition="v2",
    gist="G",
    terms=("t1", "t2"),
    symbols=(Symbol("d_k", "the key size", "width"),),
    traps=("T1", "T2"),
    prepared=BY,
    public=True,
)


class Page(HTMLParser):
    """Collects the tags, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data


def page_of(bank: Bank) -> Page:
    """Return a bank's page, taken apart."""
    page = Page()
    page.feed(html_bytes([bank]).decode())
    return page


@settings(max_examples=60)
@given(BANKS)
def test_the_page_holds_every_text_and_nothing_alive(bank: Bank) -> None:
    """Whatever texts hold, no tag, script or address comes of it, and each can be read."""
    page = page_of(bank)
    assert page.tags <= page_of(BANK).tags
    assert not {name for name in page.attributes if name.startswith("on")} | page.attributes & {
        "src",
        "href",
    }
    for question in bank.questions:
        for text in texts_of(question):
            assert text in page.text


def test_both_forms_say_all_that_a_bank_says() -> None:
    """What stands above the questions, the log and a retired question too."""
    bank = replace(
        BANK, questions=(replace(BANK.questions[0], status=State.RETIRED), *BANK.questions)
    )
    page = " ".join(page_of(bank).text.split())
    marked = markdown_bytes([bank]).decode()
    log = "reviewed by ann on 2024-11-20; against the PDF; not seen: q0; point 2"
    shown = ("v2", "G", "t1, t2", "T2", "students may have read it", "RETIRED", "1 mark", log)
    for words in shown:
        assert words in page
        assert words in marked


def test_markdown_leaves_formulas_alone_and_nothing_else() -> None:
    """Signs of Markdown are escaped, but not inside a formula."""
    assert "> Why $\\sqrt{d_k}$ and \\*not\\* d\\_k?" in markdown_bytes([BANK]).decode()
    tricky = bank_of([Question("q", "core", "1. a\n- b\n# c\n$<script>$ <b>\n===", 90, 1)])
    said = [line[2:].rstrip() for line in markdown_bytes([tricky]).decode().splitlines()
            if line.startswith("> ")]  # fmt: skip
    assert said == ["1\\. a", "\\- b", "\\# c", "$\\<script\\>$ \\<b\\>", "\\==="]


@settings(max_examples=60)
@given(BANKS)
def test_markdown_holds_no_markup_of_texts(bank: Bank) -> None:
    """No tag and no code of a text is alive."""
    marked = markdown_bytes([bank]).decode()
    assert not re.search(r"(?<!\\)(?:\\\\)*[<`]", marked)
