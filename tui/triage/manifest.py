"""The retry manifest: a shell script that would send the file again, for people to read and run.

Nothing here or anywhere else in the product runs it. It holds no content: it reads the local file,
and compares the SHA-256 of just what it is about to send.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui.plain import printable
from tui.records import Invocation, Tag
from tui.triage.checking import Check, unchecked
from tui.triage.content_diff import Content
from tui.triage.error_knowledge import BUILT_IN, Knowledge
from tui.triage.quoting import Unquotable, option, quoted
from tui.triage.retrying import BY_CODE, Group, Retry, retry
from tui.triage.sends import Delivery
from tui.triage.verifying import verify
from tui.triage.words import LONGEST, counted

CHUNK: Final = 50
"""Instances of one command: the most that `SendFile` takes."""

MAX_ENCODED: Final = 32 << 10
"""Characters of the content in Base64: the most that `SendFile` takes."""

TIMEOUT: Final = 60
"""Seconds after which the service gives a delivery up; its own default."""

IDS_A_LINE: Final = 4
"""Instance IDs in a line of comment."""


class ManifestRefused(ValueError):
    """No manifest can be written; `str()` of it is one printable sentence that says why."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A local file that is known to be what was sent."""

    path: str
    """As the script names it: absolute, or it depends on where the script is run."""
    sha256: str
    """Hexadecimal."""
    size: int
    """Bytes."""

    @classmethod
    def checked(cls, path: str, data: bytes, sent: Content | None) -> LocalFile:
        """Return a file whose bytes are those that arrive on the instances.

        Raises:
            ManifestRefused: it is another file, or an encoding of it, or nobody can say.
        """
        verdict = verify(data, sent)
        if verdict.match != "decoded":
            raise ManifestRefused(verdict.sentence)
        return cls(path, verdict.sha256, verdict.size)


@dataclass(frozen=True, slots=True)
class Order:
    """What a send asks for: the parameters of `SendFile` but for content and instances."""

    region: str
    name: str
    target_dir: str
    owner: str = ""
    group: str = ""
    mode: str = ""
    overwrite: bool = False
    description: str = ""
    tags: tuple[Tag, ...] = ()
    resource_group_id: str = ""
    """The records do not say it; it is known where the query asked for it."""
    timeout: int = TIMEOUT
    """Seconds; the records do not say it."""
    profile: str = ""
    """A profile of the vendor's command line; empty: its own choice."""

    @classmethod
    def of(cls, invocation: Invocation, region: str) -> Order:
        """Return what an invocation asked for, as far as its record says."""
        return cls(
            region=region,
            name=invocation.name,
            target_dir=invocation.target_dir,
            owner=invocation.file_owner,
            group=invocation.file_group,
            mode=invocation.file_mode,
            overwrite=invocation.overwrite.lower() == "true",
            description=invocation.description,
            tags=invocation.tags,
        )

    @property
    def file(self) -> tuple[str, str]:
        """Directory and name, as `Sending.file` has them."""
        return self.target_dir.rstrip("/") or self.target_dir, self.name


@dataclass(frozen=True, slots=True)
class Manifest:
    """A script and what it is about."""

    script: str
    """For `sh`; printable lines. It names hosts and paths: write it for the user alone (0600)."""
    retry: Retry

    @property
    def instances(self) -> tuple[str, ...]:
        """Whom the script sends to."""
        return self.retry.instances

    @property
    def id_list(self) -> str:
        """The same instances, one a line."""
        return "".join(f"{instance}\n" for instance in self.instances)


