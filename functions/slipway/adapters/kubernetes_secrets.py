"""Collect the secret values of a pod's settings, including those from Secrets, for redaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slipway.adapters.kubernetes_client import ApiServer, refusal
from slipway.containerize.pod_settings import secret_values, secrets_named, secrets_of
from slipway.containerize.secret_names import secrets_in

_NOT_TOLD = {401, 403}
_NOT_FOUND = 404


@dataclass(frozen=True)
class Known:
    """`unread` are Secrets that could not be read: output of their pods may contain the values."""

    secrets: Sequence[str]
    unread: Sequence[str] = ()


def known_secrets(api: ApiServer, manifest: Mapping[str, Any]) -> Known:
    """`manifest` is a pod or has a pod template. Raises Rejected or Unavailable."""
    namespace = manifest["metadata"]["namespace"]
    found, unread = set(secrets_of(manifest)), []
    for name, optional in secrets_named(manifest).items():
        answer = api.send("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")
        if answer.ok:
            found |= set(secrets_in(secret_values(answer.json()), all_of_them=True))
        elif answer.status in _NOT_TOLD or (answer.status == _NOT_FOUND and not optional):
            unread.append(name)
        elif answer.status != _NOT_FOUND:
            raise refusal(answer)
    return Known(sorted(found, key=lambda each: (-len(each), each)), unread)
