"""What the next start says of what a kill has interrupted."""

import io
from typing import cast

import pytest
from rich.console import Console

from slipway_local.cli.connection import tell_start
from slipway_local.cli.output import Output
from slipway_local.system import LocalSystem


class Started:
    rehearsal_lines = ()

    def __init__(self, interrupted: int) -> None:
        self.interrupted = tuple(f"wf_{n}" for n in range(interrupted))


@pytest.mark.parametrize(
    ("interrupted", "told"),
    [(1, "1 (wf_0)"), (3, "3 (wf_0, wf_1, wf_2)"), (97, "97 (wf_0, wf_1, wf_2, …)")],
)
def test_many_workflows_are_counted_and_the_first_few_named(interrupted: int, told: str) -> None:
    screen = io.StringIO()
    output = Output(progress=Console(file=screen, width=80))

    tell_start(cast("LocalSystem", Started(interrupted)), output)

    assert screen.getvalue() == f"rescuing interrupted executions: {told}\n"
