"""The wire's models, lenient, and how they become records.

A field that is missing, null or of another type never fails a page: texts are coerced, numbers
that are none are 0, rows that are no objects are left out. What is no answer of the operation at
all (an array, an error under status 200, no list of rows) is an error, never an empty success.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from tui.api import envelope
from tui.api.errors import ApiError, BadAnswer, from_answer
from tui.api.exact import Document, load
from tui.api.lenient import (
    MAX_ROWS,
    Count,
    LongText,
    Text,
    Token,
    Total,
    Whole,
    nested,
    wholly,
)
from tui.api.transport import Answer
from tui.api.values import AssistantStatus, TaggedInvocations
from tui.records import InstanceResult, Invocation, Page, Region, Tag

SURROGATE: Final = "\\ud"
"""How an escaped surrogate begins, one of a pair or a lone one."""

NOTHING: Final = frozenset({"", "null"})
"""How the service writes that there is no error, in lower case."""

NO_FAULT: Final = frozenset({"", "0", "200", "OK", "Success"})
"""Codes under which an answer may have no rows; services of the vendor say so of success."""

FILE_TASKS: Final = "f-"
"""How the ID of a file-sending task begins; commands begin with `t-`."""

_T = TypeVar("_T")
_Model = TypeVar("_Model", bound=BaseModel)


class WireModel(BaseModel):
    """A model whose fields have the API's own names on the wire."""

    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore", hide_input_in_errors=True)


class WireTag(WireModel):
    """A tag on an invocation."""

    tag_key: Text = ""
    tag_value: Text = ""


class WireResult(WireModel):
    """What became of an invocation on one instance."""

    instance_id: Text = ""
    invocation_status: Text = ""
    error_code: Text = ""
    error_info: Text = ""
    creation_time: Text = ""
    start_time: Text = ""
    finish_time: Text = ""
    update_time: Text = ""


class WireInvocation(WireModel):
    """One file-sending task."""

    invoke_id: Text = ""
    invocation_status: Text = ""
    creation_time: Text = ""
    name: Text = ""
    target_dir: Text = ""
    content_type: Text = ""
    content: LongText = ""
    description: Text = ""
    file_owner: Text = ""
    file_group: Text = ""
    file_mode: Text = ""
    overwrite: Text = ""
    vm_count: Count = 0
    invoke_instances: Annotated[
        list[WireResult], BeforeValidator(partial(nested, "InvokeInstance"))
    ] = []
    tags: Annotated[list[WireTag], BeforeValidator(partial(nested, "Tag"))] = []


class WirePage(WireModel):
    """What stands around the rows of `DescribeSendFileResults` and `ListTagResources`."""

    request_id: Whole = ""
    next_token: Token = ""
    total_count: Total = None


class WireRegion(WireModel):
    """A region."""

    region_id: Text = ""
    local_name: Text = ""
    region_endpoint: Text = ""


class WireTagResource(WireModel):
    """A tag on a resource."""

    resource_id: Text = ""


class WireAssistant(WireModel):
    """The agent on one instance."""

    instance_id: Text = ""
    cloud_assistant_status: Text = ""
    cloud_assistant_version: Text = ""
    last_heartbeat_time: Text = ""
    last_invoked_time: Text = ""
    os_type: Annotated[Text, Field(alias="OSType")] = ""
    active_task_count: Count = 0
    invocation_count: Count = 0


def page(answer: Answer, *, numbered: bool) -> Page:
    """Read an answer of `DescribeSendFileResults`.

    Args:
        answer: with a status from 200 to 299.
        numbered: whether it was asked for by number; a token means nothing then, and a total
            means nothing otherwise.
    """

    def read(document: Document) -> Page:
        rows = _top_rows(document, "Invocations", "Invocation")
        around = WirePage.model_validate(document.value)
        return Page(
            invocations=tuple(_invocation(row, document.text(row)) for row in rows),
            next_token="" if numbered else around.next_token,
            total_count=around.total_count if numbered else None,
            request_id=around.request_id or answer.headers.get("x-acs-request-id", ""),
        )

    return _read(answer, read, "DescribeSendFileResults")


def regions(answer: Answer) -> tuple[Region, ...]:
    """Read an answer of `DescribeRegions`."""

    def read(document: Document) -> tuple[Region, ...]:
        rows = _top_models(WireRegion, document, "Regions", "Region")
        return tuple(
            Region(row.region_id, row.local_name, row.region_endpoint)
            for row in rows
            if row.region_id
        )

    return _read(answer, read, "DescribeRegions")


