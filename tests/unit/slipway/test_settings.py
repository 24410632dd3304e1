"""Anna mistypes an address: she is told which setting, and how it is written."""

from pathlib import Path

import pytest

from slipway.settings import InvalidSettings, Settings


@pytest.mark.parametrize(
    "address", ["tcp://h:abc", "tcp://h:99999", "tcp://[::1", "localhost:2375"]
)
def test_an_address_of_the_engine_that_is_none_is_named(address: str) -> None:
    with pytest.raises(InvalidSettings, match=r"DOCKER_HOST: give an address, such as unix://"):
        Settings.read({"DOCKER_HOST": address})


@pytest.mark.parametrize("address", ["unix:///run/docker.sock", "tcp://[::1]:2376", "ssh://anna@h"])
def test_an_address_of_the_engine_stays_as_it_is(address: str) -> None:
    assert Settings.read({"DOCKER_HOST": address}).docker_host == address


def test_a_url_with_a_port_that_is_none_is_named() -> None:
    with pytest.raises(InvalidSettings, match="SLIPWAY_URL: give a URL"):
        Settings.read({"SLIPWAY_URL": "http://slipway.example.com:port"})


def test_a_setting_that_nobody_knows_is_named() -> None:
    with pytest.raises(InvalidSettings, match="SLIPWAY_REGISTRI is not a setting"):
        Settings.read({"SLIPWAY_REGISTRI": "127.0.0.1:5000"})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SLIPWAY_BASE_IMAGES", "https://mirror.example.com"),
        ("SLIPWAY_BASE_IMAGES", "docker.io=,gcr.io=mirror.example.com"),
        ("SLIPWAY_MIRRORS", "/no/such/file"),
        ("SLIPWAY_BUILD_NETWORK", "a b"),
        ("SLIPWAY_SCANNER", "ecr"),
    ],
)
def test_what_a_build_will_need_is_checked_before_one_begins(setting: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=f"{setting}: give "):
        Settings.read({setting: value})


def test_where_builds_pull_from_stays_as_it_is(tmp_path: Path) -> None:
    mirrors = tmp_path / "mirrors"
    mirrors.write_text("GOPROXY=https://proxy.example.com\n")

    for told in ("from-host", str(mirrors)):
        assert Settings.read({"SLIPWAY_MIRRORS": told}).mirrors == told
    hub = "docker.io=mirror.example.com/hub"
    assert Settings.read({"SLIPWAY_BASE_IMAGES": hub}).base_images == hub
