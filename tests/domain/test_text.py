"""What text is let in, what an id may be, and how anything is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.text import (
    bad_character,
    clean,
    fold,
    is_blank,
    is_id,
    name_of,
    safe,
    tidy,
    without_hidden,
)

ANY = st.text()
"""Any text at all, lone surrogates included."""
LONGEST = "a" * 64
HOSTILE = {
    "NUL": "\0",
    "ESC": "\x1b",
    "BEL": "\x07",
    "tab": "\t",
    "line feed": "\n",
    "carriage return": "\r",
    "file separator": "\x1c",
    "DEL": "\x7f",
    "CSI": "\x9b",
    "OSC": "\x9d",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "right-to-left override": "\u202e",
    "left-to-right embedding": "\u202a",
    "isolate": "\u2066",
    "pop isolate": "\u2069",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "zero width space": "\u200b",
    "word joiner": "\u2060",
    "invisible times": "\u2062",
    "byte order mark": "\ufeff",
    "interlinear anchor": "\ufff9",
    "tag letter": "\U000e0041",
    "language tag": "\U000e0001",
    "noncharacter": "\ufffe",
    "noncharacter of a block": "\ufdd0",
    "last noncharacter": "\U0010ffff",
    "surrogate": "\ud800",
}


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "A1",
        "0012345",
        "ho-2020",
        "a.b",
        "a..b",
        "a_b",
        "ann@uic.edu",
        "c++",
        "7-eleven",
        LONGEST,
    ],
)
def test_usual_ids_are_ids(text: str) -> None:
    """Letters, digits and a few signs of ASCII, up to 64 of them."""
    assert is_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a b",
        " a",
        "a ",
        "a\n",
        "\na",
        "a\0",
        "a\x1b[2J",
        LONGEST + "a",
        ".",
        "..",
        ".hidden",
        "-rf",
        "--help",
        "_a",
        "@a",
        "+1",
        "../a",
        "a/b",
        "a/../b",
        "/etc/passwd",
        "a\\b",
        "C:",
        "a:b",
        "~",
        "~root",
        "$HOME",
        "a;b",
        "a|b",
        "a*",
        "a?",
        "a%2e",
        "a'b",
        'a"b',
        "a<b",
        "=1+1",
        "a,b",
        "a#b",
        "é",
        "e\u0301",
        "\uff41",
        "\u0430",
        "\u0661",
        "a\u200d",
        "a\u202eb",
        "\ud800",
        "\u017f",
    ],
)
def test_what_could_be_a_path_an_option_or_a_disguise_is_no_id(text: str) -> None:
    """No separator, no leading dot or dash, no letter outside ASCII, nothing hidden."""
    assert not is_id(text)


@given(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}\Z"))
def test_an_id_is_safe_wherever_it_stands(text: str) -> None:
    """It is shown as it is, in NFC, and neither a path nor an option."""
    assert is_id(text)
    assert bad_character(text) is None
    assert safe(text) == text == unicodedata.normalize("NFC", text)
    assert text not in {".", ".."}
    assert not set(text) & set("/\\: \n")
    assert not text.startswith(("-", "."))


@given(ANY)
def test_an_id_is_ascii_of_bounded_length(text: str) -> None:
    """Whatever text comes, it is an id only within the rule."""
    if is_id(text):
        assert text.isascii()
        assert text.isprintable()
        assert 1 <= len(text) <= 64


@pytest.mark.parametrize("character", HOSTILE.values(), ids=HOSTILE.keys())
def test_hidden_and_hostile_characters_are_found(character: str) -> None:
    """Each is named wherever it stands, and shown as a visible mark."""
    assert bad_character(character) == character
    assert bad_character(f"Ann {character}Lee") == character
    assert character not in safe(f"Ann {character}Lee")


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee",
        "O'Brien-Núñez",
        "Žižek",
        "李明",
        "محمد",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "क्\u200dष",
        "👩\u200d🔬",
        "❤️",
        "e\u0301",
        "a\u00a0b",
        "naïve – “quoted” … ×",
        "\u03b1 ≤ β ∑ \U0001d53c",
        "=SUM(A1)",
        "[red]x[/]",
        "\u00ad",
        "\ue000",
        "",
    ],
)
def test_names_and_formulas_of_all_scripts_are_let_in(text: str) -> None:
    """Joiners stay for those who need them, and no visible letter is refused."""
    assert bad_character(text) is None
    assert safe(text) == text


@given(ANY)
def test_a_cleaned_text_is_let_in_and_stays_as_it_is(text: str) -> None:
    """Nothing hidden is left, cleaning again changes nothing, and a good text is only tidied."""
    kept = clean(text)
    assert bad_character(kept) is None
    assert clean(kept) == kept
    if bad_character(text) is None:
        assert without_hidden(text) == text
        assert kept == tidy(text)


def test_line_ends_of_a_pasted_text_become_spaces() -> None:
    """Words on two lines stay two words; other controls vanish."""
    assert clean(" one\ntwo\tthree\x1b[31m\u202e\u2028four ") == "one two three[31m four"
    assert without_hidden("a  b\u00a0c ") == "a  b\u00a0c "


@pytest.mark.parametrize(
    "text", ["", " ", "\u00a0", "\u200c\u200d", "\u00ad", "\u0301", "\u3164", "\u2800", "\u115f"]
)
def test_what_cannot_be_seen_is_blank(text: str) -> None:
    """White space, joiners, marks alone and fillers are no text."""
    assert is_blank(text)
    assert not is_blank(text + "a")
    assert not is_blank(text + "\u738b")


def test_comparing_passes_over_soft_hyphens_and_joiners() -> None:
    """A title copied from a paper, hyphens and all, is the title."""
    assert fold("Auto\u00adencoders") == fold("autoencoders")
    assert fold("\u0645\u06cc\u200c\u062e") == fold("\u0645\u06cc\u062e")


def test_every_control_surrogate_and_noncharacter_is_found() -> None:
    """C0, C1, bidirectional controls, tags and noncharacters, all of them."""
    ranges = (
        range(0x20),
        range(0x7F, 0xA0),
        range(0x200E, 0x2010),
        range(0x2028, 0x202F),
        range(0x2060, 0x2070),
        range(0xD800, 0xE000, 64),
        range(0xFDD0, 0xFDF0),
        range(0xE0000, 0xE0080),
        (plane * 0x10000 + low for plane in range(17) for low in (0xFFFE, 0xFFFF)),
    )
    let_in = [hex(code) for codes in ranges for code in codes if not bad_character(chr(code))]
    assert let_in == []


def test_the_first_bad_character_is_named() -> None:
    """A message can point at the first of several."""
    assert bad_character("a\x07b\x1bc") == "\x07"


def test_line_feeds_pass_where_lines_are_asked_for() -> None:
    """A long text may have lines, but no other control."""
    assert bad_character("one\ntwo", newlines=True) is None
    assert bad_character("one\r\ntwo", newlines=True) == "\r"
    assert bad_character("one\ttwo", newlines=True) == "\t"


def test_a_character_is_named_with_its_code_point() -> None:
    """Messages say what cannot be seen, also where Unicode has no name for it."""
    assert name_of("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert name_of("\x1b") == "U+001B a control character"
    assert name_of("\U000e0041") == "U+E0041 TAG LATIN CAPITAL LETTER A"


@given(ANY)
def test_nothing_that_is_shown_can_steer_a_terminal(text: str) -> None:
    """What `safe` returns holds no control and nothing hidden, and can be encoded."""
    shown = safe(text)
    assert bad_character(shown) is None
    assert all(unicodedata.category(c) not in {"Cc", "Cs"} for c in shown)
    assert len(shown) == len(text)
    shown.encode("utf-8")


@given(ANY)
def test_showing_twice_is_showing_once(text: str) -> None:
    """A text that was made safe stays as it is."""
    assert safe(safe(text)) == safe(text)


@given(ANY)
def test_clean_text_is_shown_as_it_is(text: str) -> None:
    """Only bad characters are replaced, each in its place."""
    assert (safe(text) == text) is (bad_character(text) is None)


def test_controls_are_shown_by_their_pictures() -> None:
    """An escape sequence is seen as one and does nothing."""
    assert safe("\x1b]0;x\x07") == "␛]0;x␇"
    assert safe("a\tb\nc\x7f") == "a␉b␊c␡"
    assert safe("a\x9bb\u202ec") == "a\ufffdb\ufffdc"


@given(ANY)
def test_tidy_text_is_composed_and_evenly_spaced(text: str) -> None:
    """It is in NFC, without white space at its ends or twice in a row, and stays so."""
    tidied = tidy(text)
    assert tidy(tidied) == tidied
    assert tidied == tidied.strip()
    assert "  " not in tidied
    assert unicodedata.is_normalized("NFC", tidied)


def test_tidy_composes_letters_and_joins_spaces() -> None:
    """The two ways to write an accent become one."""
    assert tidy("  Ne\u0301e \u00a0\t Lee ") == "N\u00e9e Lee"


@given(ANY)
def test_folding_twice_is_folding_once(text: str) -> None:
    """A folded text holds letters, digits and single spaces, and stays as it is."""
    folded = fold(text)
    assert fold(folded) == folded
    assert all(character.isalnum() or character == " " for character in folded)
    assert folded == " ".join(folded.split())


@given(st.text(st.characters(codec="ascii")))
def test_folding_does_not_know_case(text: str) -> None:
    """Titles are compared whatever their letters' case is."""
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Émile", "emile"),
        ("naïve", "nai\u0308ve"),
        ("VQ-VAE: Neural", "vq vae neural"),
        ("ﬁne", "fine"),
        ("x²", "X2"),
        ("“quoted”", "quoted"),
    ],
)
def test_titles_that_look_alike_fold_alike(one: str, other: str) -> None:
    """Case, accents, signs and compatibility forms make no difference."""
    assert fold(one) == fold(other)
