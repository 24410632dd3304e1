"""The rendered state machine keeps the rules of a saga, and every rule bites."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from statemachine.machine import machine
from statemachine.render import rendered
from statemachine.rules import broken_rules

from steps import PLAN

States = dict[str, Any]


def test_the_rendered_machine_keeps_every_rule() -> None:
    assert broken_rules(machine(PLAN), PLAN) == []


def test_the_files_in_the_repository_are_the_ones_that_the_plan_renders() -> None:
    stale = [path.name for path, text in rendered() if path.read_text(encoding="utf-8") != text]

    assert stale == []


def test_every_handler_of_the_template_can_be_imported() -> None:
    template = (Path(__file__).parents[3] / "template.yaml").read_text(encoding="utf-8")
    handlers = [line.split()[1] for line in template.splitlines() if " Handler: " in line]

    missing = [name for name in handlers if not callable(_imported(name))]

    assert len(handlers) > 2 * len(PLAN.steps)
    assert missing == []


def _imported(handler: str) -> object:
    module, _, attribute = handler.rpartition(".")
    return getattr(__import__(module, fromlist=[attribute]), attribute, None)


def test_undo_only_begins_at_the_last_undo_and_a_start_at_the_first_step() -> None:
    enter = machine(PLAN)["States"]["Enter"]

    assert enter["Default"] == PLAN.steps[0].title
    assert enter["Choices"][0]["Next"] == f"Undo{PLAN.steps[-1].title}"


def test_undos_run_in_reverse_order_and_end_in_settle() -> None:
    states = machine(PLAN)["States"]
    name, order = f"Undo{PLAN.steps[-1].title}", []
    while name.startswith("Undo"):
        order.append(name)
        name = states[name]["Next"]

    assert order == [f"Undo{step.title}" for step in reversed(PLAN.steps)]
    assert name == "Settle"


LAST_UNDO = f"Undo{PLAN.steps[-1].title}"
PLANTED: dict[str, Callable[[States], object]] = {
    "not States.ALL": lambda s: s["BuildImage"]["Catch"][-1].update(ErrorEquals=["Rejected"]),
    "not an alias": lambda s: s["PushImage"].update(Resource="arn:aws:lambda:x:1:function:Push"),
    "without timeout and heartbeat": lambda s: s["ParkPushImage"].pop("HeartbeatSeconds"),
    "is not there": lambda s: s["UndoPushImage"].update(Next="UndoNothing"),
    "is never reached": lambda s: s.update(Island={"Type": "Succeed"}),
    "a Fail state": lambda s: (
        s["UndoPushImage"].update(Next="Bad") or s.update(Bad={"Type": "Fail"})
    ),
    "not into UndoTagImage": lambda s: s["TagImage"]["Catch"][-1].update(Next="UndoScanImage"),
    f"not into {LAST_UNDO}": lambda s: s["TagImage"]["Catch"][0].update(Next="UndoTagImage"),
    "its task ends before its function": lambda s: s["PushImage"].update(TimeoutSeconds=10),
    "before its work outside": lambda s: s["BuildImage"].update(TimeoutSeconds=931),
    "is never missed": lambda s: s["BuildImage"].update(HeartbeatSeconds=10**6),
    "that comes late": lambda s: s["BuildImage"].update(HeartbeatSeconds=60),
    "nobody is given": lambda s: s["BuildImage"]["Parameters"]["Payload"].pop("task_token.$"),
    "does not wait, unlike": lambda s: s["BuildImage"].update(Resource="${BuildImageExecuteArn}"),
    "waits, unlike": lambda s: s["PushImage"].update(s["ParkPushImage"], Next="GenerateManifests"),
    "where an error may lie": lambda s: s["TagImage"]["Parameters"].update({"cause.$": "$.error"}),
    "events in one execution": lambda s: s["TagImage"]["Retry"][0].update(MaxAttempts=5000),
}


@pytest.mark.parametrize("sentence", PLANTED)
def test_a_bad_definition_is_found(sentence: str) -> None:
    bad = deepcopy(machine(PLAN))
    PLANTED[sentence](bad["States"])

    assert any(sentence in found for found in broken_rules(bad, PLAN))


def test_the_machine_is_plain_json_without_an_error_in_any_input() -> None:
    text = json.dumps(machine(PLAN))

    assert "$.Cause" not in text
    assert "$.Error" not in text
