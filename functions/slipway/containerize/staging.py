"""The name under which a builder without an image store keeps what a workflow built."""

import hashlib

_PREFIX = "slipway-build-"
_DIGITS = 16


def staging_tag(workflow_id: str) -> str:
    """In the repository that the image is pushed to; no tag that a person would choose."""
    return _PREFIX + hashlib.sha256(workflow_id.encode()).hexdigest()[:_DIGITS]
