"""Validates names and link targets of an archive."""

import os
from pathlib import PurePosixPath

from slipway.containerize.archive import refusals
from slipway.containerize.archive.limits import ArchiveLimits

Parts = tuple[str, ...]
_MAX_NAME_BYTES = 255


def safe_parts(name: str, limits: ArchiveLimits) -> Parts:
    """Split a name into its parts; empty for the root itself.

    Raises Rejected if it is absolute, contains `..` or a null byte, is too long, or is not UTF-8.
    """
    check_text(name)
    parts = tuple(part for part in name.split("/") if part not in {"", "."})
    if name.startswith("/") or ".." in parts or "\0" in name or _has_drive(parts):
        raise refusals.traversal(name)
    sizes = [len(os.fsencode(part)) for part in parts]
    whole = sum(sizes) + len(sizes)
    if (
        whole > limits.path_bytes
        or len(parts) > limits.depth
        or max(sizes, default=0) > _MAX_NAME_BYTES
    ):
        raise refusals.path_too_long(name, limits.path_bytes, limits.depth)
    return parts


def check_text(name: str) -> None:
    """Raise Rejected for a name or link target that is not UTF-8: later tools do not accept it."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise refusals.not_text(name) from error


def _has_drive(parts: Parts) -> bool:
    return bool(parts) and len(parts[0]) == len("C:") and parts[0][1] == ":"


def stays_inside(link: Parts, target: str) -> bool:
    """Whether a link cannot lead out of the tree, whatever other such links it passes.

    `..` is allowed at the start only, where it goes through the real folders above the link. Later
    on it could climb out of a folder that another link had entered.
    """
    if not target or target.startswith("/") or "\0" in target:
        return False
    parts = PurePosixPath(target).parts
    climbs = next((i for i, part in enumerate(parts) if part != ".."), len(parts))
    return climbs < len(link) and ".." not in parts[climbs:]
