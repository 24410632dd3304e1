"""Many executions on moto: so many at work at once, and each of them comes to its end."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from moto.stepfunctions.parser.backend.execution import Execution
from tests.integration.local.glue.test_step_functions_glue import FUNCTION, machine, run, task

from slipway_local.activity import Activity
from slipway_local.functions.invocation import Answer
from slipway_local.glue.patching import replaced
from slipway_local.glue.step_functions_end import step_functions_end
from slipway_local.glue.step_functions_lambda import step_functions_lambda
from slipway_local.glue.step_functions_start import step_functions_start
from slipway_local.glue.step_functions_status import step_functions_status
from slipway_local.glue.step_functions_stop import step_functions_stop
from slipway_local.glue.step_functions_tokens import step_functions_tokens
from slipway_local.glue.step_functions_turns import step_functions_turns
from slipway_local.glue.step_functions_waits import step_functions_waits
from slipway_local.turns import Turns

AT_ONCE = 3


class Hall:
    """The function that every task calls: who is inside, who came, and a door that can be shut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.inside = self.most = 0
        self.came: list[str] = []
        self.tokens: list[str] = []
        self.full = threading.Semaphore(0)
        self.door = threading.Event()

    def invoke(self, _name: str, payload: str | bytes) -> Answer:
        event = json.loads(payload)
        if "token" in event:
            self.tokens.append(event["token"])
            return Answer(None)
        with self._lock:
            self.came.append(event["note"])
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.full.release()
        assert self.door.wait(20)
        with self._lock:
            self.inside -= 1
        return Answer({})

    def wait_until_inside(self, count: int) -> None:
        for _ in range(count):
            assert self.full.acquire(timeout=20)


class Crowd:
    def __init__(self, hall: Hall, activity: Activity) -> None:
        self.hall, self.activity = hall, activity
        self._machines = boto3.client("stepfunctions")

    def starts(self, arn: str, *names: str) -> list[str]:
        started = [
            self._machines.start_execution(
                stateMachineArn=arn, name=name, input=json.dumps({"note": name})
            )
            for name in names
        ]
        return [str(each["executionArn"]) for each in started]

    def stop(self, execution: str) -> None:
        self._machines.stop_execution(executionArn=execution)

    def status(self, execution: str) -> str:
        return str(self._machines.describe_execution(executionArn=execution)["status"])

    def answer(self, token: str) -> None:
        self._machines.send_task_success(taskToken=token, output="{}")

    def statuses(self, executions: list[str]) -> Counter[str]:
        assert self.activity.wait_idle(20)
        return Counter(self.status(each) for each in executions)


@pytest.fixture
def crowd(bare_moto: None) -> Iterator[Crowd]:  # noqa: ARG001  (moto runs as long as this)
    hall, activity, turns = Hall(), Activity(), Turns(AT_ONCE)
    with ExitStack() as stack:
        for patch in (
            step_functions_waits(0.001),
            step_functions_start(),
            step_functions_turns(turns),
            step_functions_stop(),
            step_functions_lambda(hall.invoke),
            step_functions_status(lambda _: None, activity),
            step_functions_tokens(activity),
            step_functions_end(turns),
        ):
            stack.enter_context(patch)
        stack.callback(hall.door.set)
        yield Crowd(hall, activity)


def names(what: str, count: int) -> list[str]:
    return [f"{what}-{number:02d}" for number in range(count)]


def parking(then: str) -> dict[str, object]:
    """A task that waits for a word, and calls the function when it has come."""
    given = {"FunctionName": FUNCTION, "Payload": {"token.$": "$$.Task.Token"}}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": given,
        "TimeoutSeconds": 86400,
        "ResultPath": None,
        "Next": then,
    }


def machine_of(**states: dict[str, object]) -> str:
    created = boto3.client("stepfunctions").create_state_machine(
        name="several",
        definition=json.dumps({"StartAt": next(iter(states)), "States": states}),
        roleArn="arn:aws:iam::123456789012:role/x",
    )
    return str(created["stateMachineArn"])


def test_so_many_are_at_work_at_once_and_all_the_others_follow_in_order(crowd: Crowd) -> None:
    before = threading.active_count()
    executions = crowd.starts(machine(task()), *names("wf", 20))
    crowd.hall.wait_until_inside(AT_ONCE)

    assert {crowd.status(each) for each in executions} == {"RUNNING"}
    assert threading.active_count() - before <= 3 * AT_ONCE
    crowd.hall.door.set()

    assert crowd.statuses(executions) == {"SUCCEEDED": 20}
    assert crowd.hall.most == AT_ONCE
    assert Counter(crowd.hall.came) == Counter(names("wf", 20))
    assert set(crowd.hall.came[:AT_ONCE]) == set(names("wf", AT_ONCE))


