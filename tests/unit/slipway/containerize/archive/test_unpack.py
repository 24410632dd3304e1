"""Somebody's archive is unpacked whole within its folder and its limits, or not at all."""

import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.slipway.containerize.archive.hostile import Member, make_tar, make_zip

from slipway.containerize.archive import ArchiveLimits, unpack
from slipway.saga.errors import Rejected

Maker = Callable[..., Path]
MAKERS = pytest.mark.parametrize("make", [make_tar, make_zip])


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder to unpack into, with a neighbour that nobody may touch."""
    (tmp_path / "room").mkdir()
    (tmp_path / "neighbour").write_text("untouched")
    return tmp_path / "room"


def refusal(archive: Path, room: Path, limits: ArchiveLimits | None = None) -> Rejected:
    with pytest.raises(Rejected) as refused:
        unpack(archive, room, limits or ArchiveLimits())
    assert list(room.iterdir()) == []
    assert (room.parent / "neighbour").read_text() == "untouched"
    assert {p.name for p in room.parent.iterdir()} == {"room", "neighbour", archive.name}
    assert refused.value.fix
    return refused.value


@pytest.mark.parametrize("packing", ["", "gz", "bz2", "xz"])
def test_every_kind_of_tar_is_known_by_its_content(
    tmp_path: Path, room: Path, packing: str
) -> None:
    members: list[Member] = [("file", "a.py", "1" * 511), ("file", "b/c.py", "2" * 512)]
    unpack(make_tar(tmp_path / "anything", *members, packing=packing), room)

    assert (room / "a.py").read_text() == "1" * 511
    assert (room / "b/c.py").read_text() == "2" * 512


def test_a_zip_is_known_by_its_content_and_windows_names_are_understood(
    tmp_path: Path, room: Path
) -> None:
    members = [("file", "a.py", "1"), ("file", "b\\c.py", "2"), ("link", "d", "a.py")]
    unpack(make_zip(tmp_path / "anything", *members), room)

    assert (room / "b/c.py").read_text() == "2"
    assert (room / "d").read_text() == "1"


@MAKERS
def test_setuid_bits_are_dropped_and_programs_stay_programs(
    tmp_path: Path, room: Path, make: Maker
) -> None:
    unpack(make(tmp_path / "a", ("file", "run"), ("file", "b")), room)

    assert (room / "run").stat().st_mode & 0o7777 == 0o755


@MAKERS
@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("archive_traversal", [("file", "a"), ("file", "../neighbour", "evil")]),
        ("archive_traversal", [("file", "a/../../neighbour", "evil")]),
        ("archive_traversal", [("file", "/tmp/neighbour", "evil")]),
        ("archive_traversal", [("file", "C:/neighbour", "evil")]),
        ("archive_link", [("file", "a"), ("link", "l", "/etc")]),
        ("archive_link", [("file", "a"), ("link", "l", "../neighbour")]),
        ("archive_link", [("file", "a"), ("link", "d/l", "../../neighbour")]),
        ("archive_link", [("file", "a"), ("link", "d", "."), ("link", "e", "d/../neighbour")]),
        ("archive_link", [("file", "a"), ("link", "l", "."), ("file", "l/b", "evil")]),
        ("archive_link", [("folder", "d/"), ("link", "d", ".."), ("file", "d/neighbour", "evil")]),
        ("archive_link", [("file", "d/a"), ("link", "d", "a")]),
        ("archive_link", [("link", "l", "a"), ("file", "l", "evil"), ("file", "a")]),
        ("archive_link", [("file", "a"), ("file", "a/b")]),
        ("archive_device", [("file", "a"), ("device", "null")]),
        ("archive_empty", [("folder", "d/")]),
        ("archive_empty", []),
    ],
)
def test_what_leads_out_is_refused_and_nothing_is_left(
    tmp_path: Path, room: Path, make: Maker, code: str, members: list[Member]
) -> None:
    assert refusal(make(tmp_path / "archive", *members), room).code == code


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("archive_device", [("file", "a"), ("pipe", "p")]),
        ("archive_device", [("file", "a"), ("block", "sda")]),
        ("archive_link", [("file", "a"), ("hard", "h", "../neighbour")]),
        ("archive_link", [("file", "a"), ("hard", "h", "/etc/passwd")]),
        ("archive_link", [("file", "a"), ("hard", "h", "never-there")]),
        ("archive_link", [("file", "a"), ("link", "l", "a"), ("hard", "h", "l")]),
    ],
)
def test_what_only_tar_can_do_is_refused_too(
    tmp_path: Path, room: Path, code: str, members: list[Member]
) -> None:
    found = refusal(make_tar(tmp_path / "archive", *members), room).code

    assert found in {code, "archive_traversal"}


@pytest.mark.parametrize(
    "members",
    [
        [("file", "caf\udce9.txt")],
        [("file", "caf\udce9/a.txt")],
        [("file", "a"), ("link", "l", "caf\udce9")],
    ],
)
def test_a_name_that_is_not_utf_8_is_refused_by_that_name(
    tmp_path: Path, room: Path, members: list[Member]
) -> None:
    found = refusal(make_tar(tmp_path / "archive", *members), room)

    assert found.code == "archive_name_unreadable"
    assert r"caf\udce9" in found.message


def test_a_zip_whose_name_is_not_the_utf_8_that_it_says_is_refused(
    tmp_path: Path, room: Path
) -> None:
    archive = make_zip(tmp_path / "archive", ("file", "caf\u00e9.txt"))
    archive.write_bytes(archive.read_bytes().replace("\u00e9".encode(), b"\xe9\xe9"))

    found = refusal(archive, room)

    assert found.code == "archive_name_unreadable"
    assert r"caf\udce9" in found.message


def test_a_hard_link_to_a_file_of_the_archive_becomes_a_copy(tmp_path: Path, room: Path) -> None:
    unpack(make_tar(tmp_path / "a", ("file", "a", "1"), ("hard", "b", "a")), room)

    assert (room / "b").read_text() == "1"
    assert (room / "a").stat().st_nlink == 1


def test_the_last_of_two_files_of_one_name_wins(tmp_path: Path, room: Path) -> None:
    unpack(make_tar(tmp_path / "a", ("file", "a", "old"), ("file", "a", "new")), room)

    assert (room / "a").read_text() == "new"


@MAKERS
@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("archive_too_large", ArchiveLimits(unpacked_bytes=99_999)),
        ("archive_too_many_files", ArchiveLimits(files=3)),
        ("archive_ratio", ArchiveLimits(ratio=10, ratio_from_bytes=1000)),
        ("archive_path_too_long", ArchiveLimits(path_bytes=20)),
        ("archive_path_too_long", ArchiveLimits(depth=3)),
        ("source_too_large", ArchiveLimits(archive_bytes=10)),
    ],
)
def test_every_limit_is_kept(
    tmp_path: Path, room: Path, make: Maker, code: str, limits: ArchiveLimits
) -> None:
    members = [("file", "a", "0" * 99_999), ("file", "b"), ("file", "c/d/e/" + "f" * 20)]

    assert refusal(make(tmp_path / "archive", *members), room, limits).code == code


@MAKERS
def test_the_same_file_over_and_over_counts_every_time(
    tmp_path: Path, room: Path, make: Maker
) -> None:
    archive = make(tmp_path / "archive", *[("file", "a")] * 9)

    assert refusal(archive, room, ArchiveLimits(files=5)).code == "archive_too_many_files"


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


def test_the_one_folder_of_a_forges_archive_gives_way_to_the_project(
    tmp_path: Path, room: Path
) -> None:
    members = [
        ("folder", "shop-1a2b3c"),
        ("file", "shop-1a2b3c/app.py", "1"),
        ("file", "shop-1a2b3c/shop-1a2b3c/x", "2"),
        ("link", "shop-1a2b3c/lib/main.py", "../app.py"),
    ]
    unpack(make_tar(tmp_path / "a", *members), room)

    assert sorted(p.name for p in room.iterdir()) == ["app.py", "lib", "shop-1a2b3c"]
    assert (room / "shop-1a2b3c/x").read_text() == "2"
    assert (room / "lib/main.py").read_text() == "1"


def test_a_link_that_climbs_out_of_the_project_when_its_folder_gives_way_is_refused(
    tmp_path: Path, room: Path
) -> None:
    members = [("file", "shop/app.py"), ("link", "shop/l", "../shop/app.py")]

    assert refusal(make_tar(tmp_path / "a", *members), room).code == "archive_link"


def test_a_folder_beside_a_file_stays(tmp_path: Path, room: Path) -> None:
    unpack(make_zip(tmp_path / "a", ("file", "app/main.py"), ("file", "README.md")), room)

    assert (room / "app/main.py").exists()
