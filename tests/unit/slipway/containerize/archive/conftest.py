"""A folder to unpack into."""

from pathlib import Path

import pytest


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder to unpack into, with a neighbour that nobody may touch."""
    (tmp_path / "room").mkdir()
    (tmp_path / "neighbour").write_text("untouched")
    return tmp_path / "room"
