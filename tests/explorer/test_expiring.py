"""Temporary credentials that end while rows load: renewed once each, and nobody notices."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from tests.depth import FULL
from tests.explorer.test_identity import configured
from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.test_over_a_socket import exported
from tests.explorer.window import explorer

LIFE = 5 if FULL else 3
"""Seconds that credentials live."""

SCROLLING = 30.0 if FULL else 8.0
"""Seconds of scrolling at least."""

EXPIRIES = 4
"""Roles that are taken meanwhile at least."""

RECORDS = 6000 if FULL else 800

TROUBLE = re.compile(
    r"credentials refused|no credentials|have ended|InvalidSecurityToken|Expired|again in|· failed"
)
"""What nobody may see."""


def test_scrolling_over_the_end_of_credentials_is_noticed_by_nobody(home: Path) -> None:
    log = home / "requests.ndjson"
    faults = ("--fault", f"expire-token={LIFE}", "--latency", "50", "--request-log", str(log))
    with emulator(home, "--records", str(RECORDS), *faults) as facts:
        configured(home, facts)
        where = ("-e", facts["endpoint"], "--profile", "deploy", "--page-size", "20")
        with explorer(home, (120, 40), *where) as window:
            window.shows(r"\d+ (loaded|of)")
            end = time.monotonic() + SCROLLING
            rows = 0
            while time.monotonic() < end or renewals(log) < EXPIRIES:
                # Once all is loaded, asking for what is new goes on.
                window.press("end" if window.count() < RECORDS else "r")
                window.read(0.1)
                assert not TROUBLE.search(window.text()), window.text()
                assert window.count() >= rows, "no row is lost"
                rows = window.count()
            window.press("M")
            window.shows(rf"{RECORDS:,} in all")
            window.press("q")
            assert window.wait() == 0
            assert not TROUBLE.search(bytes(window.raw).decode("utf-8", "replace"))
            window.assert_whole()
    kept = exported(home)
    assert len(kept) == len(set(kept)) == RECORDS

    asked = [json.loads(line) for line in log.read_text().splitlines()]
    roles = [each for each in asked if each["operation"] == "AssumeRole"]
    pages = [each for each in asked if "MaxResults" in each["parameters"]]
    assert [each["status"] for each in roles] == [200] * len(roles)
    assert len(pages) > len(roles), "what is renewed serves more than one page"
    # Each lives its whole seconds but for a part of one, and is renewed when a fifth is left: two
    # calls nearer to each other than that would be two for one end.
    times = [datetime.fromisoformat(each["time"]).timestamp() for each in roles]
    assert min(later - earlier for earlier, later in pairwise(times)) >= (LIFE - 1) * 0.8 - 0.3
    again = Counter(each["parameters"].get("NextToken", "") for each in pages)
    again[""] = 1  # The first page is also what is asked for what is new.
    assert sum(again.values()) - len(again) <= len(roles), "a page is repeated once for an end"


def renewals(log: Path) -> int:
    """Return how often a role has been taken."""
    return log.read_text().count('"AssumeRole"')
