"""Makes calls with the vendor's current SDK: an order in JSON on stdin, outcomes on stdout."""

# Runs in an interpreter of its own, which has the SDK; the checker's has not.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config

METHODS = {
    "DescribeCloudAssistantStatus": "describe_cloud_assistant_status",
    "DescribeRegions": "describe_regions",
    "DescribeSendFileResults": "describe_send_file_results",
    "DescribeInvocations": "describe_invocations",
    "ListTagResources": "list_tag_resources",
}


def made(client: Any, manner: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Make one call; return status and body, or what the exception says."""
    request = getattr(models, f"{operation}Request")().from_map(parameters)
    try:
        if manner == "async":
            response = asyncio.run(getattr(client, f"{METHODS[operation]}_async")(request))
        else:
            response = getattr(client, METHODS[operation])(request)
    except AlibabaCloudException as error:
        return {
            "status": error.status_code,
            "code": error.code,
            "message": error.message,
            "request_id": error.request_id,
        }
    return {"status": response.status_code, "body": response.body.to_map()}


def main() -> None:
    """Carry out the order."""
    order = json.load(sys.stdin)
    scheme, _, host = order["endpoint"].partition("://")
    config = Config(
        access_key_id=order["access_key_id"],
        access_key_secret=order["access_key_secret"],
        security_token=order.get("security_token"),
        region_id=order["region"],
        endpoint=host,
        protocol=scheme.upper(),
    )
    if order["manner"] == "v2":
        config.signature_algorithm = "v2"
    client = Client(config)
    outcomes = []
    for call in order["calls"]:
        parameters = {"RegionId": order["region"], **call["parameters"]}
        operation = call.get("operation", "DescribeSendFileResults")
        outcome = made(client, order["manner"], operation, parameters)
        outcome["pages"] = [outcome.get("body")]
        while call.get("walk") == "token" and (token := outcome["body"].get("NextToken")):
            going_on = {**parameters, "NextToken": token}
            pages = outcome["pages"]
            outcome = made(client, order["manner"], operation, going_on)
            outcome["pages"] = [*pages, outcome.get("body")]
        outcomes.append(outcome)
    json.dump(outcomes, sys.stdout)


main()
