"""Faults on purpose: what goes wrong with an answer, decided by a seeded chance.

They strike the records only, so that credentials can be had: where these come from has refusals of
its own. `skew` is the clock of everything, `hostile` goes into every text of every service, and
`expire-token` is for all temporary credentials.

| spec | does |
|---|---|
| `throttle=0.1` | refuses that share of the calls with `Throttling.User`, HTTP 400 |
| `http500=0.05` | answers with `InternalError.Dispatch`, HTTP 500 |
| `html502=0.02` | answers with a gateway's HTML page, HTTP 502 |
| `reset=0.02` | resets the connection instead of answering |
| `truncate=0.01` | breaks the answer off in the middle |
| `slow=0.1:2000` | waits 2,000 milliseconds before that share of the answers |
| `skew=1200` | sets the service's clock 1,200 seconds ahead |
| `expire-token=30` | lets temporary credentials live 30 seconds from when they are issued |
| `deny` | refuses everything with `Forbidden.RAM` |
| `hostile` | puts control characters, markup and formulas into every text |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType
from typing import Final, Literal

from tui.emulator import hostile
from tui.emulator.handler import CALM, Conditions, Emulator, of_ecs
from tui.emulator.request import Request, Response

CHANCE: Final = "a share from 0 to 1"
SECONDS: Final = "a number of seconds"
CHANCE_AND_MILLISECONDS: Final = "a share from 0 to 1, a colon and a number of milliseconds"

_SHAPES: Final = MappingProxyType(
    {
        "throttle": CHANCE,
        "http500": CHANCE,
        "html502": CHANCE,
        "reset": CHANCE,
        "truncate": CHANCE,
        "slow": CHANCE_AND_MILLISECONDS,
        "skew": SECONDS,
        "expire-token": SECONDS,
        "deny": "",
        "hostile": "",
    }
)
"""What each kind of fault takes after its equals sign."""

LONGEST: Final = 1e9
"""The most seconds or milliseconds that a fault may take."""

RETRY_AFTER: Final = 400
"""What `x-acs-retry-after` says on every other throttled answer, in milliseconds."""

GATEWAY_PAGE: Final = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>Tengine</center>\r\n"
    b"</body>\r\n</html>\r\n"
)
"""What a gateway answers when the service behind it does not."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: how often, from 0 to 1, and its own number (milliseconds or seconds)."""

    kind: str
    chance: float = 1.0
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer and how it is brought: after a delay in seconds, whole or broken."""

    response: Response
    delay: float = 0.0
    breakage: Literal["", "reset", "truncate"] = ""


def parse(spec: str) -> Fault:
    """Read a fault as the command line writes it; ValueError with one sentence on nonsense."""
    kind, equals, text = spec.partition("=")
    shape = _SHAPES.get(kind)
    if shape is None:
        raise ValueError(_sentence(spec, "is no fault that the emulator knows"))
    if not shape:
        if equals:
            raise ValueError(_sentence(spec, "has a number, which this fault does not take"))
        return Fault(kind)
    first, _, second = text.partition(":")
    chance, amount = 1.0, 0.0
    try:
        if shape == SECONDS:
            amount = float(text)
        elif shape == CHANCE:
            chance = float(text)
        else:
            chance, amount = float(first), float(second)
    except ValueError:
        raise ValueError(_sentence(spec, f"needs {shape} after an equals sign")) from None
    if not (0 <= chance <= 1 and -LONGEST <= amount <= LONGEST):
        raise ValueError(_sentence(spec, f"needs {shape} after an equals sign"))
    if amount < 0 and kind != "skew":
        raise ValueError(_sentence(spec, "goes back in time, which only skew can"))
    return Fault(kind, chance, amount)


def _sentence(spec: str, problem: str) -> str:
    return f"{spec!a} {problem} (known faults: {', '.join(_SHAPES)})."


class Faults:
    """Decides, request by request, what goes wrong."""

    def __init__(self, faults: Sequence[Fault] = (), *, seed: int = 7) -> None:
        self.faults = tuple(faults)
        self._random = Random(seed)  # noqa: S311
        self._throttled = 0

    def deliver(self, emulator: Emulator, request: Request) -> Delivery:
        """Have the emulator answer a request, and let go wrong what is to go wrong."""
        struck = self._struck(request)
        delay = sum(fault.amount / 1000 for fault in struck.values() if fault.kind == "slow")
        conditions = self._conditions()
        if "reset" in struck:
            return Delivery(_bare(502, b""), delay, "reset")
        if "html502" in struck:
            return Delivery(_bare(502, GATEWAY_PAGE), delay)
        if "throttle" in struck:
            return Delivery(self._throttle(emulator, request, conditions), delay)
        if "http500" in struck:
            response = emulator.refuse(request, "InternalError.Dispatch", conditions)
            return Delivery(response, delay)
        response = emulator.answer(request, conditions)
        if "hostile" in struck:
            response = hostile.spoilt(response)
        return Delivery(response, delay, "truncate" if "truncate" in struck else "")

    def _conditions(self) -> Conditions:
        conditions = CALM
        for fault in self.faults:
            if fault.kind == "skew":
                conditions = replace(conditions, skew=fault.amount)
            elif fault.kind == "expire-token":
                conditions = replace(conditions, token_life=fault.amount)
            elif fault.kind == "deny":
                conditions = replace(conditions, denied=True)
        return conditions

    def _struck(self, request: Request) -> dict[str, Fault]:
        """Return the faults that strike this time; each draws, so that none hides another."""
        possible = self.faults
        if not of_ecs(request):
            possible = tuple(fault for fault in self.faults if fault.kind == "hostile")
        drawn = [(fault, self._random.random()) for fault in possible]
        return {fault.kind: fault for fault, draw in drawn if draw < fault.chance}

    def _throttle(self, emulator: Emulator, request: Request, conditions: Conditions) -> Response:
        response = emulator.refuse(request, "Throttling.User", conditions)
        self._throttled += 1
        if self._throttled % 2:
            return response
        return replace(
            response, headers={**response.headers, "x-acs-retry-after": str(RETRY_AFTER)}
        )


def _bare(status: int, page: bytes) -> Response:
    headers = {"content-type": "text/html", "content-length": str(len(page))}
    return Response(status, "Bad Gateway", headers, page)
