"""The command line: every flag parses, and every mistake is one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import __version__, requests
from tui.cli import UsageError, parse
from tui.flags import COMMANDS, EXPLORER
from tui.records import TagFilter
from tui.settings import RULES

NOW = 1_700_000_000.0
HEAVY = ("textual", "httpx", "pydantic", "argparse", "asyncio", "typing", "dataclasses")


def parsed(*words: str) -> requests.Request:
    return parse(words, clock=lambda: NOW)


def listed(*words: str) -> requests.List:
    request = parsed("list", *words)
    assert isinstance(request, requests.List)
    return request


def complaint(*words: str) -> str:
    with pytest.raises(UsageError) as caught:
        parsed(*words)
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert "Traceback" not in sentence
    return sentence


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=False,
    )


def test_no_words_open_the_explorer() -> None:
    assert parsed() == requests.Explore(
        requests.Common(flags={}), requests.List(requests.Common({}), listed().filters).filters
    )


def test_the_explorer_takes_the_filters() -> None:
    request = parsed(
        *("--status", "Failed", "--status", "partialfailed", "--tag", "owner=li", "--tag", "env"),
        *("--name", "a b", "--invoke-id", "f-1", "--instance-id", "i-1"),
        *("--resource-group-id", "rg-1"),
    )
    assert isinstance(request, requests.Explore)
    query = request.filters
    assert query.statuses == ("Failed", "PartialFailed")
    assert query.tags == (TagFilter("owner", "li"), TagFilter("env"))
    assert (query.name, query.invoke_id, query.instance_id) == ("a b", "f-1", "i-1")
    assert query.resource_group_id == "rg-1"
    assert query.region == ""


def test_every_flag_that_sets_a_setting_does() -> None:
    request = parsed(
        *("--profile", "ops", "--region", "cn-beijing", "-e", "localhost:1", "--network", "vpc"),
        *("--connect-timeout", "1", "--read-timeout", "2.5", "--config", "c.toml"),
        *("--no-archive", "--no-cache", "--log-file", "log", "--no-mouse", "--slow"),
        *("--theme", "nord", "--no-line-driver", "--page-size", "7"),
    )
    assert isinstance(request, requests.Explore)
    assert request.common.config == Path("c.toml")
    assert request.common.flags == {
        "profile": "ops",
        "region": "cn-beijing",
        "endpoint": "localhost:1",
        "network": "vpc",
        "connect_timeout": "1",
        "read_timeout": "2.5",
        "archive": "false",
        "cache": "false",
        "log_file": "log",
        "mouse": "false",
        "slow": "true",
        "theme": "nord",
        "line_driver": "false",
        "page_size": "7",
    }


def test_flags_stand_before_or_after_the_command() -> None:
    before = parse(["--region", "list", "--limit", "3", "list"])
    after = parse(["list", "--region", "list", "--limit=3"])
    assert before == after
    assert isinstance(before, requests.List)
    assert before.common.flags == {"region": "list"}


def test_a_short_flag_takes_its_value_with_and_without_a_space() -> None:
    assert listed("-pops").common.flags == listed("-p", "ops").common.flags == {"profile": "ops"}


def test_list_has_defaults() -> None:
    request = listed()
    assert (request.output, request.limit, request.by_number) == ("table", 50, False)
    assert request.since is request.until is None
    assert not request.exit_code


def test_list_takes_everything() -> None:
    request = listed(
        *("--output", "NDJSON", "--all", "--since", "2h", "--until", "2023-11-14T22:13:20Z"),
        *("--error-code", "ClientNotRunning", "--exit-code", "--paging", "number"),
    )
    assert (request.output, request.limit, request.by_number) == ("ndjson", None, True)
    assert request.since == datetime.fromtimestamp(NOW - 7200, UTC)
    assert request.until == datetime.fromtimestamp(NOW, UTC)
    assert (request.error_code, request.exit_code) == ("ClientNotRunning", True)
    assert listed("--next-token", "AA==").next_token == "AA=="
    assert listed("--verify", "a.conf").verify == Path("a.conf")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", datetime.fromtimestamp(NOW - 90, UTC)),
        ("5m", datetime.fromtimestamp(NOW - 300, UTC)),
        ("1.5h", datetime.fromtimestamp(NOW - 5400, UTC)),
        ("3d", datetime.fromtimestamp(NOW - 3 * 86400, UTC)),
        ("2w", datetime.fromtimestamp(NOW - 14 * 86400, UTC)),
        ("2023-11-01", datetime(2023, 11, 1, tzinfo=UTC)),
        ("2023-11-01T08:00", datetime(2023, 11, 1, 8, tzinfo=UTC)),
        ("2023-11-01T08:00:00+08:00", datetime(2023, 11, 1, tzinfo=UTC)),
    ],
)
def test_times_are_ages_or_iso_and_utc_unless_they_say(text: str, moment: datetime) -> None:
    assert listed("--since", text).since == moment


def test_the_other_commands_parse() -> None:
    assert parsed("watch", "f-1", "--timeout", "5") == requests.Watch(
        requests.Common({}), "f-1", 5.0
    )
    assert parsed("doctor", "--json") == requests.Doctor(requests.Common({}), as_json=True)
    assert parsed("archive", "prune") == requests.Archive(requests.Common({}), "prune")
    assert parsed("archive", "prune", "--older-than", "1.5d") == requests.Archive(
        requests.Common({}), "prune", 129_600.0
    )
    assert parsed("cache", "clear") == requests.Cache(requests.Common({}), "clear")
    assert parsed("config") == requests.ShowSettings(requests.Common({}))


def test_emulate_takes_everything() -> None:
    assert parsed("emulate") == requests.Emulate()
    assert parsed(
        *("emulate", "--port", "8080", "--records", "0", "--seed", "3", "--latency", "250"),
        *("--fault", "throttle=0.1", "--fault", "deny", "--retention", "14", "--arrive", "6"),
        *("--clock-speed", "60", "--request-log", "requests.ndjson"),
    ) == requests.Emulate(
        port=8080,
        records=0,
        seed=3,
        latency=0.25,
        faults=("throttle=0.1", "deny"),
        retention_days=14.0,
        arrive_per_minute=6.0,
        clock_speed=60.0,
        request_log=Path("requests.ndjson"),
    )


def test_demo_takes_records_and_seed() -> None:
    assert listed("--demo").common.demo == requests.Demo(1000, 7)
    assert listed("--demo", "--records", "5", "--seed", "9").common.demo == requests.Demo(5, 9)
    assert "--records goes with --demo" in complaint("list", "--records", "5")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--regoin", "x"], "did you mean --region?"),
        (["list", "--ouput", "csv"], "did you mean --output?"),
        (["list", "--zzzzzzzz"], "There is no flag '--zzzzzzzz'"),
        (["lst"], "did you mean list?"),
        (
            ["list", "extra"],
            "list does not take the word 'extra'; a value with spaces needs quotes.",
        ),
        (["--output", "csv"], "--output is a flag of list, not of the explorer."),
        (["emulate", "--theme", "x"], "--theme is a flag of config and the explorer, not of emul"),
        (["list", "--name"], "--name needs a value"),
        (["list", "--name", "-rf"], "--name=VALUE"),
        (["list", "--name", ""], "--name is empty; leave it out instead."),
        (["list", "--demo=1"], "--demo takes no value."),
        (["list", "--status", "Faild"], "did you mean Failed?"),
        (["list", "--output", "yaml"], "it is one of table, json, ndjson, csv, ids."),
        (["list", "--limit", "0"], "--limit is '0'"),
        (["list", "--limit", "-1"], "--limit is '-1'"),
        (["list", "--limit", "many"], "a whole number from 1"),
        (["list", "--limit", "٣"], "a whole number from 1"),
        (["list", "--limit", "3", "--all"], "--all and --limit exclude each other."),
        (["list", "--since", "yesterday"], "--since is 'yesterday'"),
        (["list", "--since", "1h", "--until", "2h"], "--since is later than --until."),
        (["list", "--since", "0001-01-01T00:00+14:00"], "--since is"),
        (["list", "--paging", "number", "--next-token", "x"], "page numbers have no token"),
        (["list", "--tag", "=x"], "A tag needs a key."),
        (["list", "--tag", "region", "--tag", "region=2"], "'region' is given twice"),
        (["list", "--tag", "acs:x"], "must not start with acs:"),
        (["watch"], "INVOKE_ID is missing: sendfile-explorer watch INVOKE_ID."),
        (["archive"], "ACTION with one of info, export, prune."),
        (["help"], "did you mean --help?"),
        (["list", "-x"], "sendfile-explorer list --help lists them."),
        (["--names", "x"], "did you mean --name?"),
        (["archive", "inf"], "did you mean info?"),
        (["archive", "info", "--older-than", "3d"], "--older-than goes with archive prune."),
        (["archive", "prune", "--older-than", "3 days"], "a span such as 12h or 30d"),
        (["list", "--verify", "f", "--output", "csv"], "leave --output out"),
        (["list", "--offline", "--next-token", "x"], "not with --offline"),
        (["cache", "info"], "it is one of clear."),
        (["emulate", "--port", "65536"], "a whole number from 0 to 65535"),
        (["emulate", "--latency", "nan"], "a number of 0 or more"),
        (["watch", "f-1", "--timeout", "soon"], "a number of 0 or more"),
    ],
)
def test_a_mistake_is_one_sentence(words: list[str], part: str) -> None:
    assert part in complaint(*words)


def test_a_status_given_twice_counts_once() -> None:
    assert listed("--status", "Failed", "--status", "failed").filters.statuses == ("Failed",)


@given(st.lists(st.text(max_size=12), max_size=4))
def test_whatever_is_typed_is_a_request_or_a_sentence(words: list[str]) -> None:
    try:
        parse(words)
    except UsageError as error:
        assert str(error).isprintable()


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_names_every_flag_and_fits(name: str) -> None:
    words = [name] if name else []
    request = parsed(*words, "--help")
    assert isinstance(request, requests.ShowHelp)
    for flag in (COMMANDS[name] if name else EXPLORER).flags:
        assert flag.name in request.text
    assert max(map(len, request.text.splitlines())) <= 80
    assert all(command in request.text for command in COMMANDS if not name)


def test_version_is_that_of_the_package() -> None:
    done = run("--version")
    assert (done.stdout, done.stderr) == (f"sendfile-explorer {__version__}\n", "")
    assert done.returncode == 0
    assert parsed("list", "--version") == requests.ShowVersion()


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (["--version"], HEAVY),
        (["--help"], ("textual", "httpx", "pydantic", "asyncio", "rich")),
        (["list", "--help"], ("textual", "httpx", "pydantic", "asyncio", "rich")),
        (["config"], ("httpx", "pydantic")),
        (["--regoin"], ("textual", "httpx", "pydantic", "asyncio", "rich")),
    ],
)
def test_quick_answers_import_little(words: list[str], unwanted: tuple[str, ...]) -> None:
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "try:\n"
        "    from tui.__main__ import main\n"
        "    main()\n"
        "finally:\n"
        "    print(*sorted(set(sys.modules) - before), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    imported = {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split()}
    assert not imported & set(unwanted)


def test_a_usage_error_is_one_line_on_stderr_and_exit_2() -> None:
    done = run("list", "--regoin", "x")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "--region" in done.stderr


def test_help_into_a_closed_pipe_is_quiet() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "--help"],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["config"]])
def test_a_full_disk_is_one_sentence(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
    assert b"No space left on device" in done.stderr


def test_help_names_every_variable_that_says_who_asks_and_where() -> None:
    request = parsed("--help")
    assert isinstance(request, requests.ShowHelp)
    source = Path(__file__).resolve().parent.parent / "tui"
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for directory in ("identity", "commands", "api")
        for path in (source / directory).rglob("*.py")
    )
    read = set(re.findall(r'"ALIBABA_CLOUD_(\w+)"', code))
    read |= set(re.findall(r'value\("([A-Z_]+)"', code))
    read |= {
        variable.removeprefix("ALIBABA_CLOUD_")
        for rule in RULES
        for variable in rule.variables
        if variable.startswith("ALIBABA_CLOUD_")
    }
    assert {"ECS_METADATA", "CREDENTIALS_URI", "STS_ENDPOINT", "REGION_ID"} <= read
    assert read - set(re.findall(r"[A-Z][A-Z0-9_]+", request.text)) == set()