def test_undos_behind_many_that_wait_for_a_person_get_their_turn(crowd: Crowd) -> None:
    """Each of the first ones is parked: none of them keeps a place, and none of them is lost."""
    crowd.hall.door.set()
    arn = machine_of(Park=parking("Go"), Go=task())
    parked = crowd.starts(arn, *names("parked", 4 * AT_ONCE))
    undos = crowd.starts(machine(task()), *names("undo", 5))

    assert crowd.statuses(undos) == {"SUCCEEDED": 5}
    assert crowd.statuses(parked) == {"RUNNING": 4 * AT_ONCE}

    for token in crowd.hall.tokens:
        crowd.answer(token)
    assert crowd.statuses(parked) == {"SUCCEEDED": 4 * AT_ONCE}
    assert crowd.hall.most <= AT_ONCE


def test_who_has_its_word_comes_before_those_who_never_began(crowd: Crowd) -> None:
    (parked,) = crowd.starts(machine_of(Park=parking("Go"), Go=task()), "parked")
    assert crowd.activity.wait_idle(20)
    others = crowd.starts(machine(task()), *names("wf", 2 * AT_ONCE))
    crowd.hall.wait_until_inside(AT_ONCE)

    crowd.answer(crowd.hall.tokens[0])
    crowd.hall.door.set()

    assert crowd.statuses([parked, *others]) == {"SUCCEEDED": 1 + 2 * AT_ONCE}
    assert crowd.hall.most == AT_ONCE


def test_a_word_is_heard_while_another_execution_is_there_and_has_not_begun(crowd: Crowd) -> None:
    crowd.hall.door.set()
    (parked,) = crowd.starts(machine_of(Park=parking("Go"), Go=task()), "parked")
    assert crowd.activity.wait_idle(20)
    begin, seen = Execution.start, list[str]()

    def begins_later(execution: Any) -> None:
        crowd.answer(crowd.hall.tokens[0])
        seen.append(crowd.status(execution.exec_arn))
        begin(execution)

    with replaced(Execution, "start", begins_later):
        late = crowd.starts(machine(task()), "late")

    assert seen == ["RUNNING"]
    assert crowd.statuses([parked, *late]) == {"SUCCEEDED": 2}


def test_a_wait_state_keeps_no_place(crowd: Crowd) -> None:
    wait: dict[str, object] = {"Type": "Wait", "Seconds": 864_000_000, "Next": "Go"}
    waiting = crowd.starts(machine_of(Wait=wait, Go=task()), *names("later", AT_ONCE))
    crowd.hall.door.set()
    others = crowd.starts(machine(task()), *names("wf", AT_ONCE))
    crowd.hall.wait_until_inside(AT_ONCE)

    for each in waiting:
        crowd.stop(each)

    assert crowd.statuses(waiting) == {"ABORTED": AT_ONCE}
    assert crowd.statuses(others) == {"SUCCEEDED": AT_ONCE}


def test_one_that_waits_for_its_turn_is_stopped_at_once_and_never_begins(crowd: Crowd) -> None:
    executions = crowd.starts(machine(task()), *names("wf", AT_ONCE + 2))
    crowd.hall.wait_until_inside(AT_ONCE)

    crowd.stop(executions[-2])
    while crowd.status(executions[-2]) == "RUNNING":
        threading.Event().wait(0.01)
    assert crowd.hall.inside == AT_ONCE
    crowd.hall.door.set()

    assert crowd.statuses(executions) == {"SUCCEEDED": AT_ONCE + 1, "ABORTED": 1}
    assert f"wf-{AT_ONCE:02d}" not in crowd.hall.came


def test_an_answer_is_heard_while_others_have_not_begun(crowd: Crowd) -> None:
    others = crowd.starts(machine(task()), *names("wf", AT_ONCE + 5))
    crowd.hall.wait_until_inside(AT_ONCE)

    with pytest.raises(boto3.client("stepfunctions").exceptions.InvalidToken):
        crowd.answer("nobody's")

    crowd.hall.door.set()
    assert crowd.statuses(others) == {"SUCCEEDED": AT_ONCE + 5}


def test_one_that_fails_gives_its_place_back(crowd: Crowd) -> None:
    fail: dict[str, Any] = {"Type": "Fail", "Error": "Broken"}
    failing = crowd.starts(machine(fail), *names("bad", 2 * AT_ONCE))
    crowd.hall.door.set()

    assert crowd.statuses(failing) == {"FAILED": 2 * AT_ONCE}
    good = run(machine_of(Go=task()), "good")
    assert crowd.statuses([good]) == {"SUCCEEDED": 1}


@pytest.mark.usefixtures("bare_moto")
def test_the_end_of_the_system_ends_those_too_that_wait_for_their_turn() -> None:
    hall, activity, turns = Hall(), Activity(), Turns(AT_ONCE)
    ended: list[str] = []

    def tell(event: dict[str, Any]) -> None:
        detail = json.loads(event["Detail"])
        if detail["status"] != "RUNNING":
            ended.append(detail["status"])
            hall.door.set()

    with (
        step_functions_lambda(hall.invoke),
        step_functions_turns(turns),
        step_functions_stop(),
        step_functions_status(tell, activity),
        step_functions_end(turns),
    ):
        Crowd(hall, activity).starts(machine(task()), *names("wf", 4 * AT_ONCE))
        hall.wait_until_inside(AT_ONCE)

    assert activity.wait_idle(20)
    assert ended == ["ABORTED"] * 4 * AT_ONCE
    assert len(hall.came) == AT_ONCE
