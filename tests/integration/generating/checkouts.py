"""A copy of the checkout that `slipway new` may write into."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.shell import ROOT, Shell

_PARTS = ("functions", "infra", "openapi", "statemachine", "tests")
_FILES = ("template.yaml", "pyproject.toml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "apps", ".*_cache")


class Copy:
    def __init__(self, home: Path) -> None:
        self.root = home / "checkout"
        self.root.mkdir()
        for part in _PARTS:
            shutil.copytree(ROOT / part, self.root / part, ignore=_LEFT_OUT)
        for file in _FILES:
            shutil.copy2(ROOT / file, self.root / file)
        folders = ("functions", "infra/local", ".")
        path = os.pathsep.join(str(self.root / each) for each in folders)
        self.environment = {**Shell(home).environment, "PYTHONPATH": path}

    def python(
        self, *arguments: str, folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """With the copy's own code; in the copy, if not elsewhere."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=folder or self.root,
            env={**self.environment, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def new(self, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "slipway_local", "new", *arguments, folder=folder)

    def everything(self) -> dict[str, bytes]:
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files}
