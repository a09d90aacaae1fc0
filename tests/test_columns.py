"""The table's columns at every width: which are there, how wide, and what their cells say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from tui.records import InvocationSummary, Tag
from tui.widgets.columns import (
    COLUMNS,
    NARROW_NAME,
    Context,
    arrange,
    header,
    row_line,
)
from tui.widgets.words import TimeStyle

ROW = InvocationSummary(
    invoke_id="f-hz0hq4655geuyodon",
    status="PartialFailed",
    creation_time="2026-11-24T03:04:05Z",
    name="a-rather-long-name-of-a-file.tar.gz",
    ok_count=47,
    failed_count=3,
    total_count=50,
    target_dir="/srv/app/releases/2026/current",
    file_owner="deploy",
    file_group="www-data",
    file_mode="0640",
    tags=(Tag("env", "prod"), Tag("spare", "")),
)
FIRST = ["created", "status", "name", "ok"]


def names(width: int, scrolled: int = 0) -> list[str]:
    return [column.name for column in arrange(width, scrolled=scrolled)]


@pytest.mark.parametrize("width", range(55, 240))
def test_the_first_four_are_always_there_and_a_row_is_as_wide_as_the_table(width: int) -> None:
    columns = arrange(width)
    assert [column.name for column in columns][:4] == FIRST
    for line in (row_line(ROW, columns, Context()), header(columns, Context())):
        assert width - 3 <= cell_len(line.text) <= width


def test_columns_come_in_their_order_as_the_width_allows() -> None:
    seen = [names(width) for width in range(60, 260)]
    everything = [column.name for column in COLUMNS]
    assert all(columns == everything[: len(columns)] for columns in seen)
    assert [len(columns) for columns in seen] == sorted(len(columns) for columns in seen)
    assert seen[-1] == everything


@pytest.mark.parametrize("width", [60, 80, 92, 120])
def test_scrolling_sideways_shows_every_column_whole(width: int) -> None:
    reached = set(names(width))
    for scrolled in range(1, 6):
        columns = arrange(width, scrolled=scrolled)
        assert cell_len(row_line(ROW, columns, Context()).text) <= width
        assert {"status", "name"} <= {column.name for column in columns}
        reached |= {column.name for column in columns}
    assert reached == {column.name for column in COLUMNS}


def test_an_invoke_id_is_never_shortened() -> None:
    long = "f-" + "x" * 40
    columns = arrange(200, id_width=len(long))
    [column] = [column for column in columns if column.name == "id"]
    assert column.width == len(long)
    for width in (60, 80, 120, 200):
        for scrolled in range(3):
            for column in arrange(width, scrolled=scrolled):
                if column.name == "id":
                    assert ROW.invoke_id in column.cell(ROW, Context()).text


def test_little_room_costs_the_name_and_the_year_and_nothing_else() -> None:
    created, status, name, ok = arrange(55)
    assert created.cell(ROW, Context()).text == "11-24 03:04:05"
    assert status.cell(ROW, Context()).text.strip() == "! PartialFailed"
    assert name.width == NARROW_NAME
    assert ok.cell(ROW, Context()).text == "   47/50"


def test_the_title_of_the_time_names_its_zone_and_the_sorted_one_its_direction() -> None:
    columns = arrange(120)
    assert "Created UTC" in header(columns, Context()).text
    context = Context(TimeStyle.AGE, datetime(2026, 11, 24, 5, tzinfo=UTC))
    assert "Created age" in header(columns, context).text
    assert "1h 55m ago" in row_line(ROW, columns, context).text
    assert "Name ▼" in header(columns, Context(), "name", "▼").text


def test_cells_say_what_the_row_says() -> None:
    text = row_line(ROW, arrange(240), Context(), mark="*").text
    assert text.startswith("* 2026-11-24 03:04:05  ! PartialFailed")
    for words in ("47/50", ROW.invoke_id, "deploy:ww…", "0640", "env=prod spare"):
        assert words in text
