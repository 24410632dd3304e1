"""The shell that each test of the command line is given, and the folder of a module's system."""

from pathlib import Path

import pytest
from tests.shell import shell

__all__ = ["shell", "state"]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")
