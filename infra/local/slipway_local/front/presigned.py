"""Verify that a presigned URL was signed by this system for this request, and is valid."""

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.wrappers import Request

from slipway_local.template.arns import REGION

_TIME = "%Y%m%dT%H%M%SZ"
_LONGEST_S = 7 * 24 * 3600
"""S3's limit."""


def refusal(request: Request, url: str, key_id: str, secret: str) -> str | None:
    """Return S3's error code, None when the signature is valid."""
    given = request.args
    try:
        signed_at = datetime.strptime(given["X-Amz-Date"], _TIME).replace(tzinfo=UTC)
        lasts_s = int(given["X-Amz-Expires"])
        names, signature = given["X-Amz-SignedHeaders"].split(";"), given["X-Amz-Signature"]
    except (KeyError, ValueError):
        return "AccessDenied"
    age = datetime.now(UTC) - signed_at
    if not 1 <= lasts_s <= _LONGEST_S or age > timedelta(seconds=lasts_s):
        return "AccessDenied"
    expected = _signature(request, url, names, Credentials(key_id, secret))
    same = hmac.compare_digest(expected.encode(), signature.encode())  # bytes: str must be ASCII
    return None if same else "SignatureDoesNotMatch"


def _signature(request: Request, url: str, names: list[str], credentials: Credentials) -> str:
    """Compute the signature with the library that creates the URLs, so that both agree."""
    headers = {name: request.headers[name] for name in names if name in request.headers}
    signed = AWSRequest(request.method, _without_signature(url), headers)
    signed.context["timestamp"] = request.args["X-Amz-Date"]
    signer: Any = S3SigV4QueryAuth(credentials, "s3", REGION)
    canonical = signer.canonical_request(signed)
    return str(signer.signature(signer.string_to_sign(signed, canonical), signed))


def _without_signature(url: str) -> str:
    address, _, query = url.partition("?")
    kept = [part for part in query.split("&") if not part.startswith("X-Amz-Signature=")]
    return f"{address}?{'&'.join(kept)}"
