"""What the local AWS logs stays off the terminal, and can be found."""

import logging
from pathlib import Path

import pytest

from slipway_local.quiet import logged_to


def test_a_failed_task_is_logged_to_the_file_only(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "logs" / "local-aws.log"

    with logged_to(path):
        logging.getLogger("moto.stepfunctions.parser").error("Exception=FailureEventException")

    assert "ERROR moto.stepfunctions.parser Exception=Failure" in path.read_text()
    assert capfd.readouterr() == ("", "")


def test_a_system_in_which_nothing_fails_writes_no_log(tmp_path: Path) -> None:
    path = tmp_path / "local-aws.log"

    with logged_to(path):
        logging.getLogger("moto").info("all is well")

    assert not path.exists()


def test_afterwards_the_libraries_log_as_before(tmp_path: Path) -> None:
    moto = logging.getLogger("moto")
    before = (moto.level, moto.propagate, list(moto.handlers))

    with logged_to(tmp_path / "local-aws.log"):
        pass

    assert (moto.level, moto.propagate, list(moto.handlers)) == before
