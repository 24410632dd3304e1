"""Redact secrets from an application's settings in the texts of a cluster and its pods."""

from collections.abc import Sequence

from slipway.adapters.redaction import redacted
from slipway.containerize.secret_names import hide


def without(text: str, secrets: Sequence[str]) -> str:
    """Hide secrets again once terminal sequences are removed, as one may split a secret."""
    return hide(redacted(hide(text, secrets)), secrets)
