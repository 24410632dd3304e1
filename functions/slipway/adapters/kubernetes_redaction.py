"""What a cluster and its pods say, less the secrets that an application was given as settings."""

from collections.abc import Sequence

from slipway.adapters.redaction import redacted
from slipway.containerize.secret_names import hide


def without(text: str, secrets: Sequence[str]) -> str:
    """Once more after the terminal's sequences are gone: one may stand amid a secret."""
    return hide(redacted(hide(text, secrets)), secrets)
