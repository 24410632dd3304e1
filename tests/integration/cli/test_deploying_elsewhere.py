"""A deployment by the system at SLIPWAY_URL says what it acts on, to those who may know."""

from collections.abc import Iterator

import pytest
from tests.integration.operating.desk import Desk, operating
from tests.shell import APPS, Shell


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with operating(tmp_path_factory.mktemp("state")) as desk:
        yield desk


def test_a_real_world_is_told_before_anything_is_sent_and_named_when_it_is_accepted(
    desk: Desk, shell: Shell
) -> None:
    named = {"SLIPWAY_URL": desk.system.url, "SLIPWAY_TOKEN": desk.system.token}

    done = shell.run("deploy", APPS / "flask", "--name", "shop", "--detach", **named)

    first, *later = done.stderr.splitlines()
    assert done.returncode == 0, done.stderr
    assert first == f"REAL: the system at {desk.system.url} creates real resources"
    (accepted,) = (n for n, line in enumerate(later) if line.startswith("workflow wf_"))
    world = desk.end(later[accepted].split()[1])["world"]
    assert later[accepted + 1] == (
        f"REAL: the system at {desk.system.url} acts on"
        f" engine {world['engine']}, cluster {world['cluster']}"
    )


def test_who_is_not_let_in_learns_no_more_than_that_it_is_real(desk: Desk, shell: Shell) -> None:
    named = {"SLIPWAY_URL": desk.system.url, "SLIPWAY_TOKEN": "somebody-else"}

    done = shell.run("deploy", APPS / "flask", "--name", "shop", **named)

    assert done.returncode == 5
    assert "REAL: the system at" in done.stderr
    assert "acts on" not in done.stderr
