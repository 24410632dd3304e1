"""`doctor` says of what is kept in the state folder what the other verbs would say of it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.shell import Shell

from slipway_local.kept.file import NAME
from slipway_local.kept.store import kept_in


def _as_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"not a database, by far" * 100),
        lambda file: os.truncate(file, file.stat().st_size // 2),
        _as_folder,
    ],
    ids=["emptied", "overwritten", "cut short", "a folder"],
)
def test_doctor_refuses_what_list_refuses_and_leaves_it_as_it_is(
    shell: Shell, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    with kept_in(folder):
        pass
    spoil(folder / NAME)
    before = _content(folder)

    listed, examined = shell.run("list"), shell.run("doctor", "--json")

    state = _state(examined.stdout)
    assert (examined.returncode, state["state"]) == (3, "unusable")
    assert listed.stderr == f"slipway: {state['detail']}\n"
    assert _content(folder) == before


def test_doctor_finds_the_state_of_a_running_system_usable(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    with kept_in(folder) as kept:
        kept.belongs_to({"engine": "in memory"})

        assert _state(shell.run("doctor", "--json").stdout)["state"] == "ok"

        with kept.file.change() as file:
            file.execute("DELETE FROM about")


def _state(document: str) -> dict[str, str]:
    (state,) = [part for part in json.loads(document)["parts"] if part["part"] == "state"]
    return dict(state)


def _content(folder: Path) -> bytes | None:
    return (folder / NAME).read_bytes() if (folder / NAME).is_file() else None
