"""A developer's folder becomes an archive of what the build needs, and of nothing else."""

import hashlib
import os
import socket
import tarfile
from pathlib import Path

import pytest

from slipway.containerize.archive import ArchiveLimits, pack, unpack
from slipway.saga.errors import Rejected


def write(folder: Path, name: str, text: str = "x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    write(folder, "app.py", "print('shop')")
    write(folder, "static/style.css", "body {}")
    return folder


def names(archive: Path) -> list[str]:
    with tarfile.open(archive) as tar:
        return tar.getnames()


def refusal(folder: Path, limits: ArchiveLimits = ArchiveLimits()) -> Rejected:  # noqa: B008  (frozen)
    archive = folder.parent / "refused.tar.gz"
    with pytest.raises(Rejected) as refused:
        pack(folder, archive, limits)
    assert not archive.exists()
    return refused.value


def test_the_same_project_gives_the_same_bytes_whenever_it_was_touched(
    shop: Path, tmp_path: Path
) -> None:
    first = pack(shop, tmp_path / "1.tar.gz")
    os.utime(shop / "app.py", (1, 1))
    second = pack(shop, tmp_path / "2.tar.gz")

    assert (tmp_path / "1.tar.gz").read_bytes() == (tmp_path / "2.tar.gz").read_bytes()
    assert first == second
    assert first.sha256 == hashlib.sha256((tmp_path / "1.tar.gz").read_bytes()).hexdigest()
    assert (first.files, first.unpacked_bytes) == (2, 20)


def test_what_was_packed_is_unpacked_as_it_was(shop: Path, tmp_path: Path) -> None:
    (shop / "run.sh").write_text("#!/bin/sh")
    (shop / "run.sh").chmod(0o4755)
    (shop / "main.py").symlink_to("app.py")
    (shop / "static" / "root").symlink_to("../app.py")
    (shop / "empty").mkdir()
    write(shop, "ä ö/ü.txt")
    pack(shop, tmp_path / "shop.tar.gz")
    copy = tmp_path / "copy"
    copy.mkdir()
    unpack(tmp_path / "shop.tar.gz", copy)

    assert tree(copy) == tree(shop)
    assert (copy / "run.sh").stat().st_mode & 0o7777 == 0o755
    assert (copy / "static/root").read_text() == "print('shop')"


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else _kind(path)
        for path in sorted(folder.rglob("*"))
    }


def _kind(path: Path) -> str:
    return "folder" if path.is_dir() else path.read_text()


def test_a_folder_alone_at_the_top_stays_where_it_is(tmp_path: Path) -> None:
    write(tmp_path / "shop", "app/main.py")
    pack(tmp_path / "shop", tmp_path / "shop.tar.gz")
    copy = tmp_path / "copy"
    copy.mkdir()
    unpack(tmp_path / "shop.tar.gz", copy)

    assert (copy / "app/main.py").exists()


def test_histories_dependencies_and_caches_are_left_out_and_named(
    shop: Path, tmp_path: Path
) -> None:
    for left_out in (
        ".git/HEAD",
        "web/node_modules/left-pad/index.js",
        "env/pyvenv.cfg",
        "env/bin/python",
        "lib/__pycache__/a.pyc",
        ".terraform/plugin",
        "service/target/app.jar",
    ):
        write(shop, left_out)
    write(shop, "service/pom.xml")
    write(shop, "build-cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n")
    report = pack(shop, tmp_path / "shop.tar.gz")

    assert report.left_out == (
        ".git",
        ".terraform",
        "build-cache",
        "env",
        "lib/__pycache__",
        "service/target",
        "web/node_modules",
    )
    assert "service/pom.xml" in names(tmp_path / "shop.tar.gz")


def test_a_folder_named_target_without_a_tool_that_makes_it_travels(
    shop: Path, tmp_path: Path
) -> None:
    write(shop, "target/customers.csv")
    pack(shop, tmp_path / "shop.tar.gz")

    assert "target/customers.csv" in names(tmp_path / "shop.tar.gz")


