"""An archive that lies about itself is refused before it costs memory, time or disk."""

import gzip
import lzma
import tarfile
import zipfile
from pathlib import Path

from tests.unit.slipway.containerize.archive.hostile import make_tar, make_zip, refusal

from slipway.containerize.archive import ArchiveLimits


def test_a_zip_with_a_password_is_refused(tmp_path: Path, room: Path) -> None:
    archive = make_zip(tmp_path / "archive", ("file", "a"))
    locked = bytearray(archive.read_bytes())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(locked)
    refused = refusal(archive, room)

    assert refused.code == "archive_unreadable"
    assert "password" in refused.message


def test_a_zip_that_lies_about_a_size_is_caught(tmp_path: Path, room: Path) -> None:
    archive = tmp_path / "archive"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", b"0" * 50_000)
        made.infolist()[0].file_size = 10

    assert refusal(archive, room, ArchiveLimits(unpacked_bytes=1000)).code in {
        "archive_unreadable",
        "archive_too_large",
    }


def test_a_tar_header_that_asks_for_gigabytes_is_not_believed(tmp_path: Path, room: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type = tarfile.GNUTYPE_LONGNAME
    header.size = 8 << 30
    archive = tmp_path / "archive"
    with gzip.open(archive, "wb") as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))

    assert refusal(archive, room).code == "archive_unreadable"


def test_a_chain_of_headers_without_end_is_refused(tmp_path: Path, room: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type = tarfile.GNUTYPE_LONGNAME
    header.size = 1
    block = header.tobuf(tarfile.GNU_FORMAT) + b"a".ljust(512, b"\0")
    archive = tmp_path / "archive"
    with gzip.open(archive, "wb") as file:
        file.write(block * 5000)

    assert refusal(archive, room).code == "archive_unreadable"


def test_an_xz_that_asks_for_more_memory_than_there_is_is_refused(
    tmp_path: Path, room: Path
) -> None:
    plain = make_tar(tmp_path / "plain", ("file", "a"), packing="")
    greedy = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 29}]
    (tmp_path / "archive").write_bytes(lzma.compress(plain.read_bytes(), filters=greedy))
    plain.unlink()

    assert refusal(tmp_path / "archive", room).code == "archive_unreadable"
