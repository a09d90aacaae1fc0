"""Every key of the explorer: one table from which bindings, help, palette and keymap are made."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

from tui.late_dataclass import dataclass


@dataclass(frozen=True)
class Key:
    """An action with its default keys."""

    id: str
    """The name of the action in `keymap.toml`."""
    keys: str
    """Default keys, separated by commas, as Textual names them."""
    action: str
    words: str
    """What it does, for help, palette and keymap."""
    group: str
    """The heading under which help lists it."""

    @property
    def binding(self) -> Binding:
        """The action as a binding."""
        return Binding(self.keys, self.action, self.words, show=False, id=self.id)


QUESTIONS: Final = "Which, why, still, what now"
PANES: Final = "Panes"
QUERIES: Final = "What is asked for, and how it is shown"
ROWS: Final = "Order and marks"
LOADING: Final = "Loading"
TAKING: Final = "Taking away"
REST: Final = "The rest"

GROUPS: Final = (QUESTIONS, QUERIES, ROWS, LOADING, TAKING, PANES, REST)
"""The headings of help, in their order."""

EXPLORER_KEYS: Final[tuple[Key, ...]] = (
    Key("pane.filters", "1", "pane('filters')", "Go to the filters", PANES),
    Key("pane.invocations", "2", "pane('invocations')", "Go to the invocations", PANES),
    Key("pane.instances", "3", "pane('instances')", "Go to the instances", PANES),
    Key("pane.next", "tab", "next_pane(1)", "Next pane", PANES),
    Key("pane.previous", "shift+tab", "next_pane(-1)", "Previous pane", PANES),
    Key("pane.fold", "b", "fold", "Hide or show the filters", PANES),
    Key("pane.zoom", "plus", "zoom", "Zoom the pane", PANES),
    Key("back", "escape,backspace,h,left", "back", "Back, one thing at a time", PANES),
    Key("filters.open", "f", "pane('filters')", "Filter on the server", QUERIES),
    Key("filters.clear", "X", "clear_filters", "Clear the filters on the server", QUERIES),
    Key("filter", "slash", "local_filter", "Filter the rows that are loaded", QUERIES),
    Key("query.previous", "minus", "previous_query", "Ask the previous query again", QUERIES),
    Key("view.save", "B", "save_view", "Save this view under a name", QUERIES),
    Key("view.open", "apostrophe", "open_view", "Open a saved view", QUERIES),
    Key("sort.menu", "s", "sort_menu", "Sort by a column", ROWS),
    Key("sort.reverse", "S", "sort_reverse", "Reverse the order", ROWS),
    Key(
        "sort.previous", "less_than_sign", "sort_column(-1)", "Sort by the column to the left", ROWS
    ),
    Key(
        "sort.next", "greater_than_sign", "sort_column(1)", "Sort by the column to the right", ROWS
    ),
    Key("mark", "space", "mark", "Mark the row, and go on", ROWS),
    Key("mark.range", "V", "mark_range", "Mark from the last mark to here", ROWS),
    Key("mark.clear", "u", "mark_clear", "Clear the marks", ROWS),
    Key("load.page", "m", "load_more", "Load a page", LOADING),
    Key("load.all", "M", "load_all", "Walk on to the end", LOADING),
    Key("refresh", "r,ctrl+r", "refresh_rows", "Refresh", LOADING),
    Key("watch", "W", "watch", "Watch until all has finished, or stop", LOADING),
    Key("failed.next", "e", "failed(1)", "Next failed row, loading on", QUESTIONS),
    Key("failed.previous", "E", "failed(-1)", "Previous failed row", QUESTIONS),
    Key("causes", "F", "causes", "Failures by cause", QUESTIONS),
    Key("outcomes", "D", "outcomes", "Still broken or healed", QUESTIONS),
    Key("history", "i", "history", "Everything that was sent to this instance", QUESTIONS),
    Key("pushes", "C", "pushes", "Pushes: the sends of one file together", QUESTIONS),
    Key(
        "compare",
        "d",
        "compare",
        "Compare with the marked or the previous send of the file",
        QUESTIONS,
    ),
    Key("course", "t", "course", "Timeline of the results", QUESTIONS),
    Key("export", "x", "export", "Export: hand-off, CSV, JSON, retry manifest", TAKING),
    Key("verify", "I", "verify", "Is a local file the one that was sent?", TAKING),
    Key("copy.id", "y,c", "copy_id", "Copy the ID", TAKING),
    Key("copy.menu", "Y", "copy_menu", "Copy something else", TAKING),
    Key("raw", "v", "raw", "Raw JSON", TAKING),
    Key("time", "z", "time_style", "UTC, local time or age", QUERIES),
    Key("profile", "P", "profile", "Change the profile", QUERIES),
    Key("region", "R", "region", "Change the region", QUERIES),
    Key("calls", "at", "calls", "Log of the API calls", REST),
    Key("dump", "exclamation_mark", "dump", "Pane as plain text on the normal screen", TAKING),
    Key("palette", "colon", "app.command_palette", "Palette of all actions", REST),
    Key("help", "question_mark,f1", "help", "Help for this pane", REST),
    Key(
        "interrupt",
        "ctrl+c",
        "interrupt",
        "Copy a selection, stop a load, or quit on the second",
        REST,
    ),
    Key("quit", "q", "app.quit", "Leave the explorer", REST),
)


def bindings(keys: tuple[Key, ...]) -> list[BindingType]:
    """Return the bindings of a table of keys."""
    return [key.binding for key in keys]