def test_what_the_owner_ignores_is_left_out_and_can_be_brought_back(
    shop: Path, tmp_path: Path
) -> None:
    write(shop, ".gitignore", "*.log\n/dist/\n.env\n")
    write(shop, ".slipwayignore", "docs/\n!dist/\n")
    write(shop, "web/.gitignore", "/cache\n!keep.log\n")
    kept = ["dist/app.js", "web/keep.log", "deep/dist/x", "cache/x"]
    left = ["a.log", "deep/b.log", ".env", "docs/a.md", "web/cache/x"]
    for name in kept + left:
        write(shop, name)
    pack(shop, tmp_path / "shop.tar.gz")
    packed = set(names(tmp_path / "shop.tar.gz"))

    assert set(kept) <= packed
    assert not packed & set(left)


def test_what_a_machine_alone_should_know_stays_there_unless_its_owner_sends_it(
    shop: Path, tmp_path: Path
) -> None:
    stays = [".env", "web/.env.local", "web/.env.production.local"]
    goes = [".env.example", "web/.env.production", "api/.env"]
    write(shop, "api/.slipwayignore", "!.env\n")
    for name in stays + goes:
        write(shop, name)
    report = pack(shop, tmp_path / "shop.tar.gz")
    packed = set(names(tmp_path / "shop.tar.gz"))

    assert set(goes) <= packed
    assert not packed & set(stays)
    assert set(stays) <= set(report.left_out)


def test_a_large_project_is_not_walked_where_nothing_travels(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[str] = []
    real = os.scandir

    def listed(path: Path) -> object:
        walked.append(Path(path).name)
        return real(path)

    for name in (".git/objects/a", "node_modules/a/b", "venv/pyvenv.cfg", "venv/lib/a"):
        write(shop, name)
    monkeypatch.setattr(os, "scandir", listed)
    pack(shop, tmp_path / "shop.tar.gz")

    assert walked == ["shop", "static"]


def test_an_archive_written_into_the_project_does_not_contain_itself(shop: Path) -> None:
    pack(shop, shop / "shop.tar.gz")

    assert "shop.tar.gz" not in names(shop / "shop.tar.gz")


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret", "root/../../secret", "../.."])
def test_a_link_that_leads_out_is_refused_by_name(shop: Path, target: str) -> None:
    (shop / "static/link").symlink_to(target)
    refused = refusal(shop)

    assert refused.code == "archive_link"
    assert "static/link" in refused.message
    assert ".slipwayignore" in (refused.fix or "")


def test_a_link_that_leads_out_but_is_ignored_does_no_harm(shop: Path, tmp_path: Path) -> None:
    (shop / "link").symlink_to("/etc/passwd")
    write(shop, ".slipwayignore", "/link\n")

    assert pack(shop, tmp_path / "shop.tar.gz").left_out == ("link",)


def test_a_pipe_and_a_socket_are_refused_by_name(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(shop / "pipe")
    assert (refusal(shop).code, "pipe" in refusal(shop).message) == ("archive_device", True)
    (shop / "pipe").unlink()
    monkeypatch.chdir(shop)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door")
        assert refusal(shop).code == "archive_device"


def test_a_folder_without_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop" / "deep").mkdir(parents=True)
    write(tmp_path / "shop", "node_modules/a")

    assert refusal(tmp_path / "shop").code == "empty_source"


def test_a_path_that_is_not_there_or_no_folder_is_refused(shop: Path) -> None:
    assert refusal(shop.parent / "ship").code == "no_such_path"
    assert refusal(shop / "app.py").code == "not_a_folder"


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (ArchiveLimits(files=2), "2 files"),
        (ArchiveLimits(unpacked_bytes=19), "19 bytes"),
        (ArchiveLimits(archive_bytes=50), "50 packed bytes"),
    ],
)
def test_a_project_over_a_limit_is_told_which(
    shop: Path, limits: ArchiveLimits, named: str
) -> None:
    refused = refusal(shop, limits)

    assert refused.code == "source_too_large"
    assert named in refused.message
    assert ".slipwayignore" in (refused.fix or "")


def test_what_would_be_taken_for_a_bomb_is_found_before_it_is_sent(shop: Path) -> None:
    write(shop, "empty.img", "0" * 99_999)

    refused = refusal(shop, ArchiveLimits(ratio=10, ratio_from_bytes=1000))

    assert refused.code == "archive_ratio"
    assert "empty.img" in refused.message
    assert ".slipwayignore" in (refused.fix or "")
