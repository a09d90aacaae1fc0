"""Every key of the explorer: one table from which bindings, help, palette and keymap are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """An action with its default keys."""

    id: str
    """The name of the action in `keymap.toml`."""
    keys: str
    """Default keys, separated by commas, as Textual names them."""
    action: str
    words: str
    """What it does, for help, palette and keymap."""

    @property
    def binding(self) -> Binding:
        """The action as a binding."""
        return Binding(self.keys, self.action, self.words, show=False, id=self.id)


EXPLORER_KEYS: Final[tuple[Key, ...]] = (
    Key("pane.filters", "1", "pane('filters')", "Go to the filters"),
    Key("pane.invocations", "2", "pane('invocations')", "Go to the invocations"),
    Key("pane.instances", "3", "pane('instances')", "Go to the instances"),
    Key("pane.next", "tab", "next_pane(1)", "Next pane"),
    Key("pane.previous", "shift+tab", "next_pane(-1)", "Previous pane"),
    Key("pane.fold", "b", "fold", "Hide or show the filters"),
    Key("pane.zoom", "plus", "zoom", "Zoom the pane"),
    Key("back", "escape,backspace,h,left", "back", "Back, one thing at a time"),
    Key("filters.open", "f", "pane('filters')", "Filter on the server"),
    Key("filters.clear", "X", "clear_filters", "Clear the filters on the server"),
    Key("filter", "slash", "local_filter", "Filter the rows that are loaded"),
    Key("query.previous", "minus", "previous_query", "Ask the previous query again"),
    Key("view.save", "B", "save_view", "Save this view under a name"),
    Key("view.open", "apostrophe", "open_view", "Open a saved view"),
    Key("sort.menu", "s", "sort_menu", "Sort by a column"),
    Key("sort.reverse", "S", "sort_reverse", "Reverse the order"),
    Key("sort.previous", "less_than_sign", "sort_column(-1)", "Sort by the column to the left"),
    Key("sort.next", "greater_than_sign", "sort_column(1)", "Sort by the column to the right"),
    Key("mark", "space", "mark", "Mark the row, and go on"),
    Key("mark.range", "V", "mark_range", "Mark from the last mark to here"),
    Key("mark.clear", "u", "mark_clear", "Clear the marks"),
    Key("load.page", "m", "load_more", "Load a page"),
    Key("load.all", "M", "load_all", "Walk on to the end"),
    Key("refresh", "r,ctrl+r", "refresh_rows", "Refresh"),
    Key("watch", "W", "watch", "Watch until all has finished, or stop"),
    Key("failed.next", "e", "failed(1)", "Next failed row, loading on"),
    Key("failed.previous", "E", "failed(-1)", "Previous failed row"),
    Key("causes", "F", "causes", "Failures by cause"),
    Key("outcomes", "D", "outcomes", "Still broken or healed"),
    Key("history", "i", "history", "Everything that was sent to this instance"),
    Key("pushes", "C", "pushes", "Pushes: the sends of one file together"),
    Key("compare", "d", "compare", "Compare with the marked or the previous send of the file"),
    Key("course", "t", "course", "Timeline of the results"),
    Key("export", "x", "export", "Export: hand-off, CSV, JSON, retry manifest"),
    Key("verify", "I", "verify", "Is a local file the one that was sent?"),
    Key("copy.id", "y,c", "copy_id", "Copy the ID"),
    Key("copy.menu", "Y", "copy_menu", "Copy something else"),
    Key("raw", "v", "raw", "Raw JSON"),
    Key("time", "z", "time_style", "UTC, local time or age"),
    Key("profile", "P", "profile", "Change the profile"),
    Key("region", "R", "region", "Change the region"),
    Key("calls", "at", "calls", "Log of the API calls"),
    Key("dump", "exclamation_mark", "dump", "Pane as plain text on the normal screen"),
    Key("palette", "colon", "app.command_palette", "Palette of all actions"),
    Key("help", "question_mark,f1", "help", "Help for this pane"),
    Key("interrupt", "ctrl+c", "interrupt", "Copy a selection, stop a load, or quit on the second"),
    Key("quit", "q", "app.quit", "Leave the explorer"),
)


def bindings(keys: tuple[Key, ...]) -> list[BindingType]:
    """Return the bindings of a table of keys."""
    return [key.binding for key in keys]
