"""What the emulated company has: its services, their hosts, the people and the files they send."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import Final

GHOSTS: Final = 6
"""Released hosts of each pool that are still on somebody's list."""

ENVIRONMENTS: Final = (("prod", 1.0), ("staging", 0.25), ("dev", 0.12))
"""Environments of each service, and how large its pool is there, as a share of `prod`."""


@dataclass(frozen=True, slots=True)
class Service:
    """Something that runs on hosts of its own, and who answers for it."""

    name: str
    team: str
    hosts: int
    """How many it has in `prod`."""
    resource_group: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """The hosts of one service in one environment: numbers from `first` on, ghosts after them."""

    service: Service
    environment: str
    first: int
    size: int
    flapping: int = -1
    """The position of a host that fails every other send, or -1 where all are well."""

    def host(self, position: int) -> int:
        """Return the number of the host at a position; positions wrap around."""
        return self.first + position % self.size

    def ghost(self, rank: int) -> int:
        """Return the number of a released host."""
        return self.first + self.size + rank % GHOSTS


@dataclass(frozen=True, slots=True)
class FileKind:
    """A file that people send: `{service}` in its name and directory is filled in."""

    name: str
    target_dir: str
    owner: str = "root"
    group: str = "root"
    mode: str = "0644"
    description: str = ""
    writing: str = "text"
    """How its content is made, see `contents`."""
    form: str = "plain"
    """How the content travels: `plain`, `hidden` (Base64 under PlainText) or `base64`."""
    overwrite: bool = True
    weight: int = 1


SERVICES: Final = (
    Service("web-edge", "platform", 180, "rg-acfmy2kq7edge4"),
    Service("checkout", "payments", 96, "rg-acfmz7pq3pay22"),
    Service("payments-api", "payments", 64, "rg-acfmz7pq3pay22"),
    Service("ledger", "payments", 24, "rg-acfmz7pq3pay22"),
    Service("search", "discovery", 220, "rg-acfmxk5r8disc7"),
    Service("recommender", "discovery", 120, "rg-acfmxk5r8disc7"),
    Service("catalog", "commerce", 88, "rg-acfmw3v9tshop5"),
    Service("inventory", "commerce", 60, "rg-acfmw3v9tshop5"),
    Service("orders", "commerce", 110, "rg-acfmw3v9tshop5"),
    Service("shipping", "logistics", 48),
    Service("tracking", "logistics", 36),
    Service("notifications", "messaging", 40),
    Service("mail-relay", "messaging", 12),
    Service("auth", "identity", 56, "rg-acfmu6n4hsecu9"),
    Service("session-cache", "identity", 30, "rg-acfmu6n4hsecu9"),
    Service("kafka", "data", 45, "rg-acfmt8b2xdata3"),
    Service("flink", "data", 72, "rg-acfmt8b2xdata3"),
    Service("clickhouse", "data", 52, "rg-acfmt8b2xdata3"),
    Service("mysql", "dba", 66, "rg-acfms4d6mdba11"),
    Service("redis", "dba", 54, "rg-acfms4d6mdba11"),
    Service("prometheus", "sre", 18, "rg-acfmy2kq7edge4"),
    Service("log-shipper", "sre", 320, "rg-acfmy2kq7edge4"),
    Service("bastion", "security", 6, "rg-acfmu6n4hsecu9"),
    Service("ci-runner", "developer-tools", 84),
)
"""Every service of the company."""

RESOURCE_GROUPS: Final = tuple(
    dict.fromkeys(s.resource_group for s in SERVICES if s.resource_group)
)
"""The resource groups that files are sent in; some services use none."""

PEOPLE: Final = (
    ("zhang.wei", "platform"),
    ("li.na", "payments"),
    ("wang.fang", "discovery"),
    ("chen.jie", "commerce"),
    ("m.okafor", "commerce"),
    ("liu.yang", "logistics"),
    ("zhao.min", "messaging"),
    ("s.haddad", "identity"),
    ("sun.lei", "data"),
    ("a.novak", "data"),
    ("zhou.ting", "dba"),
    ("wu.hao", "sre"),
    ("j.larsen", "sre"),
    ("xu.qian", "security"),
    ("p.moreau", "developer-tools"),
    ("guo.bin", "platform"),
)
"""Who sends files, and the team of each."""

