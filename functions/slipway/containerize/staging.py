"""The staging tag under which a builder without an image store keeps a workflow's image."""

import hashlib

_PREFIX = "slipway-build-"
_DIGITS = 16


def staging_tag(workflow_id: str) -> str:
    """Return a tag for the push repository that no user would choose."""
    return _PREFIX + hashlib.sha256(workflow_id.encode()).hexdigest()[:_DIGITS]
