"""What the command line says while a workflow runs."""

import io
from datetime import UTC, datetime

from rich.console import Console

from slipway_local.cli.follow import under_way
from slipway_local.cli.output import Output, when

NOON = datetime(2030, 3, 2, 12, 0, 41, tzinfo=UTC)
BEGUN = {"name": "build_image", "status": "INTENT", "started_at": "2030-03-02T12:00:00.250000Z"}
DONE = {"name": "analyze_repository", "status": "DONE", "started_at": "2030-03-02T11:59:59Z"}
PENDING = {"name": "scan_image", "status": "PENDING", "started_at": None}


def test_the_step_at_work_is_named_with_the_time_it_has_taken() -> None:
    view = {"status": "RUNNING", "steps": [DONE, BEGUN, PENDING]}

    assert under_way(view, NOON) == "build_image 41 s"


def test_between_two_steps_the_workflows_status_is_said() -> None:
    assert under_way({"status": "COMPENSATING", "steps": [DONE]}, NOON) == "compensating"


def test_a_terminal_sees_what_is_under_way_and_a_pipe_does_not() -> None:
    told = {}
    for is_terminal in (True, False):
        screen = io.StringIO()
        output = Output(progress=Console(file=screen, force_terminal=is_terminal, width=80))
        with output.at_work() as say:
            say("build_image 41 s")
        told[is_terminal] = screen.getvalue()

    assert "build_image 41 s" in told[True]
    assert told[False] == ""


def test_a_log_gets_a_sign_of_life_every_half_minute_of_silence() -> None:
    screen, time = io.StringIO(), [0.0]
    output = Output(progress=Console(file=screen, width=80), clock=lambda: time[0])
    with output.at_work() as say:
        for second in range(1, 80):
            time[0] = float(second)
            if second == 10:
                output.note("✓ analyze_repository")
            say(f"build_image {second} s")

    told = screen.getvalue().splitlines()
    assert told == ["✓ analyze_repository", "… build_image 40 s", "… build_image 70 s"]


def test_times_are_shown_to_the_second() -> None:
    assert when("2030-03-02T12:00:41.123456Z") == "2030-03-02 12:00:41Z"
