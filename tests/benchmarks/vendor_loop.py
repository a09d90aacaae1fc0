"""Reads every page by its token with the vendor's SDK; prints how many records there were."""

# Runs in an interpreter of its own, which has the SDK; the checker's has not.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import json
import sys

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.models import Config


def main() -> None:
    """Walk from the first page to the last."""
    facts = json.load(sys.stdin)
    scheme, _, host = facts["endpoint"].partition("://")
    client = Client(
        Config(
            access_key_id=facts["access_key_id"],
            access_key_secret=facts["access_key_secret"],
            region_id=facts["region"],
            endpoint=host,
            protocol=scheme.upper(),
        )
    )
    count, token = 0, None
    while True:
        request = models.DescribeSendFileResultsRequest(
            region_id=facts["region"], max_results=50, next_token=token
        )
        body = client.describe_send_file_results(request).body
        count += len(body.invocations.invocation)
        token = body.next_token
        if not token:
            break
    print(count)


main()
