"""`doctor`: what works here, found out by looking and by one signed call."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.request import getproxies, proxy_bypass

from tui import __version__, resources
from tui.api.endpoints import Endpoint, resolve
from tui.api.errors import ApiError, Denied, EndpointInvalid
from tui.commands import connecting, process
from tui.headless import doctor
from tui.headless.doctor import Asked, Asking, Place, Report, Terminal, Trial
from tui.plain import printable
from tui.records import Cursor, Query
from tui.terminal import capabilities, clipboard

if TYPE_CHECKING:
    from tui.api.credentials import Credentials
    from tui.commands.connecting import Connection, Target
    from tui.requests import Doctor
    from tui.settings import Settings

OPERATION: Final = "DescribeSendFileResults"
"""What is called to see whether it works."""


@dataclass(slots=True)
class _Findings:
    """What the calls have brought."""

    trial: Trial
    credentials: Credentials | None = None
    problem: str = ""
    account_id: str = ""
    arn: str = ""
    clock_ahead: float | None = None


def run(request: Doctor) -> int:
    """Report, and return the exit code: 0 only where records can be read."""
    settings = process.load_settings(request.common)
    narrator = process.narrator()
    process.start_log(settings, narrator)
    target = connecting.target(request.common, settings)
    sink = process.standard_output()
    warnings = list(settings.warnings)

    async def look() -> int:
        asked = _asked(target)
        findings = _Findings(trial=Trial(OPERATION, problem=asked.problem))
        if request.common.offline:
            findings.trial = Trial(OPERATION, unwanted=True, problem="--offline")
        elif not asked.problem or not target.region:
            # Who asks does not depend on where: without a region that is found out all the same.
            await _try(target, findings, warnings, call=not asked.problem)
        report = Report(
            version=__version__,
            python=platform.python_version(),
            credentials=_asking(target, findings),
            endpoint=asked,
            clock_skew=findings.clock_ahead,
            signed_call=findings.trial,
            terminal=_terminal(),
            files=_files(request, target.settings),
            warnings=tuple(warnings),
        )
        await sink.put(doctor.as_json(report) if request.as_json else doctor.as_text(report))
        if report.good:
            return 0
        return process.USAGE if asked.problem and target.fault is None else process.FAILED

    return process.run_guarded(look, sink)


async def _try(target: Target, findings: _Findings, warnings: list[str], *, call: bool) -> None:
    """Ask for credentials, who they are, and if `call` one page."""
    try:
        region = target.region or connecting.ANY_REGION
        connection = connecting.connect(target, region, warn=warnings.append)
    except ApiError as error:
        findings.problem = str(error)
        return
    try:
        if connection.identity is not None:
            findings.credentials = await connection.identity.credentials()
        if call:
            await _call(connection, target.region, findings)
        caller = await connection.identity.caller() if connection.identity else None
        if caller is not None:
            findings.account_id = printable(caller.account_id, 40)
            findings.arn = printable(caller.arn, 200)
    except ApiError as error:
        findings.problem = str(error)
        if call:
            findings.trial = Trial(OPERATION, problem="there is nobody to make it as")
    finally:
        await connection.client.aclose()


async def _call(connection: Connection, region: str, findings: _Findings) -> None:
    """Ask for one record, and say what came of it."""
    started = time.monotonic()
    trial = Trial(OPERATION, made=True)
    try:
        page = await connection.client.page(Query(region), Cursor(size=1))
    except ApiError as error:
        missing = ""
        if isinstance(error, Denied):
            from tui.identity.permissions import policy

            missing = policy()
        trial = replace(
            trial,
            status=error.status,
            request_id=error.request_id,
            code=error.code,
            problem=str(error),
            policy=missing,
        )
    else:
        trial = replace(trial, ok=True, status=200, request_id=printable(page.request_id, 100))
    taken = round((time.monotonic() - started) * 1000)
    findings.trial = replace(trial, milliseconds=taken)
    findings.clock_ahead = connection.clock_ahead


def _asking(target: Target, findings: _Findings) -> Asking:
    if target.choice is None:
        return Asking("demo", why="--demo answers from inside this program")
    held = findings.credentials
    fault = str(target.fault) if target.fault is not None else ""
    asking = Asking(
        source=target.words,
        detail=target.choice.detail,
        why=_why(target),
        account_id=findings.account_id,
        arn=findings.arn,
        problem=findings.problem or fault,
        places=_places(target),
    )
    if held is None:
        return asking
    from tui.identity.source import moment_words

    ends = held.expires_at
    return replace(
        asking,
        access_key_id=doctor.shortened(held.access_key_id),
        temporary=bool(held.security_token),
        expires_at=None if ends is None else moment_words(ends),
        seconds_left=None if ends is None else round(ends - time.time()),
    )


def _places(target: Target) -> tuple[Place, ...]:
    """Return every place that counts, the one that decides marked."""
    from tui.identity import chain

    assert target.choice is not None, "a demo has no places"
    winner = target.choice.look
    looks = chain.survey(target.choice.around, target.choice.name)
    won = next((each for each in looks if each.source is not None), winner)
    return tuple(Place(each.place, each.outcome, each is won) for each in looks)


def _why(target: Target) -> str:
    if target.choice is None or not target.choice.name:
        return "the first place in the usual order where something is set up"
    origin = target.settings.origins.get("profile", "default")
    return f"{'--profile' if origin == 'flag' else origin} names it"


def _asked(target: Target) -> Asked:
    settings = target.settings
    asked = Asked(printable(target.region), settings.origins.get("region", "default"))
    if target.choice is None:
        return replace(asked, url="inside this program", resolved_by="--demo")
    try:
        sts = target.choice.sts_endpoint().url
    except ApiError as error:
        sts = str(error)
    asked = replace(asked, sts_url=printable(sts, 300))
    if not target.region:
        return replace(asked, problem=process.NO_REGION)
    try:
        endpoint = resolve(target.region, endpoint=settings.endpoint, network=settings.network)
    except EndpointInvalid as error:
        return replace(asked, problem=str(error))
    named = settings.origins.get("endpoint", "default") if settings.endpoint else endpoint.origin
    return replace(asked, url=endpoint.url, resolved_by=named, proxy=_is_proxied(endpoint))


def _is_proxied(endpoint: Endpoint) -> bool:
    proxies = getproxies() if endpoint.url.startswith("https") else {}
    return bool(proxies.get("https") or proxies.get("all")) and not proxy_bypass(endpoint.host)


def _terminal() -> Terminal:
    environ = os.environ
    streams = capabilities.streams_of_process()
    refusal = capabilities.refusal(streams, environ)
    size = shutil.get_terminal_size((0, 0))
    multiplexer = "tmux" if environ.get("TMUX") else "screen" if environ.get("STY") else ""
    return Terminal(
        able=not refusal,
        problem=refusal,
        term=printable(environ.get("TERM", ""), 60),
        colours=_colours(),
        columns=size.columns or None,
        rows=size.lines or None,
        encoding=printable(streams.encoding or getattr(sys.stdout, "encoding", ""), 40),
        multiplexer=multiplexer,
        remote=bool(environ.get("SSH_CONNECTION")),
        clipboard=_clipboard(),
    )


def _colours() -> str:
    """Say how many colours the screen would have, after what it does to its environment."""
    environ = dict(os.environ)
    capabilities.prepare_environment(environ)
    if "NO_COLOR" in environ:
        return "none (NO_COLOR)"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "24 bits"
    return "256" if "256color" in environ.get("TERM", "") else "16"


def _clipboard() -> str:
    if clipboard.tmux(os.environ):
        return "tmux load-buffer -w, which passes it on to its terminal"
    if os.environ.get("STY"):
        return "OSC 52 to the terminal, in pieces for screen"
    return "OSC 52 to the terminal"


def _files(request: Doctor, settings: Settings) -> dict[str, str]:
    kept = {
        "settings": str(process.config_path(request.common)),
        "archive": str(resources.state_directory()) if settings.archive else "nothing is kept",
        "cache": str(resources.cache_directory()) if settings.cache else "nothing is kept",
    }
    return {name: printable(path, 300) for name, path in kept.items()}
