"""XML from elsewhere: Moodle's questions are read, QTI and what could do harm is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.bank.banks import Anchors, Point
from examrunner.domain.bank.foreign import Foreign, Skipped
from examrunner.domain.problems import BadInput
from examrunner.storage.readers.bank_table import read_bank_table
from examrunner.storage.readers.moodle_xml import read_moodle
from examrunner.storage.readers.xml_tree import MAX_DEPTH, MAX_TAGS
from tests.storage.foreign_banks import fixture
from tests.storage.workbooks import zipped

BOMB = (
    '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<quiz><question type='essay'><questiontext><text>&b;</text></questiontext></question></quiz>"
)


def essay(inner: str, text: str = "Why?", form: str = "html") -> Foreign:
    """Return a Moodle file with one essay question, read."""
    said = f'<questiontext format="{form}"><text><![CDATA[{text}]]></text></questiontext>'
    return read_moodle(
        f'<quiz><question type="essay">{said}{inner}</question></quiz>'.encode(), "m"
    )


def guide(html: str) -> str:
    """Return notes for graders as XML."""
    return f'<graderinfo format="html"><text><![CDATA[{html}]]></text></graderinfo>'


def refusal(data: bytes) -> tuple[str, str]:
    """Return what is told of a file that is refused, and the hint."""
    with pytest.raises(BadInput) as caught:
        read_moodle(data, "m.xml")
    (problem,) = caught.value.problems
    assert problem.file == "m.xml"
    assert problem.hint
    return problem.text, problem.hint


def test_the_moodle_fixture_is_read() -> None:
    """Its one essay is taken; each true-or-false question is named with its line."""
    found = read_moodle(
        fixture("moodle-xml", "nested_categories_with_questions.xml").read_bytes(), "m"
    )
    assert [(one.say, one.marks, one.kind) for one in found.taken] == [
        ("Testing Kappa Essay Question", 1, "")
    ]
    assert [(one.name, one.line) for one in found.skipped] == [
        ("Iota Question", 15),
        ("Kappa Question", 83),
        ("Lambda Question", 123),
        ("Mu Question", 163),
    ]
    assert {one.why for one in found.skipped} == {"true or false"}
    assert found.problems == ()


@pytest.mark.parametrize(
    ("name", "version"), [("qti2p2_extended_text_rubric.xml", "2.2"), ("qti3_essay.xml", "3.0")]
)
def test_qti_is_refused_with_the_way_out(name: str, version: str) -> None:
    """Each QTI fixture is named by its version, with the reason and what to do."""
    told, hint = refusal(fixture("qti-1edtech", name).read_bytes())
    assert told.startswith(f"this is QTI {version}, which has no place for")
    assert "spreadsheet" in hint


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<questestinterop/>", "this is QTI 1.2"),
        (b"<assessmentItem/>", "this is QTI 2,"),
        (b"<manifest/>", "list of contents of a QTI"),
        (b"<html/>", "its outermost tag is html, not quiz"),
        (b"", "not well-formed XML (no element found)"),
        (b"<quiz><question>", "not well-formed XML"),
        (b"\xff\xfe\x00", "not well-formed XML"),
        (b"<?xml version='1.0' encoding='klingon'?><quiz/>", "encoding that is not known"),
        (BOMB.encode(), "declares a document type"),
        (b'<!DOCTYPE q SYSTEM "file:///etc/passwd"><quiz/>', "declares a document type"),
        (b"<quiz>" + b"<a>" * 100_000, f"more than {MAX_DEPTH} deep"),
        (b"<quiz>" + b"<a/>" * (MAX_TAGS + 1), "more than 400,000 tags"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_xml_is_refused_in_words(data: bytes, words: str) -> None:
    """What is no Moodle XML, or could do harm, is told apart and never unfolded."""
    assert words in refusal(data)[0]


def test_a_qti_package_is_refused_as_one() -> None:
    """A zip with a manifest is QTI and no damaged workbook."""
    with pytest.raises(BadInput) as caught:
        read_bank_table(zipped({"imsmanifest.xml": b"<manifest/>", "a/q.xml": b"<q/>"}), "q.zip")
    assert caught.value.problems[0].text.startswith("this is a QTI package")


def test_html_becomes_text_and_formulas_stay() -> None:
    """Markup goes; TeX, MathML, indexes and pictures of formulas stay as formulas."""
    html = (
        "<p>Why is <b>x<sup>2</sup></b> &lt; d<sub>k</sub>&nbsp;and w<sub>ij</sub>,<br>"
        "$$\\nabla f$$ or \\(a\\)?</p><script>alert(1)</script>"
        "<p>See <img class='texrender' alt='\\frac12'>"
        "<math><mi>q</mi><annotation encoding='application/x-tex'>q_1</annotation></math>"
        "<img src='a.png' alt='a cat'></p>"
    )
    found = essay("", html)
    assert found.taken[0].say == (
        "Why is x^2 < d_k and w_{ij},\n$$\\nabla f$$ or \\(a\\)?\nSee \\(\\frac12\\)\\(q_1\\)"
    )
    (problem,) = found.problems
    assert problem.text.endswith("stayed behind: pictures and media (1)")


@pytest.mark.parametrize(
    ("form", "text", "say"),
    [
        ("plain_text", "a < b & <i>c</i>\n  d", "a < b & <i>c</i>\nd"),
        ("markdown", "**a** $d_k$", "**a** $d_k$"),
        ("moodle_auto_format", "a < b\n<i>c</i>", "a < b\nc"),
        ("html", "a\nb", "a b"),
    ],
)
def test_each_format_of_a_text_is_read_as_it_is_meant(form: str, text: str, say: str) -> None:
    """Only HTML loses its tags, and only there a line end is a blank."""
    assert [one.say for one in essay("", text, form).taken] == [say]


def test_notes_for_graders_become_points() -> None:
    """Lines of a foreign guide are points, needed where they are marked; nothing is dropped."""
    (one,) = essay(
        guide("<p>Full marks for:</p><ul><li>* variance</li><li>also: x</li></ul>")
    ).taken
    assert one.look_for == (Point("Full marks for:"), Point("variance", must=True), Point("x"))
    assert one.anchors == Anchors()


def test_what_has_no_place_is_named() -> None:
    """Feedback, templates, files, tags, half marks and other kinds of questions are told of."""
    extra = (
        "<defaultgrade>2.5</defaultgrade><hidden>1</hidden><tags><tag><text>t</text></tag></tags>"
        "<generalfeedback><text>well</text></generalfeedback>"
        "<responsetemplate><text>T</text></responsetemplate>"
        "<graderinfo><text>x</text><file name='a.png'>AAAA</file></graderinfo>"
    )
    found = essay(extra)
    assert found.taken[0].marks is None
    (problem,) = found.problems
    assert problem.line == 1
    assert problem.text == (
        "of 'Why?' stayed behind: the general feedback, the response template, embedded files (1), "
        "tags, that it is hidden in Moodle, the grade 2.5, since marks are whole"
    )
    others = b"<quiz><question type='cloze'/>\n<question type='essay'/><question/></quiz>"
    assert read_moodle(others, None).skipped == (
        Skipped("a question without a name", "gaps in a text", 1),
        Skipped("a question without a name", "an essay without a text", 2),
        Skipped("a question without a name", "of the kind none", 2),
    )


def test_a_text_beyond_measure_is_told_and_not_cut() -> None:
    """A text that nobody could read aloud is skipped; a picture inside it does not count."""
    long = essay("", "a " * 30_000)
    assert [one.why for one in long.skipped] == ["an essay whose text is far too long"]
    picture = "Why?<img src='data:image/png;base64," + "A" * 100_000 + "'>"
    assert [one.say for one in essay("", picture).taken] == ["Why?"]


MARKUP = st.text(st.sampled_from("<>&;#![]-/'\"= abipu\n\0x{}\\$"), max_size=60)


@given(MARKUP | st.text(max_size=30))
def test_no_markup_breaks_the_reader(text: str) -> None:
    """Whatever a text holds, it is read or refused with a problem."""
    for form in ("html", "moodle_auto_format", "plain_text"):
        try:
            essay(guide(text), text, form)
        except (BadInput, UnicodeEncodeError):
            continue


@given(st.binary(max_size=80) | MARKUP.map(lambda text: f"<quiz>{text}</quiz>".encode()))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Whatever a file holds, it is read or refused with a problem."""
    try:
        assert read_moodle(data, "m").form == "Moodle XML"
    except BadInput as refused:
        assert refused.problems  # noqa: PT017  either outcome is fine, a traceback is not
