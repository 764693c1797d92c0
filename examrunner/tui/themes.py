"""The themes: every colour of the app, and how a theme is chosen.

`light`, `dark` and `contrast` name their own colours; `terminal` takes those of the terminal and
sets off by bold, dim and reverse, so that it reads without any colour. The backgrounds are near
grey: a terminal of 256 colours would else make them one black.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.theme import BUILTIN_THEMES, Theme

from examrunner.domain.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import App

VARIABLE = "EXAMRUNNER_THEME"
NO_COLOUR = "NO_COLOR"
DEFAULT = "dark"
TERMINAL = "terminal"
FEW_COLOURS = frozenset((None, "standard", "windows"))
"""Names of what terminals of at most 16 colours can do."""


def _theme(
    name: str,
    *,
    page: str,
    band: str,
    text: str,
    muted: str,
    accent: str,
    key: str,
    good: str,
    warn: str,
    bad: str,
    is_dark: bool = True,
) -> Theme:
    is_terminal = name == TERMINAL
    return Theme(
        name=name,
        background=page,
        surface=band,
        panel=band,
        foreground=text,
        primary=accent,
        accent=accent,
        secondary=key,
        success=good,
        warning=warn,
        error=bad,
        dark=is_dark,
        ansi=is_terminal,
        variables={
            **(BUILTIN_THEMES["ansi-dark"].variables if is_terminal else {}),
            "text-muted": muted,
            "field": page if is_terminal else f"{warn} 20%",
            "dim-style": "dim" if is_terminal else "none",
            "key-style": "bold" if is_terminal else "none",
            "row-style": "reverse" if is_terminal else "none",
        },
    )


THEMES = {
    one.name: one
    for one in (
        _theme(
            "light",
            page="#fafafa",
            band="#e4e5e9",
            text="#1c1d21",
            muted="#565a65",
            accent="#1d52bf",
            key="#5a1fa8",
            good="#226b2a",
            warn="#7a4d00",
            bad="#b3261e",
            is_dark=False,
        ),
        _theme(
            "dark",
            page="#0f1013",
            band="#24262d",
            text="#d5d8e6",
            muted="#8e93a3",
            accent="#7aa2f7",
            key="#bb9af7",
            good="#9ece6a",
            warn="#e0af68",
            bad="#f7768e",
        ),
        _theme(
            "contrast",
            page="#000000",
            band="#303030",
            text="#ffffff",
            muted="#d0d0d0",
            accent="#a8ccff",
            key="#e2b8ff",
            good="#87ff87",
            warn="#ffd75f",
            bad="#ffafaf",
        ),
        _theme(
            TERMINAL,
            page="ansi_default",
            band="ansi_default",
            text="ansi_default",
            muted="ansi_default",
            accent="ansi_blue",
            key="ansi_magenta",
            good="ansi_green",
            warn="ansi_yellow",
            bad="ansi_red",
        ),
    )
}
WORDS = {
    "light": "dark on white",
    "dark": "light on near black",
    "contrast": "white on black, every text at least 7 to 1",
    TERMINAL: "the terminal's own colours, readable without any",
}
"""What the palette says of each."""


def is_without_colour() -> bool:
    """Whether the user wants no colour at all."""
    return NO_COLOUR in os.environ


def at_start(remembered: Callable[[], str], colours: str | None) -> str:
    """Return the theme to begin with; `colours` is Rich's name of what the terminal can do.

    Raises WrongUsage where the environment names a theme that there is not.
    """
    if is_without_colour():
        return TERMINAL
    name = os.environ.get(VARIABLE, "")
    if name and name not in THEMES:
        *most, last = THEMES
        raise WrongUsage(f"{VARIABLE} is {name!r}.", f"It may be {', '.join(most)} or {last}.")
    if not name and colours in FEW_COLOURS:
        return TERMINAL
    name = name or remembered()
    return name if name in THEMES else DEFAULT


def commands(app: App[None]) -> Iterable[SystemCommand]:
    """Return what the palette offers: each theme, unless colours are not wanted."""
    if is_without_colour():
        return
    for name, words in WORDS.items():
        yield SystemCommand(f"theme: {name}", words, partial(_take, app, name))


def _take(app: App[None], name: str) -> None:
    from examrunner.services.theme import choose

    app.theme = name
    choose(name)
