"""What is in the files: some kilobytes, the same bytes for a campaign on any machine."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

from tui.emulator import catalogue, labels
from tui.emulator.campaigns import Campaign

STORED: Final = 0
"""No compression, because compressors differ in their bytes from one version to the next."""


@lru_cache(maxsize=128)
def content(campaign: Campaign) -> bytes:
    """Return the bytes of a campaign's file."""
    return _WRITERS[catalogue.FILES[campaign.kind].writing](campaign)


def _noise(campaign: Campaign, size: int, what: str = "") -> bytes:
    """Return bytes that look random."""
    key = f"{campaign.salt} {what}"
    pieces = (
        blake2b(f"{key} {number}".encode(), digest_size=64).digest()
        for number in range(-(-size // 64))
    )
    return b"".join(pieces)[:size]


def _service(campaign: Campaign) -> str:
    return catalogue.pools()[campaign.pool].service.name


def _environment_name(campaign: Campaign) -> str:
    return catalogue.pools()[campaign.pool].environment


def _version(campaign: Campaign) -> str:
    return f"{1 + campaign.salt % 5}.{campaign.salt // 5 % 40}.{campaign.salt // 200 % 12}"


def _heading(campaign: Campaign) -> str:
    return (
        f"# {_service(campaign)} ({_environment_name(campaign)}), {labels.ticket(campaign)},"
        f" sent by {labels.sender(campaign)}\n"
    )


def _nginx(campaign: Campaign) -> bytes:
    service = _service(campaign)
    backends = "".join(
        f"        server 10.{campaign.salt % 200}.{number // 20}.{10 + number % 20}:8080"
        f" max_fails=3 fail_timeout=10s;\n"
        for number in range(4 + campaign.salt % 24)
    )
    return (
        _heading(campaign)
        + "user nginx;\nworker_processes auto;\nerror_log /var/log/nginx/error.log warn;\n\n"
        "events {\n    worker_connections 8192;\n    multi_accept on;\n}\n\nhttp {\n"
        f"    upstream {service.replace('-', '_')} {{\n        least_conn;\n{backends}    }}\n\n"
        "    server {\n        listen 443 ssl http2;\n"
        f"        server_name {service}.internal.example.com;\n"
        "        ssl_certificate     /etc/nginx/tls/edge.pem;\n"
        "        ssl_certificate_key /etc/nginx/tls/edge.key;\n"
        f"        client_max_body_size {4 << (campaign.salt % 3)}m;\n\n        location / {{\n"
        f"            proxy_pass http://{service.replace('-', '_')};\n"
        '            proxy_set_header Host $host;\n            proxy_set_header Connection "";\n'
        "            proxy_read_timeout 30s;\n        }\n    }\n}\n"
    ).encode()


def _sshd(campaign: Campaign) -> bytes:
    return (
        _heading(campaign) + "Port 22\nProtocol 2\nPermitRootLogin no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPubkeyAuthentication yes\n"
        f"MaxAuthTries {2 + campaign.salt % 4}\nClientAliveInterval 60\nClientAliveCountMax 3\n"
        "AllowGroups ops deploy\nX11Forwarding no\nAllowTcpForwarding no\n"
        "Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n"
        "Subsystem sftp internal-sftp\n"
    ).encode()


def _script(campaign: Campaign) -> bytes:
    return (
        "#!/usr/bin/env bash\n" + _heading(campaign) + "set -euo pipefail\n\n"
        f'readonly service="{_service(campaign)}"\n'
        'readonly state="/var/lib/${service}"\n'
        f"readonly keep={3 + campaign.salt % 9}\n\n"
        'log() { logger -t rotate-keys "$1"; printf \'%s\\n\' "$1"; }\n\n'
        'mkdir -p "$state/keys"\ncd "$state/keys"\n\n'
        'new="key-$(date -u +%Y%m%dT%H%M%SZ)"\n'
        'head -c 32 /dev/urandom | base64 > "$new"\nchmod 0600 "$new"\nln -sfn "$new" current\n'
        'log "now using $new"\n\n'
        "# The oldest go, `keep` stay.\n"
        "ls -1t key-* | tail -n +$((keep + 1)) | while read -r old; do\n"
        '\trm -f -- "$old"\n\tlog "removed $old"\ndone\n\n'
        'systemctl reload "$service" || log "reload of $service failed"\n'
    ).encode()


def _environment(campaign: Campaign) -> bytes:
    service = _service(campaign).upper().replace("-", "_")
    return (
        _heading(campaign) + f"APP_ENV={_environment_name(campaign)}\n"
        f"APP_VERSION={_version(campaign)}\n"
        f"LOG_LEVEL={('info', 'warn', 'debug')[campaign.salt % 3]}\n"
        f"{service}_LISTEN=0.0.0.0:8080\n{service}_WORKERS={2 << (campaign.salt % 4)}\n"
        "DATABASE_URL=mysql://app:example-only@db.internal.example.com:3306/app\n"
        f"DATABASE_POOL={10 + campaign.salt % 50}\n"
        "REDIS_URL=redis://cache.internal.example.com:6379/0\n"
        f'GREETING="Hello, 你好"\nREQUEST_TIMEOUT_MS={500 + campaign.salt % 2000}\n'
    ).encode()


def _unit(campaign: Campaign) -> bytes:
    service = _service(campaign)
    return (
        f"[Unit]\nDescription={service}\nAfter=network-online.target\nWants=network-online.target\n\n"
        f"[Service]\nUser=appsvc\nEnvironmentFile=/srv/{service}/config/app.env\n"
        f"ExecStart=/srv/{service}/current/bin/{service}\nRestart=on-failure\n"
        f"RestartSec={1 + campaign.salt % 10}\nLimitNOFILE=65536\nNoNewPrivileges=true\n\n"
        "[Install]\nWantedBy=multi-user.target\n"
    ).encode()


def _logrotate(campaign: Campaign) -> bytes:
    return (
        f"/var/log/{_service(campaign)}/*.log {{\n    daily\n    rotate {7 + campaign.salt % 21}\n"
        "    compress\n    delaycompress\n    missingok\n    notifempty\n    copytruncate\n}\n"
    ).encode()


def _certificate(campaign: Campaign) -> bytes:
    encoded = b64encode(b"\x30\x82\x03\x5b" + _noise(campaign, 900)).decode()
    lines = "\n".join(encoded[start : start + 64] for start in range(0, len(encoded), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n".encode()


def _archive(campaign: Campaign) -> bytes:
    service, buffer = _service(campaign), io.BytesIO()
    members = {
        f"{service}/VERSION": f"{_version(campaign)}\n".encode(),
        f"{service}/config/app.env": _environment(campaign),
        f"{service}/bin/{service}": b"\x7fELF\x02\x01\x01\x00" + _noise(campaign, 1500),
    }
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(body), 0o755 if "/bin/" in name else 0o644
            archive.addfile(member, io.BytesIO(body))
    return gzip.compress(buffer.getvalue().rstrip(b"\0"), STORED, mtime=0)


def _hosts(campaign: Campaign) -> bytes:
    seen = _noise(campaign, 160)
    lines = [
        f"ALL: 203.0.113.{seen[index]}  # {seen[index + 1] + 3} attempts"
        for index in range(0, 20 + campaign.salt % 140, 2)
    ]
    return (_heading(campaign) + "\n".join(dict.fromkeys(lines)) + "\n").encode()


def _yaml(campaign: Campaign) -> bytes:
    jobs = "".join(
        f"  - job_name: {service.name}\n    static_configs:\n"
        f"      - targets: ['{service.name}.internal.example.com:9100']\n"
        f"        labels: {{team: {service.team}}}\n"
        for service in catalogue.SERVICES[: 6 + campaign.salt % 18]
    )
    return (
        _heading(campaign) + "global:\n  scrape_interval: 15s\n  evaluation_interval: 30s\n\n"
        f"scrape_configs:\n{jobs}"
    ).encode()


def _json(campaign: Campaign) -> bytes:
    names = ("new-checkout", "fast-search", "dark-mode", "bulk-import", "passkeys", "async-mail")
    flags = {
        name: {"enabled": bool(campaign.salt >> bit & 1), "percent": (campaign.salt >> bit) % 101}
        for bit, name in enumerate(names)
    }
    document = {"service": _service(campaign), "version": _version(campaign), "flags": flags}
    return (json.dumps(document, indent=2) + "\n").encode()


def _sysctl(campaign: Campaign) -> bytes:
    return (
        _heading(campaign) + "fs.file-max = 2097152\nnet.core.somaxconn = 65535\n"
        f"net.ipv4.tcp_max_syn_backlog = {8192 << (campaign.salt % 3)}\n"
        f"net.ipv4.tcp_fin_timeout = {15 + campaign.salt % 30}\nvm.swappiness = 1\n"
        "vm.max_map_count = 262144\n"
    ).encode()


def _chrony(campaign: Campaign) -> bytes:
    return (
        _heading(campaign)
        + "".join(f"server ntp{number}.internal.example.com iburst\n" for number in range(1, 5))
        + "driftfile /var/lib/chrony/drift\nmakestep 1.0 3\nrtcsync\n"
    ).encode()


def _notice(campaign: Campaign) -> bytes:
    return (
        f"\n  {_service(campaign)} {_version(campaign)}\n\n"
        "  Maintenance tonight from 22:00 to 23:30 (UTC+8). Please save your work.\n"
        "  维护时间：今晚 22:00–23:30（UTC+8），请提前保存工作。\n\n"
        f"  {labels.ticket(campaign)} · {labels.sender(campaign)}\n\n"
    ).encode()


def _binary(campaign: Campaign) -> bytes:
    return b"\x30\x82\x0a\x1c\x02\x01\x03" + _noise(campaign, 1800 + campaign.salt % 700)


def _keys(campaign: Campaign) -> bytes:
    return "".join(
        f"ssh-ed25519 {b64encode(_noise(campaign, 51, name)).decode()} {name}@example.com\n"
        for name, _ in catalogue.PEOPLE[campaign.salt % 5 : 5 + campaign.salt % 9]
    ).encode()


_WRITERS: Final = MappingProxyType[str, Callable[[Campaign], bytes]](
    {
        "archive": _archive,
        "binary": _binary,
        "certificate": _certificate,
        "chrony": _chrony,
        "environment": _environment,
        "hosts": _hosts,
        "json": _json,
        "keys": _keys,
        "logrotate": _logrotate,
        "nginx": _nginx,
        "notice": _notice,
        "script": _script,
        "sshd": _sshd,
        "sysctl": _sysctl,
        "unit": _unit,
        "yaml": _yaml,
    }
)
