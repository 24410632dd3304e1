"""Ids of workflows and uploads, derived from the idempotency key or random; and of sessions."""

import base64
import hashlib
import secrets
from functools import lru_cache

from slipway.cqrs.request import Call

_DIGEST_BYTES = 15  # 24 characters of base32
_OWNER_CHARS = 12


def workflow_id(call: Call) -> str:
    return f"wf_{_derived_or_drawn('workflow', call)}"


def upload_id(call: Call) -> str:
    """Begins with a hash of its owner, so that nobody builds from another owner's upload."""
    return f"up_{_mark(call.owner)}{_derived_or_drawn('upload', call)}"


def session_id() -> str:
    """Random: a key is stored only while a session can be open, and may then open a new one."""
    return f"se_{_text(secrets.token_bytes(_DIGEST_BYTES))}"


def is_upload_of(owner: str, upload: str) -> bool:
    return upload.startswith(f"up_{_mark(owner)}")


def inbox_key(call: Call) -> str:
    """Includes the owner: keys of different callers never collide."""
    return _digest("inbox", call.owner, call.idempotency_key or "")


def _derived_or_drawn(kind: str, call: Call) -> str:
    if call.idempotency_key is None:
        return _text(secrets.token_bytes(_DIGEST_BYTES))
    return _digest(kind, call.owner, call.idempotency_key)


def _mark(owner: str) -> str:
    return _digest("owner", owner)[:_OWNER_CHARS]


@lru_cache(maxsize=64)  # a command needs its own several times
def _digest(*parts: str) -> str:
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return _text(hashlib.sha256(content).digest()[:_DIGEST_BYTES])


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()
