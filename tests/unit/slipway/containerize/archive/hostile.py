"""Archives as attackers and careless tools make them, and how they are refused."""

import io
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from slipway.containerize.archive import ArchiveLimits, unpack
from slipway.saga.errors import Rejected

TYPES = {
    "file": tarfile.REGTYPE,
    "folder": tarfile.DIRTYPE,
    "link": tarfile.SYMTYPE,
    "hard": tarfile.LNKTYPE,
    "device": tarfile.CHRTYPE,
    "block": tarfile.BLKTYPE,
    "pipe": tarfile.FIFOTYPE,
}
Member = tuple[str, ...]
"""Kind, name, and the content or the target."""


def make_tar(path: Path, *members: Member, packing: str = "gz") -> Path:
    mode: Any = f"w:{packing}"
    with tarfile.open(path, mode) as tar:
        for kind, name, *rest in members:
            info = tarfile.TarInfo(name)
            info.type = TYPES[kind]
            info.mode = 0o6755
            content = b""
            if kind in {"link", "hard"}:
                info.linkname = rest[0]
            elif kind == "file":
                content = (rest[0] if rest else "x").encode()
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def make_zip(path: Path, *members: Member) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")  # duplicate names are meant here
        for kind, name, *rest in members:
            info = zipfile.ZipInfo(name)
            modes = {"link": stat.S_IFLNK, "device": stat.S_IFCHR, "folder": stat.S_IFDIR}
            info.create_system = 3
            info.external_attr = (modes.get(kind, stat.S_IFREG) | 0o6755) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, rest[0] if rest else "x")
    return path


def refusal(archive: Path, room: Path, limits: ArchiveLimits | None = None) -> Rejected:
    """Of what leaves nothing behind, inside the room and beside it."""
    with pytest.raises(Rejected) as refused:
        unpack(archive, room, limits or ArchiveLimits())
    assert list(room.iterdir()) == []
    assert (room.parent / "neighbour").read_text() == "untouched"
    assert {p.name for p in room.parent.iterdir()} == {"room", "neighbour", archive.name}
    assert refused.value.fix
    return refused.value
