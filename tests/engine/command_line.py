"""The command `slipway` as a program of its own, as people and scripts run it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ENDS_WITHIN_S = 300


def slipway(
    arguments: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run it with `--json` to its end."""
    path = {"PYTHONPATH": f"{ROOT / 'functions'}{os.pathsep}{ROOT / 'infra/local'}"}
    return subprocess.run(
        [sys.executable, "-m", "slipway_local", *arguments, "--json"],
        env=own_environment() | path | environment,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        check=False,
    )


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one document on standard output: anything else there is an error here."""
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def own_environment() -> dict[str, str]:
    """This process's environment, without what a local system in it has set."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SLIPWAY_", "AWS_", "MOTO_"))
    }
