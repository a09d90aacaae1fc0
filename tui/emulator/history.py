"""When what was sent: the sends of one region in blocks, each a function of seed and number.

A block is drawn as a whole and holds whole campaigns, so a retry always finds its first try. The
newest block is written by hand, because it is what everyone sees first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from random import Random
from typing import Final, NamedTuple

from tui.emulator import catalogue
from tui.emulator.campaigns import SEND_SIZE, Campaign, Send, ranked, sends
from tui.emulator.causes import BY_CODE, CAUSES, VARIANTS, Cause

BLOCK: Final = 64
"""How many sends are drawn together."""

SPAN: Final = 35 * 86_400
"""How far the oldest record lies behind the newest, in seconds: five weeks."""

SCENES_END: Final = 3700.0
"""The age in seconds that the campaigns written by hand reach; the drawn ones are older."""

OPENING: Final = 6 * 3600.0
"""How much time the newest block takes, in seconds."""

SURE_FAILURES: Final = 3
"""Campaigns of each block that fail whatever is drawn; six blocks go through all causes."""

FAILURE_CHANCE: Final = 0.07
"""How likely any other campaign fails somewhere."""

RETRIED: Final = (0.75, 0.5, 0.3)
"""How likely each further try of a campaign that still fails somewhere is."""

APART: Final = 3.0
"""Seconds between the sends of one wave."""

KEPT_BLOCKS: Final = 48
"""How many drawn blocks are remembered."""

_ENVIRONMENT_WEIGHTS: Final = (5, 2, 1)

_POOL_LOTTERY: Final = tuple(
    index
    for index, pool in enumerate(catalogue.pools())
    for _ in range(
        (1 + pool.service.hosts // 30) * _ENVIRONMENT_WEIGHTS[index % len(catalogue.ENVIRONMENTS)]
    )
)
_POOL_SIZES: Final = tuple(pool.size for pool in catalogue.pools())
_KIND_LOTTERY: Final = tuple(
    index for index, kind in enumerate(catalogue.FILES) for _ in range(kind.weight)
)
_SECONDARY: Final = ("ClientNotRunning", "DeliveryTimeout", "InstanceNotRunning")

Draw = Callable[[], float]


class _Scene(NamedTuple):
    """A campaign of the newest block: what is on the first screen."""

    file: str
    service: str
    hosts: int
    minutes: tuple[float, ...]
    """When each wave began, in minutes before the start."""
    failing: tuple[int, ...] = ()
    primary: Cause = CAUSES[0]
    secondary: Cause = CAUSES[0]
    environment: int = 0
    pace: tuple[str, ...] = ()
    """The pace of each send of the first wave, where it is still going."""


_SCENES: Final = (
    _Scene(
        "nginx.conf",
        "web-edge",
        84,
        (0.7,),
        (6,),
        BY_CODE["ClientNotRunning"],
        BY_CODE["InstanceNotRunning"],
        pace=("underway", "waiting"),
    ),
    _Scene(
        "rotate-keys.sh",
        "payments-api",
        48,
        (31, 12, 6),
        (9, 3, 1),
        VARIANTS["ClientNotResponse"],
        BY_CODE["InstanceNotRunning"],
    ),
    _Scene(
        "app.env",
        "checkout",
        96,
        (18, 9),
        (31, 4),
        BY_CODE["AccountNotExists"],
        BY_CODE["ClientNotRunning"],
    ),
    _Scene("sshd_config", "bastion", 6, (14,)),
    _Scene(
        "internal-ca-2026.pem",
        "log-shipper",
        130,
        (22,),
        (4,),
        BY_CODE["DeliveryTimeout"],
        BY_CODE["InstanceReleased"],
    ),
    _Scene("{service}-release.tar.gz", "orders", 40, (43, 38), (40,), BY_CODE["FileAlreadyExists"]),
    _Scene("{service}.service", "search", 12, (27, 25), (12,), BY_CODE["FilePathInvalid"]),
    _Scene(
        "{service}-release.tar.gz",
        "recommender",
        60,
        (36,),
        (8,),
        BY_CODE["FileCreateFail"],
        VARIANTS["FileCreateFail"],
    ),
    _Scene("prometheus.yml", "prometheus", 18, (34,)),
    _Scene("feature-flags.json", "catalog", 3, (40,), environment=1),
    _Scene("motd", "ci-runner", 20, (47, 45), (2,), BY_CODE["ClientNeedUpgrade"]),
    _Scene("99-sysctl.conf", "kafka", 45, (52,), (4,), BY_CODE["InstanceNotExists"]),
    _Scene("agent.p12", "auth", 30, (58, 55), (11,), BY_CODE["UserGroupNotExists"]),
)


class History:
    """The sends of one region by number: 0 is the newest at the start, larger ones are older."""

    def __init__(self, seed: str, records: int) -> None:
        self._seed = seed
        blocks = max(1, -(-records // BLOCK) - 1)
        self._span = (SPAN - OPENING) / blocks
        self._kept = lru_cache(maxsize=KEPT_BLOCKS)(self.drawn)

    def send(self, number: int) -> Send:
        """Return one send; its block is remembered for a while."""
        block, offset = divmod(number, BLOCK)
        return self._kept(block)[offset]

    def drawn(self, block: int) -> tuple[Send, ...]:
        """Draw a block: its sends, newest first."""
        digest = blake2b(f"{self._seed} {block}".encode(), digest_size=8).digest()
        draw = Random(int.from_bytes(digest, "big")).random  # noqa: S311
        if block == 0:
            found = _opening(draw)
            room, youngest, oldest = BLOCK - len(found), SCENES_END, OPENING
        else:
            found = []
            room, youngest = BLOCK, OPENING + (block - 1) * self._span
            oldest = youngest + self._span
        for campaign in _drawn(draw, block, room, youngest, oldest):
            found += campaign
        found.sort(key=_newest_first)
        return tuple(found)


def _newest_first(send: Send) -> float:
    return send.age


def _opening(draw: Draw) -> list[Send]:
    found: list[Send] = []
    kinds = {kind.name: index for index, kind in enumerate(catalogue.FILES)}
    services = {service.name: index for index, service in enumerate(catalogue.SERVICES)}
    for scene in _SCENES:
        pool = services[scene.service] * len(catalogue.ENVIRONMENTS) + scene.environment
        campaign = Campaign(
            salt=int(draw() * 2**32),
            kind=kinds[scene.file],
            pool=pool,
            first=int(draw() * catalogue.pools()[pool].size),
            hosts=scene.hosts,
            failing=scene.failing,
            primary=scene.primary,
            secondary=scene.secondary,
        )
        ages = tuple(minutes * 60.0 for minutes in scene.minutes)
        found += [
            send._replace(pace=scene.pace[send.chunk]) if scene.pace else send
            for send in sends(ranked(campaign), ages, APART, 0.0)
        ]
    return found


def _drawn(
    draw: Draw, block: int, room: int, youngest: float, oldest: float
) -> Iterator[list[Send]]:
    """Yield the sends of drawn campaigns, `room` in all, between two ages."""
    span, count = oldest - youngest, 0
    while room:
        number = block * SURE_FAILURES + count if count < SURE_FAILURES else None
        campaign = _campaign(draw, number, room)
        count += 1
        room -= -(-campaign.hosts // SEND_SIZE)
        age = youngest + span * (0.08 + 0.92 * draw())
        ages = [age]
        for chance, failing in zip(RETRIED, campaign.failing, strict=False):
            again = -(-failing // SEND_SIZE)
            if not 0 < again <= room or draw() > chance:
                break
            room -= again
            age -= min(0.4 * (age - youngest), 180.0 + 5400.0 * draw() ** 2)
            ages.append(age)
        yield sends(campaign, ages, APART, youngest)


def _campaign(draw: Draw, cause_number: int | None, room: int) -> Campaign:
    """Draw a campaign of at most `room` sends, which fails of a given cause or perhaps of none."""
    pool = _POOL_LOTTERY[int(draw() * len(_POOL_LOTTERY))]
    kind = _KIND_LOTTERY[int(draw() * len(_KIND_LOTTERY))]
    size = _POOL_SIZES[pool]
    hosts = min(_hosts(draw()), size, room * SEND_SIZE)
    salt = int(draw() * 2**32)
    campaign = Campaign(salt, kind, pool, (salt >> 9) % size, hosts)
    if cause_number is None:
        if draw() >= FAILURE_CHANCE:
            return campaign
        cause_number = int(draw() * len(CAUSES))
    primary = CAUSES[cause_number % len(CAUSES)]
    if salt % 5 < 2:
        primary = VARIANTS.get(primary.code, primary)
    failing = max(1, min(hosts, round(hosts * primary.share * (0.5 + draw()))))
    if primary.gone:
        failing = min(failing, catalogue.GHOSTS)
    left = [failing]
    for _ in RETRIED:
        left.append(_left(left[-1], primary, failing))
    secondary = BY_CODE[_SECONDARY[salt % len(_SECONDARY)]]
    return ranked(campaign._replace(failing=tuple(left), primary=primary, secondary=secondary))


def _left(failing: int, primary: Cause, at_first: int) -> int:
    """Return how many still fail after another try."""
    if primary.gone:
        return min(failing, (3 * at_first + 3) // 4)
    return int(failing * primary.left + 0.5)


def _hosts(draw: float) -> int:
    """Turn a draw into a number of hosts: mostly few, now and then hundreds."""
    if draw < 0.35:
        return 1 + int(draw * (3 / 0.35))
    if draw < 0.7:
        return 4 + int((draw - 0.35) * (17 / 0.35))
    if draw < 0.87:
        return 20 + int((draw - 0.7) * (31 / 0.17))
    return 51 + int((draw - 0.87) * (270 / 0.13))
