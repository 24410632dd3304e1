"""Two places where the same saga is played: inside this process, and on the state machine."""

import itertools
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import boto3
import pytest
from tests.faults.rig import OWNER, REGISTRY, Rig, a_request

from commands.cancel import cancel
from slipway import wiring
from slipway.cqrs.request import Call
from slipway.messages.commands import CancelWorkflow
from slipway.messages.events import Event
from slipway.saga import Saga
from slipway.saga.step import RunsSteps
from slipway.saga.testing import Fault, Saboteur
from slipway.settings import Settings
from slipway_local.engines.probe import Rehearsal
from slipway_local.system import LocalSystem, Options
from steps import PLAN

ROLLBACK = Fault(PLAN.steps[-1].name, "rejected", "after")
"""Undoes everything: what comes before is done, and every undo runs."""
Strikes = Mapping[str, Callable[[], None]]
_WITHIN_S = 60


class Stage(Protocol):
    """`play` submits a workflow, drives it until it ends or waits, and answers its saga."""

    rig: Rig

    def play(self, *faults: Fault, strikes: Strikes | None = None, **request: Any) -> Saga: ...
    def start(self, workflow_id: str, execution: str) -> Saga:
        """One more execution, whatever state the workflow is in."""
        ...

    def cancel(self) -> None:
        """The workflow that is played, as its owner may at any moment."""
        ...

    def world(self, workflow_id: str) -> dict[str, Any]: ...
    def events(self, workflow_id: str) -> Sequence[Event]: ...


class InProcess:
    def __init__(self) -> None:
        self.rig = Rig()
        self._ids = (f"wf_{number:024}" for number in itertools.count(1))
        self._playing = ""

    def play(self, *faults: Fault, strikes: Strikes | None = None, **request: Any) -> Saga:
        self._playing = self.rig.submit(next(self._ids), **request)
        return self.rig.run(self._playing, sabotaged(self.rig.runner, faults, strikes))

    def start(self, workflow_id: str, execution: str) -> Saga:
        return self.rig.run(workflow_id, execution=execution)

    def cancel(self) -> None:
        cancel(CancelWorkflow(workflow_id=self._playing), Call(OWNER), store=self.rig.store)

    def world(self, workflow_id: str) -> dict[str, Any]:
        return self.rig.world(workflow_id)

    def events(self, workflow_id: str) -> Sequence[Event]:
        return self.rig.store.events(workflow_id)


class OnStateMachine:
    """The rendered machine, the real handlers and the DynamoDB store, on the local AWS."""

    def __init__(self, system: LocalSystem, rig: Rig) -> None:
        self.rig, self._system = rig, system
        self._plot: tuple[Sequence[Fault], Strikes | None] = ((), None)
        self._struck = threading.Lock()
        self._saboteur: RunsSteps | None = None
        self._playing = ""
        self.machines = boto3.client("stepfunctions", region_name="eu-central-1")

    def play(self, *faults: Fault, strikes: Strikes | None = None, **request: Any) -> Saga:
        self._plot, self._saboteur = (faults, strikes), None
        body = a_request(**request).model_dump(mode="json", exclude_none=True)
        self._playing = self._posted("/workflows", body)["workflow_id"]
        return self.settled(self._playing)

    def start(self, workflow_id: str, execution: str) -> Saga:
        text = json.dumps({"workflow_id": workflow_id})
        self.machines.start_execution(stateMachineArn=self.arn(), name=execution, input=text)
        return self.settled(workflow_id)

    def cancel(self) -> None:
        self._posted(f"/workflows/{self._wait_for_id()}/cancel", {})

    def roll_back(self, workflow_id: str) -> Saga:
        self._posted(f"/workflows/{workflow_id}/rollback", {"reason": "the shop was better before"})
        return self.settled(workflow_id)

    def answer(self, token: str, decision: str) -> None:
        output = json.dumps({"decision": decision})
        self.machines.send_task_success(taskToken=token, output=output)

    def mend(self) -> None:
        """Nothing is struck any more."""
        self._plot, self._saboteur = ((), None), None

    def settled(self, workflow_id: str) -> Saga:
        assert self._system.wait_idle(_WITHIN_S)
        return wiring.store().load(workflow_id)

    def world(self, workflow_id: str) -> dict[str, Any]:
        return self.rig.world(workflow_id, wiring.workspace())

    def events(self, workflow_id: str) -> Sequence[Event]:
        return wiring.store().events(workflow_id)

    def view(self, workflow_id: str) -> dict[str, Any]:
        return self._asked(f"/workflows/{workflow_id}")

    def runner(self, real: RunsSteps) -> RunsSteps:
        """One saboteur for all steps of a workflow: it counts how often it struck."""
        with self._struck:
            self._saboteur = self._saboteur or sabotaged(real, *self._plot)
            return self._saboteur

    def _wait_for_id(self) -> str:
        """A step may run before the answer to the request has been read."""
        running = self.machines.list_executions(stateMachineArn=self.arn(), statusFilter="RUNNING")[
            "executions"
        ]
        return str(running[0]["name"])

    def arn(self) -> str:
        machines = self.machines.list_state_machines()["stateMachines"]
        return str(machines[0]["stateMachineArn"])

    def _posted(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._asked(path, json.dumps(body).encode())

    def _asked(self, path: str, data: bytes | None = None) -> dict[str, Any]:
        request = urllib.request.Request(self._system.url + path, data)  # noqa: S310  (loopback)
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {self._system.token}")
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  (same)
            told: dict[str, Any] = json.loads(answer.read())
        return told


def sabotaged(runner: RunsSteps, faults: Sequence[Fault], strikes: Strikes | None) -> RunsSteps:
    for fault in faults:
        runner = Saboteur(runner, fault, strikes)
    return runner


@contextmanager
def state_machine(state: Path) -> Iterator[OnStateMachine]:
    """The whole local system, with stand-ins outside and a saboteur before every step."""
    rig, stages = Rig(), list[OnStateMachine]()
    ports = {name: port for name, port in rig.ports.items() if name != "workspace"}
    settings = Settings(state=str(state), registry=REGISTRY)
    options = Options(ports=ports, rehearsal=Rehearsal(), retry_scale=0.001)
    with pytest.MonkeyPatch.context() as patch:
        for step in PLAN:
            module = import_module(f"steps.{step.name}")
            for action in ("execute", "compensate"):
                handler = getattr(module, action)
                patch.setattr(module, action, replace(handler, runner=_watched(handler, stages)))
        with LocalSystem(settings, options) as system:
            stages.append(OnStateMachine(system, rig))
            yield stages[0]


def _watched(handler: Any, stages: Sequence[OnStateMachine]) -> Callable[[], RunsSteps]:
    return lambda: stages[0].runner(handler.runner())
