"""HTTP responses to commands and queries."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from slipway.cqrs.problem import Status, problem_of, retry_after_s
from slipway.cqrs.versions import etag
from slipway.messages.accounts import ConfigAccepted, ConfigView, SessionAccepted
from slipway.messages.views import Accepted, UploadOffer

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
_CHALLENGES = {  # RFC 6750, section 3
    "unauthenticated": "Bearer",
    "forbidden": 'Bearer error="insufficient_scope", scope="{scope}"',
}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_event(self) -> dict[str, Any]:
        """Payload format 2.0. `nosniff` keeps a browser from running what users wrote."""
        headers = {"content-type": self.content_type, "x-content-type-options": "nosniff"}
        text = self.content_type != BYTES
        body = self.body.decode() if text else base64.b64encode(self.body).decode()
        return {
            "statusCode": self.status,
            "headers": headers | dict(self.headers),
            "body": body,
            "isBase64Encoded": not text,
        }


def ok(result: BaseModel | str | bytes) -> Answer:
    """A model becomes JSON, a string text, and bytes become text if they are UTF-8."""
    if isinstance(result, BaseModel):
        return Answer(200, _json(result))
    if isinstance(result, str):
        return Answer(200, result.encode(), TEXT)
    return Answer(200, result, TEXT if _is_text(result) else BYTES)


def accepted(result: Accepted) -> Answer:
    return _accepted(result, f"/workflows/{result.workflow_id}")


def session_accepted(result: SessionAccepted) -> Answer:
    return _accepted(result, f"/sessions/{result.session_id}")


def config_accepted(result: ConfigAccepted) -> Answer:
    """With the ETag that the next update may send as If-Match."""
    return _accepted(result, "/config", etag=etag(result.version))


def _accepted(
    result: Accepted | SessionAccepted | ConfigAccepted, place: str, **headers: str
) -> Answer:
    where = f"{place}?min_version={result.version}"
    return Answer(202, _json(result), headers={"location": where, **headers})


def created(result: UploadOffer) -> Answer:
    return Answer(201, _json(result), headers={"location": result.url, "cache-control": "no-store"})


def versioned(result: ConfigView) -> Answer:
    """With an ETag to send as If-Match."""
    return Answer(200, _json(result), headers={"etag": etag(result.version)})


def problem(error: Exception, more: Mapping[str, Status]) -> Answer:
    document = problem_of(error, more)
    wait_s = retry_after_s(error, more)
    headers = {} if wait_s is None else {"retry-after": str(wait_s)}
    if document["code"] in _CHALLENGES:
        headers["www-authenticate"] = _CHALLENGES[document["code"]].format(**document)
    return Answer(
        document["status"], json.dumps(document).encode(), "application/problem+json", headers
    )


def tagged(answer: Answer, if_none_match: str | None) -> Answer:
    """Add an ETag, its own or a hash of the body; 304 when the client has it already."""
    tag = answer.headers.get("etag") or f'"{hashlib.sha256(answer.body).hexdigest()[:24]}"'
    headers = {**answer.headers, "etag": tag, "cache-control": "private, no-cache"}
    known = {known.strip().removeprefix("W/") for known in (if_none_match or "").split(",")}
    if tag in known or "*" in known:
        return Answer(304, b"", answer.content_type, headers)
    return Answer(answer.status, answer.body, answer.content_type, headers)


def _json(result: BaseModel) -> bytes:
    return result.model_dump_json().encode()


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
