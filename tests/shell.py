"""A shell for the tests of the command line: no engine is named in it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
APPS = ROOT / "tests" / "apps"
WITHIN_S = 60
_NAMES_ENGINES = ("DOCKER_", "KUBECONFIG", "SLIPWAY_")


class Shell:
    """A shell of its own: no engine is named in it, and its state folder is empty."""

    def __init__(self, home: Path) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_NAMES_ENGINES)}
        self.environment = {
            **kept,
            "HOME": str(home),
            "SLIPWAY_STATE": str(home / "state"),
            "PYTHONPATH": f"{ROOT / 'functions'}{os.pathsep}{ROOT / 'infra' / 'local'}",
        }

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "slipway_local", *map(str, arguments)]

    def run(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )


def document(done: subprocess.CompletedProcess[str]) -> Any:
    """What a command with --json printed, and nothing beside it."""
    return json.loads(done.stdout)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)
