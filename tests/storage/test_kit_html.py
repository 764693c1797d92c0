"""The kit's HTML: text stays text, nothing is fetched or run, and a sheet is one printed page."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from examrunner.domain.bank.banks import DEFAULT_SECONDS, Point, Question
from examrunner.domain.exam.events import Help, Rating, Verdict
from examrunner.services.prepare import prepare
from examrunner.storage.writers.kit import Cover, Line, Page, _length, render_kit

DEMO = Path(__file__).parent.parent.parent / "sessions" / "demo"
HOSTILE = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "{{7*7}}{% for x in y %}",
    "{{ cover.__class__.__mro__ }}",
    '" onmouseover="alert(1)',
    "محمد \u200fعلي",
    "a\u202egnp.exe",
    "\x1b]0;title\x07",
    "\ud800",
    r"$\alpha_t = \frac{1}{2} & x < y$",
    "&lt;b&gt;",
    "long" * 60,
)
WORDS = "a word and another one that stand for what people write in banks "
QUESTION = Question("q", "core", "Why is it so?", 60, 2, look_for=(Point("it is", must=True),))
PAGE = Page(
    number=7,
    name="Ana",
    say_name="",
    student_id="ana",
    section="",
    planned="09:05",
    allowed="5:00",
    extra="",
    attempt="",
    title="A paper",
    about="Somebody 2024",
    readings=(),
    general="",
    questions=(QUESTION,),
    kinds=(),
)
COVER = Cover("final", "Friday", "today", "kit 1", False, (Line(7, "Ana", "ana", "09:05", ""),))  # noqa: FBT003  in the order of the fields


class Seen(HTMLParser):
    """What a reader of HTML finds: tags, attributes, and the text that a person sees."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it carries."""
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def hostile_kit(text: str) -> bytes:
    """Return a kit with a text in every place that a text can have."""
    question = Question(
        text, text, text, 60, 2, look_for=(Point(text),), probes=(text,), hints=(text,)
    )
    page = replace(
        PAGE,
        name=text,
        say_name=text,
        student_id=text,
        section=text,
        title="",
        about=text,
        readings=(text,),
        questions=(question,),
    )
    line = Line(1, text, text, text, text)
    cover = replace(COVER, session=text, day=text, lines=(line,))
    return render_kit(cover, (page, replace(page, title=text, kinds=(text,), questions=())))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_people_is_only_text(text: str) -> None:
    """Whatever a name or question holds: the same tags as for plain words, and all of it shown."""
    plain, found = Seen(hostile_kit("plain")), Seen(hostile_kit(text))
    assert found.tags == plain.tags
    assert found.attributes == plain.attributes
    shown = re.sub(r"[\u202e\x1b\x07\ud800\u200f]", "", text)
    if shown == text and len(text) < 90:
        assert found.text.count(text) > 10
    assert "49" not in found.text
    for hidden in "\u202e\u200f\x1b\x07\x00":
        assert hidden not in found.text


def test_nothing_is_run_or_fetched() -> None:
    """There is no script, no link, no picture, and a policy that forbids all but the style."""
    html = render_kit(COVER, (PAGE,))
    found = Seen(html)
    assert not set(found.tags) & {"script", "link", "img", "iframe", "object", "a", "form", "base"}
    assert not found.attributes & {"src", "href", "action", "onload"}
    assert b"default-src 'none'" in html
    assert not re.search(rb"url\(|@import|https?://", html)


def test_a_sheet_has_boxes_for_every_answer() -> None:
    """Points, ratings, help, not asked and verdicts: each has a box to tick, with its word."""
    html = render_kit(COVER, (PAGE,)).decode()
    sheet = html[html.index('<table class="sheet') :]
    assert sheet.count('class="box"') == len(QUESTION.look_for) + 4 + 4 + 3
    for word in (*Rating, "not asked", *Help, *Verdict):
        assert f'<span class="box"></span>{word}</span>' in sheet
    for blank in ("started at", "ended at", "signature", "reason, note", "planned", "allowed"):
        assert blank in sheet


def test_a_long_hint_is_cut_after_a_word() -> None:
    """On paper a hint is a reminder: a long one ends with a mark, never inside a word."""
    question = replace(QUESTION, hints=(WORDS * 2,))
    html = render_kit(COVER, (replace(PAGE, questions=(question,)),)).decode()
    (hint,) = re.findall(r"<b>hint</b> <bdi>([^<]*)<", html)
    assert hint.endswith(" …")
    assert len(hint) <= 92
    assert set(hint.removesuffix(" …").split()) <= set(WORDS.split())


# --- printed -------------------------------------------------------------------------------


def printed_pages(html: bytes, size: str, folder: Path) -> int:
    """Print a kit with Chromium. Returns the number of pages."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("printing a kit needs chromium")
    page, pdf = folder / "kit.html", folder / "kit.pdf"
    page.write_bytes(html.replace(b"@page {", f"@page {{ size: {size};".encode(), 1))
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    command = [chromium, *flags, f"--user-data-dir={folder / 'home'}", f"--print-to-pdf={pdf}"]
    subprocess.run([*command, page.as_uri()], check=True, capture_output=True, timeout=120)
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def fullest_sheets() -> list[tuple[Question, ...]]:
    """Return, for each shipped bank, the sheet with the most text."""
    return [
        tuple(
            max((one for one in bank.questions if one.kind == kind), key=_length)
            for kind in DEFAULT_SECONDS
        )
        for bank in prepare(DEMO).banks.values()
    ]


@pytest.mark.parametrize("size", ["A4", "letter"])
def test_each_student_is_one_printed_page(size: str, tmp_path: Path) -> None:
    """The fullest sheets of the shipped banks, blank ones and those by hand fit on one page."""
    general = (replace(QUESTION, look_for=(Point(WORDS),) * 3, probes=("And then?",)),) * 4
    pages = [
        *(replace(PAGE, questions=one, extra="extra time x1.5") for one in fullest_sheets()),
        replace(PAGE, questions=general),
        replace(PAGE, questions=general, title="", readings=(WORDS,) * 6, general="General."),
        replace(PAGE, title="", questions=(), kinds=("opening", "core", "detail", "critique")),
    ]
    lines = tuple(Line(number, "Ana Maria", "ana", "09:05", "") for number in range(1, 25))
    html = render_kit(replace(COVER, lines=lines), tuple(pages))
    assert printed_pages(html, size, tmp_path) == 1 + len(pages)


def test_a_sheet_too_long_for_a_page_goes_on_with_its_number(tmp_path: Path) -> None:
    """No word is cut: what does not fit stands on a further page under the same head."""
    html = render_kit(COVER, (replace(PAGE, questions=fullest_sheets()[0] * 2),))
    assert printed_pages(html, "A4", tmp_path) == 3
    assert b"<thead" in html
