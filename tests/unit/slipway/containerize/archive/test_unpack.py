"""Somebody's archive is unpacked whole within its folder and its limits, or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.slipway.containerize.archive.hostile import Member, make_tar, make_zip, refusal

from slipway.containerize.archive import ArchiveLimits, unpack

Maker = Callable[..., Path]
MAKERS = pytest.mark.parametrize("make", [make_tar, make_zip])


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
