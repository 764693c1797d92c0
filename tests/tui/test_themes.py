"""Themes: what can be read in each, and how one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.color import Color, ColorSystem
from textual.color import TRANSPARENT
from textual.filter import NoColor

from examrunner.domain.errors import WrongUsage
from examrunner.services.theme import choose, chosen
from examrunner.tui.app import ExamApp
from examrunner.tui.themes import DEFAULT, NO_COLOUR, TERMINAL, THEMES, VARIABLE, at_start
from examrunner.tui.widgets.canvas import INK, Canvas
from tests.fakes import FakeClock
from tests.tui.room import demo, room

if TYPE_CHECKING:
    from pathlib import Path

    from rich.style import Style

LEAST = {"light": 4.5, "dark": 4.5, "contrast": 7.0}
"""Contrast that every text has against page, row and bar; muted text is text, too."""
SEEN = 1.15
"""Contrast by which the chosen row and the bars are set off from the page."""
GROUNDS = ("background", "surface", "panel")
TEXTS = ("foreground", "primary", "secondary", "success", "warning", "error", "text-muted")
DEPTHS = pytest.mark.parametrize("depth", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])


@pytest.fixture(autouse=True)
def _no_wishes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start without a wish of whoever runs the tests."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv(NO_COLOUR, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def colours(name: str, depth: ColorSystem) -> dict[str, Color]:
    """Return a theme's colours as a terminal shows them."""
    theme = THEMES[name]
    named = {**theme.to_color_system().generate(), **theme.variables}
    wanted = {key: Color.parse(named[key]) for key in (*GROUNDS, *TEXTS)}
    return {key: one.downgrade(depth) for key, one in wanted.items()}


def luminance(colour: Color) -> float:
    """Return the relative luminance by WCAG 2.2."""
    parts = [part / 255 for part in colour.get_truecolor()]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio by WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21 to 1, and a grey known from the standard just fails 4.5."""
    white = Color.parse("#ffffff")
    assert contrast(Color.parse("#000000"), white) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), white) == pytest.approx(4.48, abs=0.01)


@DEPTHS
@pytest.mark.parametrize("name", LEAST)
def test_every_text_can_be_read(name: str, depth: ColorSystem) -> None:
    """Each ink has its contrast on page, row and bar, in true colour and in 256 colours."""
    found = colours(name, depth)
    for ground in GROUNDS:
        for text in TEXTS:
            assert contrast(found[text], found[ground]) >= LEAST[name], (text, ground)


@DEPTHS
@pytest.mark.parametrize("name", LEAST)
def test_the_chosen_row_is_set_off(name: str, depth: ColorSystem) -> None:
    """Row and bars are not the page, also where colours are few."""
    found = colours(name, depth)
    for ground in GROUNDS[1:]:
        assert contrast(found[ground], found["background"]) >= SEEN


async def inks(folder: Path, theme: str) -> dict[str, Style]:
    """Return the style of each ink in a theme."""
    async with room(folder) as desk:
        desk.app.theme = theme
        await desk.settle()
        canvas = desk.app.screen.query_one("#body", Canvas)
        return {name: canvas._ink(name) for name in INK}


@pytest.mark.parametrize("theme", THEMES)
async def test_cells_of_the_clock_need_no_colour(tmp_path: Path, theme: str) -> None:
    """They are reversed spaces: seen even where all colour is taken away."""
    found = await inks(demo(tmp_path), theme)
    for name in INK:
        if name.startswith("block-"):
            assert found[name].without_color.reverse


async def test_without_colour_weight_says_what_colour_said(tmp_path: Path) -> None:
    """In the terminal's own colours the row is reversed, keys and faults bold, asides dim."""
    found = await inks(demo(tmp_path), TERMINAL)
    assert found["row"].reverse
    assert found["key"].bold
    assert found["bad"].bold
    assert found["strong"].bold
    assert found["dim"].dim


async def test_no_colour_is_sent_where_none_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With NO_COLOR every cell has the terminal's own colours, whatever was chosen before."""
    monkeypatch.setenv(NO_COLOUR, "1")
    choose("light")
    assert at_start(chosen, "truecolor") == TERMINAL
    async with room(demo(tmp_path)) as desk:
        (taking_away,) = [one for one in desk.app._filters if isinstance(one, NoColor)]
        for strip in desk.app.screen._compositor.render_strips():
            shown = strip.apply_filter(taking_away, TRANSPARENT)
            for style in (segment.style for segment in shown if segment.style):
                assert style.color is None or style.color.is_default
                assert style.bgcolor is None or style.bgcolor.is_default
        offered = [one.title for one in desk.app.get_system_commands(desk.app.screen)]
        assert not [title for title in offered if title.startswith("theme")]


async def test_a_theme_taken_from_the_palette_is_there_the_next_time(tmp_path: Path) -> None:
    """The choice shows at once, is kept without a name, and is what the next start takes."""
    assert at_start(chosen, "truecolor") == DEFAULT
    async with room(demo(tmp_path), FakeClock()) as desk:
        commands = {one.title: one for one in desk.app.get_system_commands(desk.app.screen)}
        assert [title for title in commands if title.startswith("theme: ")] == [
            f"theme: {name}" for name in THEMES
        ]
        commands["theme: light"].callback()
        await desk.settle()
        assert desk.app.screen.styles.background.hex.lower() == THEMES["light"].background
    assert (tmp_path / "state" / "examrunner" / "theme").read_text() == "light\n"
    assert at_start(chosen, "truecolor") == "light"


def test_the_environment_goes_before_what_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """EXAMRUNNER_THEME counts for this start, on any terminal."""
    choose("light")
    monkeypatch.setenv(VARIABLE, "contrast")
    assert at_start(chosen, "truecolor") == "contrast"
    assert at_start(chosen, "standard") == "contrast"


def test_an_unknown_theme_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in the variable gets one clear message."""
    monkeypatch.setenv(VARIABLE, "pink")
    with pytest.raises(WrongUsage, match="EXAMRUNNER_THEME is 'pink'") as refusal:
        at_start(chosen, "truecolor")
    assert refusal.value.hint == "It may be light, dark, contrast or terminal."


@pytest.mark.parametrize("depth", ["standard", "windows", None])
def test_few_colours_are_left_to_the_terminal(depth: str | None) -> None:
    """With 16 colours or none the chosen row would melt into the page: the terminal's own serve."""
    choose("light")
    assert at_start(chosen, depth) == TERMINAL


@pytest.mark.parametrize("kept", ["", "no such theme", "\x1b[31mred", "light dark", "x" * 9999])
def test_a_damaged_choice_is_no_choice(kept: str) -> None:
    """Whatever stands in the file, the app starts with a theme that there is."""
    choose(kept)
    assert at_start(chosen, "truecolor") == DEFAULT


def test_a_state_folder_that_cannot_be_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither choosing nor starting fails where nothing can be kept."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    choose("light")
    assert at_start(chosen, "256") == DEFAULT


@pytest.mark.parametrize("name", LEAST)
async def test_the_dark_mode_of_widgets_follows_the_theme(name: str) -> None:
    """Widgets of the library that ask whether it is dark are told so from the first frame."""
    app = ExamApp(lambda _: pytest.fail("not opened"), None, lambda _: name)
    async with app.run_test():
        assert app.has_class("-light-mode") is (name == "light")
        assert app.has_class("-dark-mode") is (name != "light")
