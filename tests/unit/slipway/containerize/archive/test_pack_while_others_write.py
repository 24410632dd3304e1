"""Somebody swaps what was listed for something else before it is read: nothing outside leaks."""

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from slipway.containerize.archive import pack
from slipway.containerize.archive.walk import Found, walk
from slipway.saga.errors import Rejected

SECRET = "the key of the till"
Swap = Callable[[Path, Path], None]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "static").mkdir(parents=True)
    (tmp_path / "shop" / "static" / "style.css").write_text("body {}")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "style.css").write_text(SECRET)
    return tmp_path / "shop"


def a_link_for_the_file(shop: Path, outside: Path) -> None:
    (shop / "static/style.css").unlink()
    (shop / "static/style.css").symlink_to(outside / "style.css")


def a_link_for_the_folder(shop: Path, outside: Path) -> None:
    (shop / "static").rename(shop.parent / "moved")
    (shop / "static").symlink_to(outside)


def a_hard_link_for_the_file(shop: Path, outside: Path) -> None:
    (shop / "static/style.css").unlink()
    (shop / "static/style.css").hardlink_to(outside / "style.css")


def a_pipe_for_the_file(shop: Path, _outside: Path) -> None:
    (shop / "static/style.css").unlink()
    os.mkfifo(shop / "static/style.css")


def nothing_for_the_folder(shop: Path, _outside: Path) -> None:
    (shop / "static").rename(shop.parent / "moved")


SWAPS = [
    a_link_for_the_file,
    a_link_for_the_folder,
    a_hard_link_for_the_file,
    a_pipe_for_the_file,
    nothing_for_the_folder,
]


@pytest.mark.parametrize("swap", SWAPS)
def test_what_is_swapped_between_listing_and_reading_is_refused_by_name(
    swap: Swap, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disturbed(*args: Any) -> Iterator[Found]:
        for found in walk(*args):
            if found.name == "static/style.css":
                swap(shop, shop.parent / "outside")
            yield found

    module = import_module("slipway.containerize.archive.pack")
    monkeypatch.setattr(module, "walk", disturbed)
    archive = shop.parent / "shop.tar.gz"

    with pytest.raises(Rejected, match="source_changed") as refused:
        pack(shop, archive)

    assert "static/style.css" in refused.value.message
    assert not archive.exists()


def test_a_folder_that_is_a_link_before_it_is_listed_lends_nothing_of_its_target(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disturbed(*args: Any) -> Iterator[Found]:
        for found in walk(*args):
            yield found
            if found.name == "static":
                a_link_for_the_folder(shop, shop.parent / "outside")

    module = import_module("slipway.containerize.archive.pack")
    monkeypatch.setattr(module, "walk", disturbed)
    archive = shop.parent / "shop.tar.gz"

    with pytest.raises(Rejected, match="source_changed"):
        pack(shop, archive)

    assert not archive.exists()


def test_a_folder_that_is_gone_before_it_is_listed_is_told(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disturbed(*args: Any) -> Iterator[Found]:
        for found in walk(*args):
            yield found
            if found.name == "static":
                nothing_for_the_folder(shop, shop)

    module = import_module("slipway.containerize.archive.pack")
    monkeypatch.setattr(module, "walk", disturbed)

    with pytest.raises(Rejected, match="source_changed"):
        pack(shop, shop.parent / "shop.tar.gz")


def test_the_shops_own_folder_may_be_named_through_a_link(shop: Path) -> None:
    (shop.parent / "current").symlink_to(shop)

    assert pack(shop.parent / "current", shop.parent / "shop.tar.gz").files == 1
