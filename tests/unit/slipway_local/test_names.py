"""A folder becomes an app of its name, or says why it cannot."""

from pathlib import Path

import pytest

from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.names import name_of


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop"),
        ("My_Shop 2.0", "my-shop-2-0"),
        ("123", "app-123"),
        ("...", "app"),
        ("x" * 48, "x" * 48),
    ],
)
def test_letters_become_small_and_everything_between_them_a_dash(folder: str, name: str) -> None:
    assert name_of(Path("/src", folder)) == name


@pytest.mark.parametrize("folder", ["ünïcödé", "магазин", "shop²", "x" * 49])
def test_a_name_that_would_lose_letters_is_refused_with_the_fix(folder: str) -> None:
    with pytest.raises(CliError) as refused:
        name_of(Path("/src", folder))

    assert (refused.value.exit_code, refused.value.code) == (Exit.BAD_INPUT, "invalid_name")
    assert "--name" in refused.value.line


def test_a_folder_that_was_deleted_under_the_shell_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "shop"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    with pytest.raises(CliError, match="the current folder does not exist"):
        name_of(Path())