def manifest(
    order: Order,
    local: LocalFile,
    deliveries: Iterable[Delivery],
    *,
    knowledge: Knowledge = BUILT_IN,
    check: Check = unchecked,
) -> Manifest:
    """Write the script that sends the file again to those that failed, where that is safe.

    Args:
        order: what to ask for; `dataclasses.replace` it to overwrite, or to wait longer.
        local: the file to send.
        deliveries: of the file, see `retrying.retry`: those of a campaign, or all that there are.
        knowledge: what is known of error codes.
        check: raises to give up.

    Raises:
        ManifestRefused: the file is empty or too large, or a parameter cannot be an argument.
    """
    encoded = -(-local.size // 3) * 4
    if not local.size:
        raise ManifestRefused("The file is empty, and the service takes no empty content.")
    if encoded > MAX_ENCODED:
        raise ManifestRefused(
            f"The file has {encoded:,} characters in Base64; the service takes {MAX_ENCODED:,}."
        )
    found = retry(
        deliveries,
        file=order.file,
        content_hash=local.sha256,
        overwrite=order.overwrite,
        knowledge=knowledge,
        check=check,
    )
    try:
        lines = [*_head(order, local, found, knowledge), *_body(order, local, found)]
    except Unquotable as error:
        raise ManifestRefused(str(error)) from None
    return Manifest("".join(f"{line}\n" for line in lines), found)


def _head(order: Order, local: LocalFile, found: Retry, knowledge: Knowledge) -> Iterator[str]:
    yield "#!/bin/sh"
    yield from _comment(
        f"Retry manifest: {order.name} to {order.target_dir} in {order.region},"
        f" for {counted(len(found.instances), 'instance')}.",
        "Nothing of this has been executed. Read it; `sh` on it sends the file, and stops at the"
        " first command that fails.",
        f"File: {local.path} ({counted(local.size, 'byte')}, SHA-256 {local.sha256}).",
    )
    yield from _cautions(order, found)
    for group in found.again:
        known = knowledge.explain(group.code)
        yield from _comment("", f"{_named(group)}: sent again. {known.meaning} {known.remedy}")
    for group in found.left_out:
        yield from _comment("", f"{_named(group)}: left out. {group.reason}")
        if group.reason in BY_CODE.values():
            yield from _comment(f"  {knowledge.explain(group.code).remedy}")
        for start in range(0, len(group.instances), IDS_A_LINE):
            ids = " ".join(
                printable(each, LONGEST) for each in group.instances[start : start + IDS_A_LINE]
            )
            yield from _comment(f"    {ids}")


def _cautions(order: Order, found: Retry) -> Iterator[str]:
    yield from _comment("")
    if order.overwrite:
        yield from _comment(
            "Caution: Overwrite=true replaces the file on the instance, and with it every change"
            " that was made there since."
        )
    else:
        yield from _comment(
            "Caution: with Overwrite=false an attempt that failed halfway can have left a file,"
            " and then this one fails with FileAlreadyExists."
        )
    yield from _comment(f"Timeout={order.timeout}: the records do not say what it was before.")
    if not order.resource_group_id:
        yield from _comment("No resource group is given: the records do not say which it was.")
    if _reserved(order.tags):
        yield from _comment("Tags of the system cannot be set and are left out.")


def _named(group: Group) -> str:
    code = printable(group.code, LONGEST) or "No error code"
    return f"{code}, {counted(len(group.instances), 'instance')}"


def _comment(*sentences: str) -> Iterator[str]:
    """Yield comment lines; nothing in a sentence can end its line."""
    for sentence in sentences:
        yield f"# {printable(sentence)}".rstrip()


def _body(order: Order, local: LocalFile, found: Retry) -> Iterator[str]:
    if not found.instances:
        yield from _comment("", "There is no instance that the file could be sent to again.")
        return
    yield "set -eu"
    yield ""
    yield f"file={quoted(local.path, 'The path of the file')}"
    yield "content=$(base64 < \"$file\" | tr -d '\\n')"
    yield "found=$(printf '%s' \"$content\" | base64 -d | sha256sum)"
    yield f'if [ "${{found%% *}}" != {quoted(local.sha256)} ]; then'
    yield "    echo 'The local file is gone or is not the one that was sent: nothing is sent.' >&2"
    yield "    exit 1"
    yield "fi"
    options = [option(name, value) for name, value in _options(order)]
    for chunk in _chunks(found.instances):
        yield ""
        yield "aliyun ecs SendFile \\"
        for word in options:
            yield f"    {word} \\"
        yield '    --ContentType Base64 --Content "$content" \\'
        for number, instance in enumerate(chunk, 1):
            end = " \\" if number < len(chunk) else ""
            yield f"    {option(f'--InstanceId.{number}', instance)}{end}"


def _options(order: Order) -> Iterator[tuple[str, str]]:
    if order.profile:
        yield "--profile", order.profile
    yield "--RegionId", order.region
    yield "--Name", order.name
    yield "--TargetDir", order.target_dir
    for name, value in (
        ("--FileOwner", order.owner),
        ("--FileGroup", order.group),
        ("--FileMode", order.mode),
        ("--Description", order.description),
        ("--ResourceGroupId", order.resource_group_id),
    ):
        if value:
            yield name, value
    yield "--Overwrite", "true" if order.overwrite else "false"
    yield "--Timeout", str(order.timeout)
    tags = [tag for tag in order.tags if tag not in _reserved(order.tags)]
    for number, tag in enumerate(tags, 1):
        yield f"--Tag.{number}.Key", tag.key
        yield f"--Tag.{number}.Value", tag.value


def _reserved(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """Return the tags that only the service itself may set."""
    return tuple(tag for tag in tags if tag.key.lower().startswith(("acs:", "aliyun")))


def _chunks(instances: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(instances), CHUNK):
        yield instances[start : start + CHUNK]
