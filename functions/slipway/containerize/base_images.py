"""Rewrites base image references to pull through a mirror: one prefix or a per-registry map."""

import re

from slipway.errors import Rejected

DOCKER_HUB = "docker.io"
_PREFIX = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[a-z0-9._-]+)*")


def rewrite_base_image(reference: str, setting: str) -> str:
    """Rewrite `python:3.13-slim` to `cache:5000/library/python:3.13-slim`, given `cache:5000`.

    With a map (`docker.io=cache/hub,gcr.io=cache/gcr`), images of registries that are not in the
    map are left unchanged, as with an empty setting. Raises Rejected on a malformed setting.
    """
    prefixes = parse_setting(setting)
    host, path = split_reference(reference)
    prefix = prefixes.get(host, prefixes.get("*"))
    return reference if prefix is None else f"{prefix}/{path}"


def parse_setting(setting: str) -> dict[str, str]:
    """Return registry host → prefix; `*` matches every host. Raises Rejected."""
    if not setting.strip():
        return {}
    entries = [each.strip() for each in setting.split(",")]
    pairs = [each.partition("=") if "=" in each else ("*", "=", each) for each in entries]
    found = {host.strip(): prefix.strip().rstrip("/") for host, _, prefix in pairs}
    mixed = "*" in found and len(entries) > 1
    if mixed or not all(host and _PREFIX.fullmatch(prefix) for host, prefix in found.items()):
        raise Rejected(
            "malformed_base_images",
            f"SLIPWAY_BASE_IMAGES is neither one prefix nor a map: {setting!r}",
            fix="write `registry.example:5000`, or `docker.io=registry.example/hub,gcr.io=...`",
        )
    return found


def split_reference(reference: str) -> tuple[str, str]:
    """Return the registry host and the path; official images get the `library/` prefix."""
    first, slash, rest = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        host = DOCKER_HUB if first in ("index.docker.io", "registry-1.docker.io") else first
        path = rest
    else:
        host, path = DOCKER_HUB, reference
    if host == DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    return host, path
