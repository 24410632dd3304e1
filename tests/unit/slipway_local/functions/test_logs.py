import sys
from pathlib import Path

import pytest

from slipway_local.functions.logs import Logs, divided_output


def test_a_function_prints_into_its_log_while_the_rest_goes_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with divided_output():
        sys.stdout.write("before\n")
        with Logs(tmp_path).of("Step"):
            sys.stdout.write("inside\n")
            sys.stderr.write("trouble\n")
        sys.stdout.write("after\n")

    assert capsys.readouterr() == ("before\nafter\n", "")
    assert (tmp_path / "Step.log").read_text() == "inside\ntrouble\n"


def test_a_second_call_of_a_function_adds_to_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with divided_output():
        for text in ("one", "two"):
            with Logs(tmp_path).of("Step"):
                sys.stdout.write(f"{text}\n")

    assert (tmp_path / "Step.log").read_text() == "one\ntwo\n"
    assert capsys.readouterr().out == ""


def test_a_disk_without_room_for_the_log_fails_no_function(tmp_path: Path) -> None:
    (tmp_path / "Step.log").symlink_to("/dev/full")

    with divided_output(), Logs(tmp_path).of("Step") as log:
        print("more than nothing")  # noqa: T201  (what a function prints is what it is about)
        log.write("x" * 100_000)


def test_a_folder_that_cannot_be_made_fails_no_function(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")

    with Logs(tmp_path / "logs").of("Step") as log:
        assert log.write("a line\n")
