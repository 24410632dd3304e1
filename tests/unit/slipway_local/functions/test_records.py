"""The local functions log as those on AWS do: one JSON object for each record."""

import json
import logging
from pathlib import Path

import pytest

from slipway_local.functions.logs import Logs
from slipway_local.functions.records import recorded

_log = logging.getLogger("slipway.audit")


def test_a_record_is_in_the_log_of_its_function_with_its_fields(tmp_path: Path) -> None:
    with recorded(), Logs(tmp_path).of("Cancel"):
        _log.info("command_refused", extra={"caller": "anna", "code": "not_found"})

    told = json.loads((tmp_path / "Cancel.log").read_text())
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "level": "INFO",
        "logger": "slipway.audit",
        "message": "command_refused",
        "caller": "anna",
        "code": "not_found",
    }


def test_a_defect_has_its_stack_trace(tmp_path: Path) -> None:
    with recorded(), Logs(tmp_path).of("Cancel"):
        try:
            {"cup": 1}["pot"]
        except KeyError:
            _log.exception("defect")

    assert "KeyError: 'pot'" in json.loads((tmp_path / "Cancel.log").read_text())["stackTrace"]


def test_outside_of_functions_only_what_is_wrong_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with recorded():
        _log.info("nothing to see")
        _log.warning("mind this")

    assert capsys.readouterr().err == "mind this\n"
    assert not _log.isEnabledFor(logging.INFO)
