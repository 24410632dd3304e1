"""An archive that is damaged, or broke off, is refused, and leaves nothing."""

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest
from tests.unit.slipway.containerize.archive.hostile import make_tar, make_zip, refusal

from slipway.containerize.archive import ArchiveLimits, unpack


@pytest.mark.parametrize(
    "content",
    [
        b"no archive at all" * 100,
        b"\x1f\x8b broken",
        b"BZh broken",
        b"\xfd7zXZ\x00 broken",
        b"PK\x03\x04 broken",
        gzip.compress(b"a file that is no tar" * 100, mtime=0),
    ],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, room: Path, content: bytes) -> None:
    (tmp_path / "archive").write_bytes(content)

    assert refusal(tmp_path / "archive", room).code == "archive_unreadable"


def test_a_file_of_no_bytes_is_refused(tmp_path: Path, room: Path) -> None:
    (tmp_path / "archive").touch()

    assert refusal(tmp_path / "archive", room).code == "archive_empty"


@pytest.mark.parametrize("packing", ["", "gz", "bz2", "xz"])
def test_an_archive_that_broke_off_leaves_nothing(tmp_path: Path, room: Path, packing: str) -> None:
    noise = os.urandom(50_000).hex()
    archive = make_tar(tmp_path / "archive", ("file", "a", noise), ("file", "b"), packing=packing)
    archive.write_bytes(archive.read_bytes()[:40_000])

    assert refusal(archive, room).code == "archive_unreadable"


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
@pytest.mark.parametrize("cut_bytes", [0, 5])
def test_the_checksum_at_the_very_end_is_looked_at(
    tmp_path: Path, room: Path, packing: str, cut_bytes: int
) -> None:
    archive = make_tar(tmp_path / "archive", ("file", "a", "x" * 1000), packing=packing)
    damaged = bytearray(archive.read_bytes())
    damaged[-6] ^= 0xFF
    archive.write_bytes(damaged[: len(damaged) - cut_bytes])

    assert refusal(archive, room).code == "archive_unreadable"


def test_a_damaged_header_in_the_midst_of_a_tar_is_not_taken_for_its_end(
    tmp_path: Path, room: Path
) -> None:
    archive = make_tar(tmp_path / "archive", ("file", "a"), ("file", "b", "y" * 99), packing="")
    with tarfile.open(archive) as tar:
        second = tar.getmembers()[1].offset
    damaged = bytearray(archive.read_bytes())
    damaged[second + 150] ^= 0xFF
    archive.write_bytes(damaged)

    assert refusal(archive, room).code == "archive_unreadable"


def test_a_zip_that_broke_off_leaves_nothing(tmp_path: Path, room: Path) -> None:
    archive = make_zip(tmp_path / "archive", ("file", "a", "x" * 1000), ("file", "b"))
    archive.write_bytes(archive.read_bytes()[:-30])

    assert refusal(archive, room).code == "archive_unreadable"


def test_a_zip_whose_content_is_damaged_leaves_nothing(tmp_path: Path, room: Path) -> None:
    archive = make_zip(tmp_path / "archive", ("file", "a", "x" * 1000), ("file", "b", "y" * 99))
    damaged = bytearray(archive.read_bytes())
    damaged[34:38] = b"evil"
    archive.write_bytes(damaged)

    assert refusal(archive, room).code == "archive_unreadable"


def test_a_zip_whose_list_cannot_be_where_it_says_is_refused(tmp_path: Path, room: Path) -> None:
    archive = make_zip(tmp_path / "archive", ("file", "a"))
    damaged = bytearray(archive.read_bytes())
    damaged[damaged.rindex(b"PK\x05\x06") + 16] ^= 0xFF
    archive.write_bytes(damaged)

    assert refusal(archive, room).code == "archive_unreadable"


def test_a_name_with_a_nul_in_its_extended_header_is_refused(tmp_path: Path, room: Path) -> None:
    with tarfile.open(tmp_path / "archive", "w:gz", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("a")
        info.pax_headers = {"path": "a\0b.py"}
        tar.addfile(info)

    assert refusal(tmp_path / "archive", room).code == "archive_traversal"


def test_what_gnu_tar_notes_beside_the_files_is_passed_over(tmp_path: Path, room: Path) -> None:
    with tarfile.open(tmp_path / "archive", "w:gz") as tar:
        for name, kind, content in (
            ("backup", b"V", b""),
            ("src/", b"D", b"Ya\0\0"),
            ("src/a", b"0", b"x"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.size = kind, 0o755, len(content)
            tar.addfile(info, io.BytesIO(content))

    unpack(tmp_path / "archive", room, ArchiveLimits())

    assert [path.name for path in room.iterdir()] == ["a"]
