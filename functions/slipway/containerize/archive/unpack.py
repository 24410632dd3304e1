"""Unpacks an untrusted archive: completely, within limits and the folder, or not at all."""

from collections.abc import Iterator
from pathlib import Path

from slipway.containerize.archive import refusals
from slipway.containerize.archive.entry import Entry
from slipway.containerize.archive.limits import DEFAULT_LIMITS, ArchiveLimits
from slipway.containerize.archive.tar_entries import tar_entries
from slipway.containerize.archive.tree import Tree, clear
from slipway.containerize.archive.zip_entries import zip_entries

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")


def unpack(archive: Path, into: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> None:
    """Unpack tar (plain, gzip, bzip2, xz) or zip, detected by content, into an empty folder.

    Raises Rejected (source_too_large or `archive_...`) and empties `into` again. Owners and setuid
    bits are dropped. A single top-level folder is stripped, unless the archive has an entry for its
    root, as those of `pack` do.
    """
    packed_bytes = archive.stat().st_size
    if packed_bytes > limits.archive_bytes:
        raise refusals.source_too_large(f"{limits.archive_bytes} packed bytes")
    if packed_bytes == 0:
        raise refusals.empty()
    tree = Tree(into, limits, packed_bytes)
    try:
        for entry in _entries(archive, into, limits):
            tree.add(entry)
        tree.finish(strip=True)
    except BaseException:
        clear(into)
        raise


def _entries(archive: Path, into: Path, limits: ArchiveLimits) -> Iterator[Entry]:
    with archive.open("rb") as file:
        start = file.read(4)
    if start in _ZIP_STARTS:
        return zip_entries(archive, limits)
    return tar_entries(archive, into, limits)
