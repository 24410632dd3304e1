"""Reads the entries of a tar archive, compressed or plain."""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from slipway.containerize.archive import refusals
from slipway.containerize.archive.entry import CHUNK_BYTES, Entry, Kind
from slipway.containerize.archive.limits import ArchiveLimits
from slipway.containerize.archive.reading import Forward, decompressed

_OVERHEAD_BYTES = 4096  # per entry, at most: its headers and padding
_GNU_LABEL, _GNU_FOLDER = b"V", b"D"
"""Written by `tar --label` as the first entry, by `--listed-incremental` for each folder."""
_BROKEN = (tarfile.TarError, ValueError, OverflowError, RecursionError, EOFError)


def tar_entries(archive: Path, into: Path, limits: ArchiveLimits) -> Iterator[Entry]:
    """`into` is the folder that they will be written to. Raises Rejected."""
    longest = limits.unpacked_bytes + limits.files * _OVERHEAD_BYTES
    with archive.open("rb") as file:
        stream = decompressed(file, longest)
        with refusals.unreadable_on(*_BROKEN):
            tar = tarfile.TarFile(fileobj=cast("IO[bytes]", stream))
        while True:
            with refusals.unreadable_on(*_BROKEN):
                member = tar.next()
            if member is None:
                _check_end(stream)
                return
            if member.type == _GNU_LABEL:
                continue
            yield _entry(tar, member, into)


def _check_end(stream: Forward) -> None:
    """Raise Rejected unless only zeros follow; the compression's checksum is verified after them.

    tarfile mistakes a damaged header for the end.
    """
    while rest := stream.read(CHUNK_BYTES):
        if rest.strip(b"\0"):
            raise refusals.unreadable("it has data after its end, or a damaged header")


def _entry(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> Entry:
    if "\0" in member.name + member.linkname:
        raise refusals.traversal(member.name)
    if member.type == _GNU_FOLDER:
        member.type = tarfile.DIRTYPE
    if member.isdir():
        entry = Entry(member.name, Kind.FOLDER)
    elif member.issym():
        entry = Entry(member.name, Kind.LINK, target=member.linkname)
    elif member.islnk():
        entry = Entry(member.name, Kind.SAME_FILE, target=member.linkname)
    elif member.isreg():
        executable = bool(member.mode & 0o100)
        content = _content(tar, member)
        entry = Entry(member.name, Kind.FILE, member.size, executable, content=content)
    else:
        raise refusals.device(member.name)
    _second_opinion(member, into)
    return entry


def _second_opinion(member: tarfile.TarInfo, into: Path) -> None:
    """Defence in depth: apply Python's own data filter as well."""
    try:
        tarfile.data_filter(member, str(into))
    except (tarfile.AbsoluteLinkError, tarfile.LinkOutsideDestinationError) as error:
        raise refusals.link(
            member.name, f"points outside of the archive, to {member.linkname!r}"
        ) from error
    except tarfile.SpecialFileError as error:
        raise refusals.device(member.name) from error
    except tarfile.FilterError as error:
        raise refusals.traversal(member.name) from error


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        with refusals.unreadable_on(*_BROKEN):
            file = tar.extractfile(member)
            while file and (chunk := file.read(CHUNK_BYTES)):
                yield chunk

    return chunks
