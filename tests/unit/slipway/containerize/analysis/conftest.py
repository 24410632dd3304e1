"""A repository is a dictionary of its files."""

from collections.abc import Callable
from pathlib import Path

import pytest

Repository = Callable[[dict[str, str]], Path]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = tmp_path / "source"

    def written(files: dict[str, str]) -> Path:
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        root.mkdir(exist_ok=True)
        return root

    return written
