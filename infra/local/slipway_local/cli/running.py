"""`slipway up`: run the local system until Ctrl-C."""

import time
from contextlib import closing, suppress

from slipway_local.cli.client import Client
from slipway_local.cli.connection import leave, read_settings, started, tell_start
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.interrupts import Interrupts, held_back
from slipway_local.cli.output import Output
from slipway_local.cli.pages import workflows
from slipway_local.system import LocalSystem, Options

_OPEN = ("REQUESTED", "RUNNING")
_END_WITHIN_S = 300
_EVERY_S = 0.2


def up(port: int, output: Output) -> Exit:
    """Ends on Ctrl-C, SIGTERM and SIGHUP."""
    with held_back() as interrupts, started(read_settings(), Options(port=port)) as system:
        tell_start(system, output)
        document = {"url": system.url, "rehearsal": bool(system.rehearsal)}
        output.show(document, f"Slipway is running at {system.url}; Ctrl-C stops it")
        output.result.file.flush()
        while not interrupts.came:
            time.sleep(_EVERY_S)
        return _ended(system, output, interrupts)


def _ended(system: LocalSystem, output: Output, interrupts: Interrupts) -> Exit:
    """Cancel unfinished workflows and wait for their undo; they would halt until the next start.

    The list is eventually consistent: repeat until it has nothing new and the system is idle.
    """
    with suppress(KeyboardInterrupt):
        interrupts.heed()
    asked: dict[str, bool] = {}
    end = time.monotonic() + _END_WITHIN_S
    with closing(Client(system.url, system.token)) as client:
        while time.monotonic() < end and not interrupts.came:
            news = cancelled(client, asked, output)
            if system.wait_idle(_EVERY_S) and not news:
                return Exit.DONE
    return leave()


def cancelled(client: Client, asked: dict[str, bool], output: Output) -> bool:
    """Cancel open workflows. Return True if any was new, or the list could not be read.

    `asked` maps each workflow seen to whether its cancellation was accepted; others are retried.
    """
    try:
        found = list(workflows(client, _OPEN))
    except CliError:
        return True  # the list is unknown
    news = False
    for view in found:
        workflow_id = view["workflow_id"]
        if asked.get(workflow_id):
            continue
        news = True
        if workflow_id not in asked:
            output.note(f"cancelling {workflow_id}; Ctrl-C leaves the undo to the next start")
        asked[workflow_id] = False
        with suppress(CliError):  # it has finished, or is retried
            client.post(
                f"/workflows/{workflow_id}/cancel", {"reason": "the system is shutting down"}
            )
            asked[workflow_id] = True
    return news
