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
