"""Colour themes: our own beside Textual's, and from every one the tones that the panes use.

A theme names a few colours; a tone is one of them made readable on every ground that it can stand
on, so that no theme, whoever wrote it, hides a word.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from textual.app import App
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import BUILTIN_THEMES, Theme

READABLE: Final = 4.6
"""Contrast of words and their ground: the 4.5 of WCAG AA, and a little for terminals that round."""

DARK: Final = "sendfile-dark"
LIGHT: Final = "sendfile-light"
HIGH_CONTRAST: Final = "high-contrast"
ANSI: Final = "ansi"

OWN_THEMES: Final = (
    Theme(
        name=DARK,
        primary="#62a8ea",
        secondary="#3d6f9e",
        accent="#e0af68",
        warning="#e6b450",
        error="#f0768b",
        success="#7cc88f",
        foreground="#d6dbe3",
        background="#12151a",
        surface="#191d24",
        panel="#252b35",
    ),
    Theme(
        name=LIGHT,
        primary="#0a5cad",
        secondary="#4b7fb5",
        accent="#8a4b00",
        warning="#8a5a00",
        error="#b3202c",
        success="#1b7a35",
        foreground="#1c2126",
        background="#fcfcfd",
        surface="#f1f3f6",
        panel="#e1e5ea",
        dark=False,
    ),
    Theme(
        name=HIGH_CONTRAST,
        primary="#ffff00",
        secondary="#00ffff",
        accent="#00ffff",
        warning="#ffd700",
        error="#ff8080",
        success="#5cff5c",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#303030",
        variables={"tone-quiet": "#c8c8c8", "title-text": "#ffffff"},
    ),
    Theme(
        name=ANSI,
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        accent="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={
            "block-cursor-foreground": "ansi_default",
            "block-cursor-background": "ansi_default",
            "block-cursor-text-style": "bold reverse",
            "input-cursor-text-style": "reverse",
            "input-selection-background": "ansi_cyan",
            "input-selection-foreground": "ansi_black",
            "screen-selection-background": "ansi_cyan",
            "screen-selection-foreground": "ansi_black",
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "border-blurred": "ansi_default",
        },
    ),
)
"""The first is what the explorer starts with; the last one uses the terminal's own palette."""

PALETTE_TONES: Final[Mapping[str, str]] = {
    "tone-text": "ansi_default",
    "tone-quiet": "ansi_default",
    "quiet-style": "dim",
    "tone-accent": "ansi_cyan",
    "tone-ok": "ansi_green",
    "tone-failed": "ansi_red",
    "tone-warning": "ansi_yellow",
    "tone-running": "ansi_cyan",
    "tone-mark": "ansi_magenta",
    "cursor-ground": "ansi_default",
    "cursor-text": "ansi_default",
    "cursor-style": "bold reverse",
    "rest-ground": "ansi_default",
    "rest-text": "ansi_default",
    "rest-style": "bold underline",
    "title-ground": "ansi_default",
    "title-text": "ansi_default",
    "title-style": "underline",
    "title-focused-ground": "ansi_default",
    "title-focused-text": "ansi_default",
    "title-focused-style": "bold underline",
    "match-ground": "ansi_default",
    "match-text": "ansi_yellow",
}
"""The tones of a theme in the terminal's own colours: what a ground would show, a style does."""


STYLES: Final = {name: "none" for name in PALETTE_TONES if name.endswith("-style")}
"""The styles of a theme whose grounds say what is what."""

WITHOUT_COLOUR: Final = NoColor()
"""Leaves bold, reverse and underline."""

ReturnType = TypeVar("ReturnType")


class ThemedApp(App[ReturnType]):
    """An App with our themes and the tones of whichever theme is chosen.

    With NO_COLOR it draws without any colour, in the terminal's own two.
    """

    def __init__(self, *, theme: str = "", **arguments: Any) -> None:
        """Begin with a theme that is among `known_themes`; empty: ours."""
        theme = theme or (ANSI if "NO_COLOR" in os.environ else DARK)
        # Not assigned: a change of the theme has every style sheet read once more.
        self.set_reactive(App.theme, theme)
        super().__init__(**arguments)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Our themes and Textual's, by name."""
        return {**super().available_themes, **{theme.name: theme for theme in OWN_THEMES}}

    def get_css_variables(self) -> dict[str, str]:
        """Add the tones to what the style sheets can name."""
        variables = super().get_css_variables()
        variables.update(tones(variables, ansi=self.current_theme.ansi))
        variables.update(self.current_theme.variables)
        return variables

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Take all colour away where Textual would leave shades of grey."""
        return [
            WITHOUT_COLOUR if isinstance(each, Monochrome) else each
            for each in super().get_line_filters()
        ]


def known_themes() -> list[str]:
    """Return the names of all themes that there are."""
    return [*BUILTIN_THEMES, *(theme.name for theme in OWN_THEMES)]


def tones(variables: Mapping[str, str], *, ansi: bool = False) -> dict[str, str]:
    """Return the style sheets' own variables for a theme's colours, by name.

    Args:
        variables: what Textual makes of a theme: `background`, `error` and so on.
        ansi: whether they are colours of the terminal's palette, which nobody can compute with.
    """
    if ansi:
        return dict(PALETTE_TONES)
    colours = {name: Color.parse(variables[name]) for name in _NAMED}
    background, text, primary = (colours[name] for name in ("background", "foreground", "primary"))
    grounds = [colours[name] for name in ("background", "surface", "panel")]
    focused = background.blend(primary, 0.3, 1.0)
    found = {
        "tone-text": readable(text, grounds),
        "tone-quiet": readable(text.blend(background, 0.4, 1.0), grounds),
        "tone-accent": readable(colours["primary"], grounds),
        "tone-ok": readable(colours["success"], grounds),
        "tone-failed": readable(colours["error"], grounds),
        "tone-warning": readable(colours["warning"], grounds),
        "tone-running": readable(colours["primary"], grounds),
        "tone-mark": readable(colours["accent"], grounds),
        "cursor-ground": primary,
        "cursor-text": readable(background, [primary]),
        "rest-ground": colours["panel"],
        "rest-text": readable(text, grounds),
        "title-ground": colours["panel"],
        "title-text": readable(text.blend(background, 0.4, 1.0), grounds),
        "title-focused-ground": focused,
        "title-focused-text": readable(text, [focused]),
        "match-ground": colours["accent"],
        "match-text": readable(background, [colours["accent"]]),
    }
    return {
        **STYLES,
        **{name: colour.hex for name, colour in found.items()},
        "cursor-style": "bold",
        "title-focused-style": "bold",
    }


def readable(colour: Color, grounds: Iterable[Color]) -> Color:
    """Return a colour, or the nearest to it that can be read on every ground.

    It goes towards the end of the scale, white or black, from which more of the grounds differ.
    """
    grounds = list(grounds)
    colour = colour.blend(colour, 0, 1.0)
    ends = (Color(255, 255, 255), Color(0, 0, 0))
    end = max(ends, key=lambda end: min(contrast(end, ground) for ground in grounds))
    for step in range(21):
        nearer = colour.blend(end, step / 20, 1.0)
        if all(contrast(nearer, ground) >= READABLE for ground in grounds):
            return nearer
    return end


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (colour.r / 255, colour.g / 255, colour.b / 255)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_NAMED: Final = (
    "background",
    "surface",
    "panel",
    "foreground",
    "primary",
    "accent",
    "success",
    "error",
    "warning",
)
"""The variables of Textual from which tones are made."""
