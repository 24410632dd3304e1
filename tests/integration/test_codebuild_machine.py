"""The machine of a build goes through a buildspec as CodeBuild's reference says."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.codebuild_machine import Machine

HEAD = "version: 0.2\nphases:\n"
SAID = {"GREETING": "hello", "PATH": "/usr/bin:/bin"}


def phase(name: str, *commands: str, more: str = "") -> str:
    lines = [f"  {name}:", *([f"    {more}"] if more else []), "    commands:"]
    return "\n".join([*lines, *(f"      - {command}" for command in commands)]) + "\n"


def played(folder: Path, *phases: str) -> tuple[Machine, bool, list[str]]:
    said: list[str] = []
    machine = Machine(folder, SAID, said.append)
    succeeded = machine.run(HEAD + "".join(phases))
    words = [line.strip() for line in said if not line.startswith("[Container]")]
    return machine, succeeded, words


def test_phases_come_in_their_order_and_share_variables_and_folder(tmp_path: Path) -> None:
    _, succeeded, words = played(
        tmp_path,
        phase("build", "echo $NEXT $(basename $PWD)"),
        phase("pre_build", "export NEXT=$GREETING", "mkdir shop && cd shop", "echo first"),
    )

    assert succeeded
    assert words == ["first", "hello shop"]


def test_a_phase_ends_with_the_first_command_that_fails(tmp_path: Path) -> None:
    machine, succeeded, words = played(
        tmp_path, phase("pre_build", "echo one", "exit 3", "echo two"), phase("build", "echo three")
    )

    assert not succeeded
    assert words == ["one"]
    assert machine.failures == {
        "PRE_BUILD": "Error while executing command: exit 3. Reason: exit status 3"
    }


@pytest.mark.parametrize(("more", "after"), [("", ["0"]), ("on-failure: ABORT", [])])
def test_what_follows_a_build_that_failed_depends_on_its_word(
    more: str, after: list[str], tmp_path: Path
) -> None:
    _, succeeded, words = played(
        tmp_path,
        phase("build", "exit 1", more=more),
        phase("post_build", "echo $CODEBUILD_BUILD_SUCCEEDING"),
    )

    assert not succeeded
    assert words == after


def test_finally_comes_after_a_failure_too(tmp_path: Path) -> None:
    tidy = phase("build", "exit 1", more="finally: [echo tidy]")

    _, succeeded, words = played(tmp_path, tidy)

    assert not succeeded
    assert words == ["tidy"]


def test_a_key_that_would_not_be_done_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="batch"):
        Machine(tmp_path, {}, print).run(HEAD.replace("phases", "batch: {}\nphases") + "  {}\n")
