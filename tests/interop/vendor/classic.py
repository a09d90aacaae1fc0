"""Makes calls with the vendor's earlier SDK: an order in JSON on stdin, outcomes on stdout."""

# Runs in an interpreter of its own, which has the SDK; the checker's has not.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
from aliyunsdkcore.client import AcsClient

PACKAGE = "aliyunsdkecs.request.v20140526"


def made(
    client: Any, order: dict[str, Any], operation: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    """Make one call; return status and body, or what the exception says."""
    request = getattr(import_module(f"{PACKAGE}.{operation}Request"), f"{operation}Request")()
    scheme, _, host = order["endpoint"].partition("://")
    request.set_endpoint(host)
    request.set_protocol_type(scheme)
    for name, value in parameters.items():
        if name == "RegionId":
            request.add_query_param(name, value)
        else:
            # A list has its setter in the plural.
            setter = getattr(request, f"set_{name}", None) or getattr(request, f"set_{name}s")
            setter(value)
    try:
        body = client.do_action_with_exception(request)
    except ServerException as error:
        return {
            "status": error.get_http_status(),
            "code": error.get_error_code(),
            "message": error.get_error_msg(),
            "request_id": error.get_request_id(),
        }
    return {"status": 200, "body": json.loads(body)}


def main() -> None:
    """Carry out the order."""
    order = json.load(sys.stdin)
    keys = (order["access_key_id"], order["access_key_secret"])
    token = order.get("security_token")
    credential = StsTokenCredential(*keys, token) if token else AccessKeyCredential(*keys)
    client = AcsClient(region_id=order["region"], credential=credential, auto_retry=False)
    outcomes = []
    for call in order["calls"]:
        parameters = {"RegionId": order["region"], **call["parameters"]}
        operation = call.get("operation", "DescribeSendFileResults")
        outcome = made(client, order, operation, parameters)
        outcome["pages"] = [outcome.get("body")]
        while call.get("walk") == "token" and (following := outcome["body"].get("NextToken")):
            pages = outcome["pages"]
            outcome = made(client, order, operation, {**parameters, "NextToken": following})
            outcome["pages"] = [*pages, outcome.get("body")]
        outcomes.append(outcome)
    json.dump(outcomes, sys.stdout)


main()
