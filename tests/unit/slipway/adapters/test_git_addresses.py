"""A user's Git URL leads to Git servers, and to nothing that only this machine can reach."""

import pytest

from slipway.adapters.git_addresses import Reach, checked_url
from slipway.saga.errors import Rejected

ON_AWS = Reach()
ON_A_LAPTOP = Reach(loopback=True, private=True)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.23",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd20:ce::254",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "0.1.2.3",
        "fec0::1",
        "2002:a00:1::",
        "2002:808:808::",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
    ],
)
@pytest.mark.parametrize("reach", [ON_AWS, ON_A_LAPTOP])
def test_metadata_and_odd_addresses_are_refused_everywhere(address: str, reach: Reach) -> None:
    with pytest.raises(Rejected) as refusal:
        reach.check("git.example", address)

    assert refusal.value.code == "git_address"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_for_the_local_system_only(address: str) -> None:
    ON_A_LAPTOP.check("localhost", address)
    with pytest.raises(Rejected):
        ON_AWS.check("localhost", address)


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.1", "fd12::1", "100.64.0.1"])
def test_a_company_server_is_reached_from_a_laptop_and_not_from_a_stack(address: str) -> None:
    ON_A_LAPTOP.check("git.corp", address)
    with pytest.raises(Rejected):
        ON_AWS.check("git.corp", address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "64:ff9b::808:808"])
def test_a_public_server_is_allowed_also_from_a_network_without_ipv4(address: str) -> None:
    ON_AWS.check("git.example", address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://anna:secret@127.0.0.1/shop.git", "git_credentials"),
        ("https://token@127.0.0.1/shop.git", "git_credentials"),
        ("http://8.8.8.8/shop.git", "git_plain_http"),
        ("https://169.254.169.254/latest/meta-data", "git_address"),
        ("https://0x7f.1/shop.git?x=1", "git_url"),
        ("ftp://127.0.0.1/shop.git", "git_url"),
        ("https:///shop.git", "git_url"),
        ("https://127.0.0.1:port/shop.git", "git_url"),
        ("https://[::1/shop.git", "git_url"),
        ("https://127.0.0.1/shop.git#main", "git_url"),
    ],
)
def test_a_bad_url_is_refused_without_repeating_it(url: str, code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        checked_url(url, ON_A_LAPTOP)

    assert refusal.value.code == code
    assert "secret" not in str(refusal.value)
    assert "token" not in str(refusal.value)


@pytest.mark.parametrize("host", ["8.8.8.8", "127.0.0.1", "10.0.0.7", "[::1]"])
def test_a_stack_fetches_nothing_by_plain_http(host: str) -> None:
    with pytest.raises(Rejected) as refusal:
        checked_url(f"http://{host}/shop.git", ON_AWS)

    assert refusal.value.code == ("git_plain_http" if host == "8.8.8.8" else "git_address")


def test_a_neighbour_of_the_laptop_has_to_speak_https() -> None:
    with pytest.raises(Rejected) as refusal:
        checked_url("http://10.0.0.7/shop.git", ON_A_LAPTOP)

    assert refusal.value.code == "git_plain_http"


def test_plain_http_is_fine_on_loopback() -> None:
    assert checked_url("http://127.0.0.1:8080/shop.git", ON_A_LAPTOP).port == 8080
