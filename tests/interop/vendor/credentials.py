"""Gets credentials with the vendor's library: an order in JSON on stdin, outcomes on stdout.

The library has the addresses of STS and of the metadata service built in; its requests are sent to
the emulator instead, and nothing else of it is changed.
"""

# Runs in an interpreter of its own, which has the library; the checker's has not.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import json
import sys
import tempfile
from typing import Any

from alibabacloud_credentials import provider
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.http import HttpOptions
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_ecs20140526.models import DescribeSendFileResultsRequest
from alibabacloud_tea_openapi.client import Client as OpenApi
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions
from Tea.core import TeaCore

PROVIDERS = {
    "cloud_sso": provider.CloudSSOCredentialsProvider,
    "ecs_ram_role": provider.EcsRamRoleCredentialsProvider,
    "oauth": provider.OAuthCredentialsProvider,
    "oidc": provider.OIDCRoleArnCredentialsProvider,
    "ram_role_arn": provider.RamRoleArnCredentialsProvider,
    "uri": provider.URLCredentialsProvider,
}


def redirect(host: str) -> dict[str, str]:
    """Send what the library sends to a host instead; return where to put a prefix of its paths."""
    settings = {"prefix": ""}
    original = TeaCore.do_action

    def do_action(request: Any, *rest: Any, **more: Any) -> Any:
        request.protocol = "http"
        request.headers["host"] = host
        request.port = None
        request.pathname = settings["prefix"] + (request.pathname or "/")
        return original(request, *rest, **more)

    TeaCore.do_action = staticmethod(do_action)
    return settings


def caller(config: Config) -> dict[str, Any]:
    """Return who the emulated STS says that somebody is."""
    parameters = Params(
        action="GetCallerIdentity",
        version="2015-04-01",
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    answer = OpenApi(config).call_api(parameters, OpenApiRequest(), RuntimeOptions())
    body: dict[str, Any] = answer["body"]
    return body


def outcome(order: dict[str, Any], name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return what came of one provider: who one is with it, or what it says went wrong."""
    if name == "ecs_ram_role":
        # Without its thread, which outlives the call.
        arguments["async_update_enabled"] = False
    try:
        found = PROVIDERS[name](http_options=HttpOptions(), **arguments).get_credentials()
    except CredentialException as error:
        return {"error": str(error)}
    config = Config(
        access_key_id=found.get_access_key_id(),
        access_key_secret=found.get_access_key_secret(),
        security_token=found.get_security_token(),
        region_id=order["region"],
        endpoint=order["endpoint"].partition("://")[2],
        protocol="HTTP",
    )
    page = Ecs(config).describe_send_file_results(
        DescribeSendFileResultsRequest(region_id=order["region"], max_results=5)
    )
    records = page.body.invocations.invocation
    return {"caller": caller(config), "records": len(records)}


def main() -> None:
    """Carry out the order."""
    order = json.load(sys.stdin)
    settings = redirect(order["endpoint"].partition("://")[2])
    outcomes = []
    with tempfile.NamedTemporaryFile("w") as token:
        for call in order["calls"]:
            arguments = call["arguments"]
            if call["provider"] == "oidc":
                token.seek(0)
                token.truncate()
                token.write(arguments.pop("token"))
                token.flush()
                arguments["oidc_token_file_path"] = token.name
            settings["prefix"] = call["prefix"]
            outcomes.append(outcome(order, call["provider"], arguments))
    json.dump(outcomes, sys.stdout)


main()
