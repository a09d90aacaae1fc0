"""Answers of the sibling operations, as frozen values: agents on instances and tagged tasks."""

from __future__ import annotations

from tui.late_dataclass import dataclass


@dataclass(frozen=True)
class AssistantStatus:
    """How the Cloud Assistant Agent of one instance is (`DescribeCloudAssistantStatus`)."""

    instance_id: str
    running: bool
    version: str = ""
    last_heartbeat_time: str = ""
    last_invoked_time: str = ""
    os_type: str = ""
    active_task_count: int = 0
    invocation_count: int = 0


@dataclass(frozen=True)
class TaggedInvocations:
    """One page of the invocations that carry the tags asked for (`ListTagResources`)."""

    invoke_ids: tuple[str, ...]
    """The file-sending tasks only; commands, which share the resource type, are left out."""
    next_token: str = ""
    """Empty on the last page."""
    request_id: str = ""
