"""What a cluster and its pods say, less the secrets that an application was given as settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from slipway.adapters.redaction import redacted
from slipway.containerize.secret_names import hide, secrets_in


def secrets_of(manifest: Mapping[str, Any]) -> list[str]:
    """Of a pod, or of what has a template of one: `$$` is how Kubernetes writes a dollar."""
    spec = manifest.get("spec") or {}
    pod = (spec.get("template") or {}).get("spec") or spec
    given = {
        each["name"]: str(each.get("value") or "").replace("$$", "$")
        for container in (*(pod.get("containers") or ()), *(pod.get("initContainers") or ()))
        for each in container.get("env") or ()
    }
    return secrets_in(given)


def without(text: str, secrets: Sequence[str]) -> str:
    """Once more after the terminal's sequences are gone: one may stand amid a secret."""
    return hide(redacted(hide(text, secrets)), secrets)
