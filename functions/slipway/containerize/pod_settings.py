"""Extracts the environment settings of a pod's containers, and the secrets among them."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from slipway.containerize.secret_names import secrets_in

Object = Mapping[str, Any]


def secrets_of(manifest: Object) -> list[str]:
    """Return the secrets of a pod, of an object with a pod template, or of a Secret."""
    if manifest.get("kind") == "Secret":
        return secrets_in(secret_values(manifest), all_of_them=True)
    return secrets_in(plain_settings(manifest))


def plain_settings(manifest: Object) -> dict[str, str]:
    """Return literal `env` values; Kubernetes escapes a dollar as `$$`."""
    return {
        each["name"]: str(each.get("value") or "").replace("$$", "$")
        for container in _containers(manifest)
        for each in container.get("env") or ()
    }


def secrets_named(manifest: Object) -> dict[str, bool]:
    """Return the Secrets that settings refer to; True if a pod starts without the Secret."""
    found: dict[str, bool] = {}
    for ref in _references(manifest):
        found[ref["name"]] = found.get(ref["name"], True) and bool(ref.get("optional"))
    return found


def secret_values(secret: Object) -> dict[str, str]:
    """Return the values decoded, and base64-encoded as in the manifest."""
    given = {**(secret.get("data") or {})}
    values = {name: _decoded(value) for name, value in given.items()}
    written = {f"{name} as written": value for name, value in given.items()}
    return {**values, **written, **(secret.get("stringData") or {})}


def _references(manifest: Object) -> Iterator[Object]:
    for container in _containers(manifest):
        for each in container.get("env") or ():
            if ref := (each.get("valueFrom") or {}).get("secretKeyRef"):
                yield ref
        for each in container.get("envFrom") or ():
            if ref := each.get("secretRef"):
                yield ref


def _containers(manifest: Object) -> Iterator[Object]:
    spec = manifest.get("spec") or {}
    pod = (spec.get("template") or {}).get("spec") or spec
    yield from pod.get("containers") or ()
    yield from pod.get("initContainers") or ()


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return value
