"""A system starts once, is found while it runs, and leaves nothing of itself behind."""

import os
import socket
import sys
import threading
from pathlib import Path

import boto3
import pytest
from tests.integration.local.conftest import SMALL, ask

from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.front.server import PortTaken
from slipway_local.layout import Layout
from slipway_local.state import AlreadyRunning, running_system
from slipway_local.system import LocalSystem, Options


def system(state: Path, *, port: int = 0) -> LocalSystem:
    options = Options(port, rehearsal=Rehearsal(), layout=Layout(SMALL))
    return LocalSystem(Settings(state=str(state)), options)


def test_after_the_end_everything_is_as_it_was(tmp_path: Path) -> None:
    before = dict(os.environ), set(threading.enumerate()), list(sys.path), sys.stdout

    with system(tmp_path) as first:
        headers = {"Authorization": f"Bearer {first.token}"}
        assert ask("POST", f"{first.url}/notes/a", b"x", headers).status == 202

    after = dict(os.environ), set(threading.enumerate()), list(sys.path), sys.stdout
    assert after == before
    with pytest.raises(OSError, match="refused"):
        ask("GET", first.url)


def test_a_second_system_knows_what_the_first_wrote_and_has_a_token_of_its_own(
    tmp_path: Path,
) -> None:
    tokens, notes = [], []
    for name in ("a", "b"):
        with system(tmp_path) as one:
            tokens.append(one.token)
            headers = {"Authorization": f"Bearer {one.token}"}
            ask("POST", f"{one.url}/notes/{name}", b"x", headers)
            assert one.wait_idle(10)
            notes.append(len(boto3.client("dynamodb").scan(TableName="notes-local")["Items"]))

    assert notes == [1, 2]

    assert tokens[0] != tokens[1]


def test_an_announced_system_is_found_and_keeps_a_second_one_out(tmp_path: Path) -> None:
    settings = Settings(state=str(tmp_path))
    with system(tmp_path) as first:
        found = running_system(settings)
        assert found is not None
        assert (found.url, found.token, found.pid) == (first.url, first.token, os.getpid())
        with pytest.raises(AlreadyRunning):
            system(tmp_path).__enter__()

    assert running_system(settings) is None


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            system(tmp_path, port=port).__enter__()


def test_what_the_user_has_set_for_aws_plays_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://aws.example")
    monkeypatch.setenv("AWS_REGION", "us-west-2")

    with system(tmp_path) as local:
        headers = {"Authorization": f"Bearer {local.token}"}
        assert ask("POST", f"{local.url}/notes/a", b"x", headers).status == 202

    assert os.environ["AWS_PROFILE"] == "production"