FILES: Final = (
    FileKind(
        "nginx.conf",
        "/etc/nginx",
        description="Edge proxy configuration",
        writing="nginx",
        weight=6,
    ),
    FileKind(
        "sshd_config",
        "/etc/ssh",
        mode="0600",
        description="SSH hardening baseline",
        writing="sshd",
        weight=4,
    ),
    FileKind(
        "rotate-keys.sh",
        "/opt/ops/bin",
        owner="ops",
        group="ops",
        mode="0750",
        description="Key rotation, run by cron at night",
        writing="script",
        weight=4,
    ),
    FileKind(
        "app.env",
        "/srv/{service}/config",
        owner="appsvc",
        group="appsvc",
        mode="0640",
        description="Runtime settings of {service}",
        writing="environment",
        form="hidden",
        weight=6,
    ),
    FileKind(
        "{service}.service",
        "/etc/systemd/system",
        description="Unit file of {service}",
        writing="unit",
        weight=4,
    ),
    FileKind(
        "{service}-logrotate",
        "/etc/logrotate.d",
        description="Log rotation of {service}",
        writing="logrotate",
        weight=2,
    ),
    FileKind(
        "internal-ca-2026.pem",
        "/etc/pki/ca-trust/source/anchors",
        mode="0444",
        description="Internal certificate authority, valid from October",
        writing="certificate",
        weight=3,
    ),
    FileKind(
        "{service}-release.tar.gz",
        "/srv/{service}/releases",
        owner="deploy",
        group="deploy",
        description="Hotfix bundle of {service}",
        writing="archive",
        form="base64",
        overwrite=False,
        weight=5,
    ),
    FileKind("hosts.deny", "/etc", description="Block list of the week", writing="hosts", weight=2),
    FileKind(
        "prometheus.yml",
        "/etc/prometheus",
        owner="prometheus",
        group="prometheus",
        description="Scrape targets",
        writing="yaml",
        form="base64",
        weight=3,
    ),
    FileKind(
        "feature-flags.json",
        "/srv/{service}/config",
        owner="appsvc",
        group="appsvc",
        description="Feature flags of {service}",
        writing="json",
        form="hidden",
        weight=4,
    ),
    FileKind(
        "99-sysctl.conf", "/etc/sysctl.d", description="Kernel limits", writing="sysctl", weight=3
    ),
    FileKind(
        "chrony.conf", "/etc", description="Time servers of the region", writing="chrony", weight=2
    ),
    FileKind(
        "collect-diagnostics.sh",
        "/opt/ops/bin",
        mode="0755",
        description="",
        writing="script",
        overwrite=False,
        weight=3,
    ),
    FileKind(
        "motd", "/etc", description="Maintenance notice / 维护通知", writing="notice", weight=1
    ),
    FileKind(
        "agent.p12",
        "/etc/{service}/tls",
        owner="appsvc",
        group="ssl-cert",
        mode="0400",
        description="Client identity of {service}",
        writing="binary",
        form="base64",
        weight=2,
    ),
    FileKind(
        "authorized_keys",
        "/home/ops/.ssh",
        owner="ops",
        group="ops",
        mode="0600",
        description="Public keys of the operators on duty",
        writing="keys",
        weight=2,
    ),
    FileKind("发布说明.txt", "/srv/{service}", description="发布说明", writing="notice", weight=1),
)
"""Every file that people send."""


@cache
def pools() -> tuple[Pool, ...]:
    """Return the pools of every service, numbered one after the other."""
    made: list[Pool] = []
    first = 0
    for number, service in enumerate(SERVICES):
        for environment, share in ENVIRONMENTS:
            size = max(3, round(service.hosts * share))
            flaps = environment == "prod" and number % 3 == 0
            flapping = (number * 31 + 17) % size if flaps else -1
            made.append(Pool(service, environment, first, size, flapping))
            first += size + GHOSTS
    return tuple(made)


@cache
def pool_starts() -> tuple[int, ...]:
    """Return the number of the first host of each pool."""
    return tuple(pool.first for pool in pools())


def pool_of(host: int) -> int | None:
    """Return the index of the pool that a host number belongs to, or None where none has it."""
    last = pools()[-1]
    if not 0 <= host < last.first + last.size + GHOSTS:
        return None
    return bisect_right(pool_starts(), host) - 1


@cache
def file_name(kind: int, service: str) -> str:
    """Return the name of a kind of file for a service."""
    return FILES[kind].name.replace("{service}", service)
