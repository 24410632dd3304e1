"""A running system is found by its user, and no second one starts beside it."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from slipway.settings import Settings
from slipway_local.state import (
    AlreadyRunning,
    Running,
    Unannounced,
    announced,
    only_one,
    running_system,
)

HERE = Running("http://127.0.0.1:8787", "secret", os.getpid())


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    return Settings(state=str(tmp_path / "slipway"))


def test_a_running_system_is_found_and_only_its_user_may_read_where(settings: Settings) -> None:
    with only_one(settings) as folder, announced(folder, HERE):
        assert running_system(settings) == HERE
        assert stat.S_IMODE((folder / "up.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert running_system(settings) is None


def test_one_that_was_killed_is_not_found(settings: Settings) -> None:
    with only_one(settings) as folder:
        announcement = announced(folder, HERE)
        announcement.__enter__()

    assert (folder / "up.json").exists()
    assert running_system(settings) is None


def test_a_second_one_is_refused_and_told_what_to_do(settings: Settings) -> None:
    with only_one(settings), pytest.raises(AlreadyRunning, match="SLIPWAY_STATE"):
        only_one(settings).__enter__()


def test_one_that_is_just_starting_is_awaited(settings: Settings) -> None:
    with only_one(settings) as folder, ThreadPoolExecutor(1) as pool:
        found = pool.submit(running_system, settings)
        with announced(folder, HERE):
            assert found.result(10) == HERE


def test_where_a_killed_one_was_is_forgotten_when_the_next_one_starts(settings: Settings) -> None:
    with only_one(settings) as folder:
        announced(folder, HERE).__enter__()

    with only_one(settings) as folder:
        assert not (folder / "up.json").exists()


def test_without_a_setting_the_folder_is_in_the_users_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from slipway_local.state import state_folder  # noqa: PLC0415

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert state_folder(Settings()) == tmp_path / "slipway"


def test_a_damaged_note_of_one_that_runs_is_named(settings: Settings) -> None:
    with only_one(settings) as folder:
        (folder / "up.json").write_text("{")

        with pytest.raises(Unannounced, match=r"up\.json is damaged"):
            running_system(settings)
