"""The shell that each test of the command line is given, and a module's own system."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.shell import WITHIN_S, Shell, shell

__all__ = ["running", "shell", "state"]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """`slipway up` runs meanwhile."""
    shell = Shell(tmp_path_factory.mktemp("up"))
    command = shell.command("up", "--port", "0", "--json")
    with subprocess.Popen(command, env=shell.environment, stdout=subprocess.PIPE) as up:
        assert up.stdout is not None
        while up.stdout.readline().strip() != b"}":
            assert up.poll() is None
        yield shell
        up.send_signal(signal.SIGINT)
        assert up.wait(WITHIN_S) == 0
