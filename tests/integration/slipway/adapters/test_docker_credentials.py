"""Logins as Docker keeps them, and configurations that are broken."""

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.docker_credentials import DockerCredentials
from slipway.containerize.ports import Credentials
from slipway.saga.errors import Rejected, Unavailable

REPOSITORY = "registry.example.org/apps/shop"
LOGIN = base64.b64encode(b"anna:battery:staple").decode()
HELPER = """#!/bin/sh
read -r host
case $host in
  registry.example.org) echo '{"Username": "anna", "Secret": "battery"}' ;;
  token.example.org) echo '{"Username": "<token>", "Secret": "refresh-me"}' ;;
  garbled.example.org) echo 'battery' ;;
  broken.example.org) echo 'battery' >&2; exit 1 ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
"""


def configured(folder: Path, config: Any) -> DockerCredentials:
    text = config if isinstance(config, str) else json.dumps(config)
    (folder / "config.json").write_text(text)
    return DockerCredentials(str(folder))


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    program = tmp_path / "bin" / "docker-credential-vault"
    program.parent.mkdir()
    program.write_text(HELPER)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return "vault"


@pytest.mark.parametrize("key", ["registry.example.org", "https://registry.example.org/v2/"])
def test_a_login_is_found_by_its_host(tmp_path: Path, key: str) -> None:
    logins = configured(tmp_path, {"auths": {key: {"auth": LOGIN}}})

    assert logins.for_repository(REPOSITORY) == Credentials("anna", "battery:staple")
    assert logins.for_repository("other.example.org/shop") is None


def test_docker_hub_is_found_under_its_old_name(tmp_path: Path) -> None:
    logins = configured(tmp_path, {"auths": {"https://index.docker.io/v1/": {"auth": LOGIN}}})

    assert logins.for_repository("anna/shop") == Credentials("anna", "battery:staple")


def test_an_identity_token_is_taken_instead_of_a_password(tmp_path: Path) -> None:
    entry = {"auth": LOGIN, "identitytoken": "refresh-me"}
    logins = configured(tmp_path, {"auths": {"registry.example.org": entry}})

    found = logins.for_repository(REPOSITORY)

    assert found is not None
    assert found.identity_token == "refresh-me"


@pytest.mark.parametrize("config", [{}, {"auths": {}}, {"auths": {"registry.example.org": {}}}])
def test_where_nobody_logged_in_there_are_no_credentials(tmp_path: Path, config: Any) -> None:
    assert configured(tmp_path, config).for_repository(REPOSITORY) is None


def test_no_file_means_no_credentials(tmp_path: Path) -> None:
    assert DockerCredentials(str(tmp_path / "nowhere")).for_repository(REPOSITORY) is None


def test_helpers_are_asked_for_their_hosts(tmp_path: Path, helper: str) -> None:
    logins = configured(tmp_path, {"credHelpers": {"registry.example.org": helper}})

    assert logins.for_repository(REPOSITORY) == Credentials("anna", "battery")
    assert logins.for_repository("other.example.org/shop") is None


def test_the_store_is_asked_for_every_host(tmp_path: Path, helper: str) -> None:
    logins = configured(tmp_path, {"credsStore": helper})

    assert logins.for_repository(REPOSITORY) == Credentials("anna", "battery")
    assert logins.for_repository("token.example.org/a") == Credentials("<token>", "", "refresh-me")
    assert logins.for_repository("unknown.example.org/a") is None


@pytest.mark.parametrize(
    ("host", "error"),
    [("garbled.example.org", Rejected), ("broken.example.org", Unavailable)],
)
def test_a_helper_that_fails_is_named_and_what_it_printed_is_not(
    tmp_path: Path, helper: str, host: str, error: type[Exception]
) -> None:
    logins = configured(tmp_path, {"credsStore": helper})

    with pytest.raises(error, match="docker-credential-vault") as refused:
        logins.for_repository(f"{host}/shop")

    assert "battery" not in str(refused.value)


def test_a_helper_that_is_not_installed_is_said_to_be_missing(tmp_path: Path) -> None:
    logins = configured(tmp_path, {"credsStore": "nowhere"})

    with pytest.raises(Rejected, match="credential_helper_missing"):
        logins.for_repository(REPOSITORY)


@pytest.mark.parametrize(
    "config",
    [
        "{",
        "[]",
        {"auths": ["battery"]},
        {"auths": {"registry.example.org": "battery"}},
        {"auths": {"registry.example.org": {"auth": "battery"}}},
        {"auths": {"registry.example.org": {"auth": 7}}},
        {"credsStore": {"a": "b"}},
    ],
)
def test_a_broken_file_is_named_and_its_content_is_not_shown(tmp_path: Path, config: Any) -> None:
    logins = configured(tmp_path, config)

    with pytest.raises(Rejected) as refused:
        logins.for_repository(REPOSITORY)

    assert refused.value.code == "docker_config_invalid"
    assert str(tmp_path / "config.json") in refused.value.message
    assert "battery" not in str(refused.value)
