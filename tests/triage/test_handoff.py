"""The hand-off: what matters first, everything that is needed, and no text that acts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.triage.rows import (
    HOSTILE,
    at,
    controls,
    delivery,
    hostile_deliveries,
    invocations,
    sending,
)
from tui.records import Query, TagFilter, instant
from tui.triage.additions import with_additions
from tui.triage.campaigns import campaigns_of
from tui.triage.command_words import cli_for
from tui.triage.findings import Findings, findings
from tui.triage.handoff import MAX_BROKEN, MAX_LISTED, hand_off
from tui.triage.markdown import code, text
from tui.triage.sends import Delivery, Sends
from tui.triage.stamp import Stamp

QUERY = Query("cn-hangzhou", name="app.conf")
NOW = instant(at(3600))
STAMP = Stamp(QUERY, "profile ops", NOW, 2, True, "1.2.3")

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
"""A parser that lets HTML through, so that what could have been HTML is seen."""


def found(*deliveries: Delivery) -> Findings:
    sendings = {each.invoke_id: each.sending for each in deliveries}
    assert NOW
    return findings(Sends(tuple(sendings.values()), deliveries), NOW)


STORY = (
    delivery("i-fine", "Success", 5),
    delivery("i-healed", "Timeout", 60, code="DeliveryTimeout"),
    delivery("i-down", "Aborted", 2, code="ClientNotRunning", info="not running"),
    delivery("i-gone", "Aborted", 2, code="InstanceReleased"),
    delivery("i-flap", "Failed", 3, code="FileCreateFail", info="open /x: errno 28"),
    delivery("i-healed", "Success", 305, created=300),
    delivery("i-flap", "Success", 305, created=300),
    delivery("i-down", "Aborted", 302, created=300, code="ClientNotRunning"),
    delivery("i-flap", "Failed", 605, created=600, code="FileCreateFail"),
    delivery("i-new", "Pending", created=600),
)


def test_it_reads_from_what_matters_to_the_ids() -> None:
    page = hand_off(
        STAMP, found(*STORY), request_ids=["REQ-1"], commands=cli_for(QUERY, profile="ops")
    )
    titles = re.findall(r"^#+ .*", page, re.MULTILINE)
    assert [title for title in titles if not title.startswith("###")] == [
        "# Hand-off: `app.conf` to `/etc/app`",
        "## What was sent",
        "## Why it failed",
        "## Still broken",
        "## Next steps",
        "## Healed",
        "## Timeline",
        "## Where this comes from",
        "## IDs",
    ]
    assert page.splitlines()[2] == (
        "3 sends went to 6 instances, from 2026-11-20 08:00:00 UTC on; 6 of 10 deliveries failed."
        " **3 hosts are still broken** (2 never tried again); 1 healed since."
        " The most frequent cause is `ClientNotRunning` (33 % of the failures)."
        " 1 host is flapping: healed, and failed again."
        " 1 delivery still going on, 1 of them after the timeout."
    )
    assert page.splitlines()[4] == "**Complete: the service had no more.**"
    for part in (
        "| `i-gone` | `app.conf` | `InstanceReleased` | 2026-11-20 08:00:02 UTC | 1 |"
        " never tried again | `f-0` |",
        "| `i-down` | `app.conf` | `ClientNotRunning` | 2026-11-20 08:00:02 UTC | 2 | – |"
        " `f-300` |",
        "| `i-flap` | `app.conf` | `FileCreateFail` | 2026-11-20 08:10:05 UTC | 2 | never tried"
        " again, flapping | `f-600` |",
        "| `i-healed` | `app.conf` | `DeliveryTimeout` | `f-300` | 4 min 5 s | 1 |",
        "1. Wait for what is going on (1 file on instances), and look again.",
        "the retry manifest has the commands.",
        "systemctl start aliyun.service",
        "- 1 time: open ‹path›: errno ‹n›",
        "| Identity | profile ops |",
        "sendfile-explorer list --profile ops --region cn-hangzhou --name app.conf",
        "aliyun ecs DescribeSendFileResults --profile ops --RegionId cn-hangzhou",
        "Invocations: `f-0`, `f-300`, `f-600`",
        "Requests: `REQ-1`",
    ):
        assert part in page


def test_an_incomplete_reading_is_said_at_the_top_and_in_the_steps() -> None:
    page = hand_off(replace(STAMP, complete=False, remark="Stopped."), found(*STORY))
    assert page.splitlines()[4] == "**Incomplete: there may be more than this. Stopped.**"
    assert "1. Read the rest of the rows" in page


def test_nothing_broken_is_said_in_so_many_words() -> None:
    page = hand_off(STAMP, found(delivery("i-a", "Success", 5)))
    assert "0 of 1 delivery failed. Nothing is broken." in page
    assert "None: nothing is broken, and nothing is going on." in page
    healed = hand_off(
        STAMP, found(delivery("i-a", "Failed", 5), delivery("i-a", "Success", 9, created=7))
    )
    assert "**Nothing is broken any more:** 1 host healed since." in healed
    assert "no error code" in healed
    nothing = hand_off(STAMP, found())
    assert "# Hand-off: 0 files sent by Cloud Assistant" in nothing


def test_what_a_user_knows_besides_is_in_it() -> None:
    known = with_additions('[ClientNotRunning]\nremedy = "Tell <b>#hosts</b>."').knowledge
    page = hand_off(STAMP, found(*STORY), knowledge=known)
    assert "- What to do: Tell &lt;b&gt;\\#hosts&lt;/b&gt;." in page


def test_long_lists_are_cut_and_counted() -> None:
    rows = [delivery(f"i-{number}", "Failed", 5) for number in range(MAX_BROKEN + 5)]
    page = hand_off(STAMP, found(*rows), request_ids=[f"R{number}" for number in range(300)])
    assert page.count("never tried again |") == MAX_BROKEN
    assert "\nand 5 more\n" in page
    assert f"`R{MAX_LISTED - 1}` and 100 more" in page


def test_deliveries_that_were_not_read_are_counted() -> None:
    sent = replace(sending("f-1", 0), vm_count=50)
    assert NOW
    given_sends = Sends((sent,), (Delivery(sent, STORY[0].result),))
    page = hand_off(STAMP, findings(given_sends, NOW))
    assert "49 deliveries of these sends are not among the rows" in page


def test_a_later_send_that_is_not_handed_over_has_healed_all_the_same() -> None:
    assert NOW
    failed = delivery("i-a", "Failed", 5)
    sends = Sends((failed.sending,), (failed,))
    others = (
        failed,
        delivery("i-a", "Success", 105, created=100),
        delivery("i-b", "Failed", 105, created=100),
        delivery("i-a", "Failed", 205, created=200, name="other.conf"),
    )
    assert len(findings(sends, NOW).standings.broken) == 1
    stand = findings(sends, NOW, history=others).standings
    assert (len(stand.broken), len(stand.healed), stand.targets) == (0, 1, 1)
    assert len(stand.healed[0].attempts) == 2


ACTING = {
    *("html_block", "html_inline", "link_open", "image", "hardbreak", "blockquote_open"),
    *("em_open", "s_open", "hr", "code_block"),
}


def tokens(page: str) -> list[str]:
    types = []
    for token in MARKDOWN.parse(page):
        types.append(token.type)
        types += [child.type for child in token.children or ()]
    return types


def shape(page: str) -> list[str]:
    """Return what a page consists of, whatever its texts are."""
    return [each for each in tokens(page) if each not in ("text", "code_inline", "text_special")]


def test_hostile_texts_are_nothing_but_letters() -> None:
    plain = tuple(
        delivery(f"i-{number}", "Failed", 5, created=number, code=f"C{number}", info="x")
        for number in range(len(HOSTILE))
    )
    query = Query(HOSTILE[0], name=HOSTILE[2], tags=(TagFilter(HOSTILE[22]),))
    stamp = Stamp(query, HOSTILE[6], NOW, 1, False, HOSTILE[8], HOSTILE[22])
    commands = cli_for(query)
    page = hand_off(stamp, found(*hostile_deliveries()), request_ids=HOSTILE, commands=commands)
    assert not controls(page)
    assert not ACTING & set(tokens(page))
    tame = hand_off(STAMP, found(*plain), request_ids=["R"])
    for kind in ("heading_open", "fence", "table_open", "ordered_list_open"):
        assert kind in tokens(page)
        assert kind in tokens(tame)
    for line in page.splitlines():
        if line.startswith("| ") and line.endswith(" |"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (3, 7, 8, 9)


@pytest.mark.parametrize("foreign", HOSTILE)
def test_one_hostile_file_name_leaves_the_page_as_it_is(foreign: str) -> None:
    def page(name: str) -> str:
        return hand_off(
            STAMP,
            found(
                *(
                    delivery(each.instance_id, each.result.status, 5, name=name)
                    for each in STORY[:5]
                )
            ),
        )

    assert shape(page(foreign)) == shape(page("app.conf"))


PUNCTUATION = st.text(
    st.sampled_from(list("`*_[]()<>!|\\~#+-=.:/&;$@{}'\" a1\n\twww.http")), max_size=40
)


@given(PUNCTUATION | st.text(max_size=40))
def test_any_text_is_one_paragraph_of_letters(foreign: str) -> None:
    for made in (text(foreign), code(foreign)):
        kinds = set(tokens(made)) | set(tokens(f"- {made}"))
        assert kinds <= {
            *("paragraph_open", "inline", "paragraph_close", "text", "code_inline"),
            *("text_special", "bullet_list_open", "bullet_list_close"),
            *("list_item_open", "list_item_close"),
        }, made
        assert len(re.findall(r"(?<!\\)\|", made)) == 0
        assert not controls(made, "")


@given(PUNCTUATION)
def test_an_escaped_text_reads_as_it_was(foreign: str) -> None:
    flat = " ".join(foreign.split())
    shown = MARKDOWN.parse(text(flat))[1].children or ()
    assert "".join(token.content for token in shown) == (flat or "–")


def test_ids_codes_and_paths_are_code() -> None:
    assert code("i-bp67acfmxazb4ph") == "`i-bp67acfmxazb4ph`"
    assert code("/etc/my app/x_y.conf") == "`/etc/my app/x_y.conf`"
    assert code("a`b") == "a\\`b"
    assert code("") == "–"
    assert text("FILE_NAME and __init__") == "FILE_NAME and \\_\\_init\\_\\_"


def test_every_campaign_of_the_fleet_can_be_handed_over() -> None:
    by_id = {each.invoke_id: each for each in invocations()}
    for campaign in campaigns_of(invocations())[:60]:
        sends = Sends.of(by_id[invoke_id] for invoke_id in campaign.invocations)
        page = hand_off(STAMP, findings(sends, datetime(2026, 11, 20, 9, tzinfo=UTC)))
        for host in campaign.failed:
            assert f"| `{host}` |" in page
        assert all(f"`{invoke_id}`" in page for invoke_id in campaign.invocations)
        assert not ACTING & set(tokens(page))
