"""The API's own JSON of an invocation: with the file's content in it, or without."""

from __future__ import annotations

import json
import re
import zlib
from typing import Final

WORDS: Final = (
    b'"Content":"","ContentType":"PlainText","Base64","CreationTime":"2026-01-01T00:00:00Z",'
    b'"Description":"","FileGroup":"root","FileMode":"0644","FileOwner":"root","InvocationStatus":'
    b'"PartialFailed","InvocationStatus":"Failed","InvocationStatus":"Success","InvokeId":"f-hz0",'
    b'"InvokeInstances":{"InvokeInstance":[{"CreationTime":"2026-01-01T00:00:00Z","ErrorCode":"",'
    b'"ErrorInfo":"","FinishTime":"2026-01-01T00:00:00Z","InstanceId":"i-bp1","InvocationStatus":'
    b'"Success","StartTime":"2026-01-01T00:00:00Z","UpdateTime":"2026-01-01T00:00:00Z"}]},'
    b'"Name":"","Overwrite":"true","Tags":{"Tag":[{"TagKey":"","TagValue":""}]},'
    b'"TargetDir":"/","VmCount":1}'
)
"""What the JSON of any invocation has; with it in mind SQLite's file is a third smaller.

What has been compressed needs these very bytes to be read again, so they never change.
"""

CONTENT_KEY: Final = re.compile(r'"Content":\s*')

_DECODER: Final = json.JSONDecoder()


def compress(text: str) -> bytes:
    """Return a text in few bytes."""
    packer = zlib.compressobj(1, zdict=WORDS)
    return packer.compress(text.encode("utf-8", "surrogatepass")) + packer.flush()


def decompress(data: bytes) -> str:
    """Return the text that was compressed; what is damaged is empty."""
    try:
        return zlib.decompressobj(zdict=WORDS).decompress(data).decode("utf-8", "surrogatepass")
    except (zlib.error, UnicodeDecodeError, TypeError):
        return ""


def without_content(raw: str) -> str:
    """Return the JSON of an invocation without the file's content, and otherwise as it is."""
    start = 0
    while key := CONTENT_KEY.search(raw, start):
        start = key.start()
        try:
            _, stop = _DECODER.raw_decode(raw, key.end())
        except (ValueError, RecursionError):
            # It is no JSON, which is not ours to judge; but a content is not kept.
            return raw[:start]
        before, after = raw[:start], raw[stop:].lstrip()
        if after.startswith(","):
            after = after[1:].lstrip()
        else:
            before = before.rstrip().removesuffix(",")
        raw = before + after
        start = len(before)
    return raw