def assistants(answer: Answer) -> tuple[AssistantStatus, ...]:
    """Read an answer of `DescribeCloudAssistantStatus`."""
    inner = "InstanceCloudAssistantStatus"

    def read(document: Document) -> tuple[AssistantStatus, ...]:
        rows = _top_models(WireAssistant, document, f"{inner}Set", inner)
        return tuple(
            AssistantStatus(
                instance_id=row.instance_id,
                running=row.cloud_assistant_status.lower() == "true",
                version=row.cloud_assistant_version,
                last_heartbeat_time=row.last_heartbeat_time,
                last_invoked_time=row.last_invoked_time,
                os_type=row.os_type,
                active_task_count=row.active_task_count,
                invocation_count=row.invocation_count,
            )
            for row in rows
        )

    return _read(answer, read, "DescribeCloudAssistantStatus")


def tagged(answer: Answer) -> TaggedInvocations:
    """Read an answer of `ListTagResources`; each task once, whatever the number of its tags."""

    def read(document: Document) -> TaggedInvocations:
        rows = _top_models(WireTagResource, document, "TagResources", "TagResource")
        around = WirePage.model_validate(document.value)
        ids = dict.fromkeys(row.resource_id for row in rows)
        return TaggedInvocations(
            invoke_ids=tuple(one for one in ids if one.startswith(FILE_TASKS)),
            next_token=around.next_token,
            request_id=around.request_id or answer.headers.get("x-acs-request-id", ""),
        )

    return _read(answer, read, "ListTagResources")


def _invocation(row: Mapping[str, object], raw: str) -> Invocation:
    wire = _modelled(WireInvocation, row, raw)
    return Invocation(
        invoke_id=wire.invoke_id,
        status=wire.invocation_status,
        creation_time=wire.creation_time,
        name=wire.name,
        target_dir=wire.target_dir,
        content_type=wire.content_type,
        content=wire.content,
        description=wire.description,
        file_owner=wire.file_owner,
        file_group=wire.file_group,
        file_mode=wire.file_mode,
        overwrite=wire.overwrite,
        vm_count=wire.vm_count,
        results=tuple(map(_result, wire.invoke_instances)),
        tags=tuple(Tag(tag.tag_key, tag.tag_value) for tag in wire.tags),
        raw=raw,
    )


def _result(wire: WireResult) -> InstanceResult:
    return InstanceResult(
        instance_id=wire.instance_id,
        status=wire.invocation_status,
        error_code=_unless_nothing(wire.error_code),
        error_info=_unless_nothing(wire.error_info),
        creation_time=wire.creation_time,
        start_time=wire.start_time,
        finish_time=wire.finish_time,
        update_time=wire.update_time,
    )


def _unless_nothing(text: str) -> str:
    return "" if text.lower() in NOTHING else text


def _top_rows(document: Document, outer: str, inner: str) -> list[Mapping[str, object]]:
    """Return the rows that the whole answer is about; their absence is an error."""
    value = document.value
    if not isinstance(value, dict) or outer not in value:
        raise _NoAnswer
    rows = value[outer]
    if isinstance(rows, dict):
        rows = rows.get(inner)
    if isinstance(rows, dict):
        rows = [rows]
    rows = rows or []
    if not isinstance(rows, list) or len(rows) > MAX_ROWS:
        raise _NoAnswer
    if not all(isinstance(row, dict | None) for row in rows):
        raise _NoAnswer
    if not rows and envelope.from_document(value).code not in NO_FAULT:
        raise _NoAnswer
    return [row for row in rows if row is not None]


def _top_models(model: type[_Model], document: Document, outer: str, inner: str) -> list[_Model]:
    rows = _top_rows(document, outer, inner)
    return [_modelled(model, row, document.text(row)) for row in rows]


def _modelled(model: type[_Model], row: Mapping[str, object], raw: str) -> _Model:
    return model.model_validate(wholly(row) if SURROGATE in raw else row)


class _NoAnswer(ValueError):
    """JSON, but not what the operation answers."""


def _read(answer: Answer, read: Callable[[Document], _T], operation: str) -> _T:
    """Load the answer's JSON and read it, or say what came instead."""
    try:
        document = load(answer.body)
        return read(document)
    except (ValueError, RecursionError) as error:
        raise _instead(answer, operation, isinstance(error, _NoAnswer)) from None


def _instead(answer: Answer, operation: str, is_json: bool) -> ApiError:
    """Return the error for an answer that is not the operation's."""
    if is_json and not envelope.read(answer.body).code:
        return BadAnswer(
            f"The answer to {operation} is JSON of another shape: it has no list of records.",
            advice="Check the endpoint: it may not be the API's.",
            status=answer.status,
            request_id=answer.headers.get("x-acs-request-id", ""),
        )
    return from_answer(
        status=answer.status,
        reason=answer.reason,
        headers=answer.headers,
        body=answer.body,
        operation=operation,
    )
