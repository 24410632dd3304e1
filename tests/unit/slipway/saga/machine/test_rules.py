"""Every rule finds a bad definition: one is planted for each, and whatever else can be wrong."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

from slipway.saga import Plan, Step
from slipway.saga.machine import broken_rules, machine
from slipway.saga.machine.rules import RULES, Rule
from steps import PLAN

Definition = dict[str, Any]
States = dict[str, Any]
Plant = Callable[[States], object]
LAST_UNDO = f"Undo{PLAN.steps[-1].title}"


class Nothing(BaseModel):
    """What is asked for in these plans."""


def a_plan(*steps: Step) -> Plan:
    return Plan("some", "1", Nothing, steps)


SMALL = a_plan(
    Step("old", timeout_s=10, retired=True),
    Step("reserve", timeout_s=10, retries=0, undo_retries=1),
    Step("charge", timeout_s=10, waits_s=600),
    Step("send_mail", timeout_s=20, irreversible=True),
)
PLANS = {
    "the ten steps": PLAN,
    "all kinds of steps": SMALL,
    "one step": a_plan(Step("only", timeout_s=900, undo_timeout_s=900, retries=9)),
    "a retired step at the end": a_plan(Step("one", 10), Step("two", 10, retired=True)),
    "a retired step that waited": a_plan(Step("one", 10, waits_s=99, retired=True), Step("two", 9)),
    "nothing is tried again": a_plan(Step("one", 10, retries=0, undo_retries=0), Step("two", 10)),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_what_is_rendered_from_any_plan_keeps_every_rule(plan: Plan) -> None:
    assert broken_rules(machine(plan), plan) == []


def without_jitter(state: Definition) -> None:
    for retry in state["Retry"]:
        del retry["JitterStrategy"]


PLANTED: dict[str, Plant] = {
    "UndoNothing: is a target, but not defined": lambda s: s["UndoPushImage"].update(
        Next="UndoNothing"
    ),
    "Island: is unreachable": lambda s: s.update(Island={"Type": "Succeed"}),
    f"must lead to {LAST_UNDO}": lambda s: s["Enter"]["Choices"][0].update(Next="UndoPushImage"),
    "Enter: starts at PushImage": lambda s: s["Enter"].update(Default="PushImage"),
    "BuildImage: leads to TagImage": lambda s: s["BuildImage"].update(Next="TagImage"),
    "VerifyDeployment: leads to Completed": (
        lambda s: s["VerifyDeployment"].update(Next="Completed")
    ),
    "UndoPushImage: leads to UndoBuildImage": (
        lambda s: s["UndoPushImage"].update(Next="UndoBuildImage")
    ),
    "UndoAnalyzeRepository: leads to AnalyzeRepository": (
        lambda s: s["UndoAnalyzeRepository"].update(Next="AnalyzeRepository")
    ),
    "UndoAnalyzeRepository: leads to Undone": (
        lambda s: s["UndoAnalyzeRepository"].update(Next="Undone")
    ),
    "UndoPushImage: its errors lead to UndoTagImage": (
        lambda s: s["UndoPushImage"]["Catch"][0].update(Next="UndoTagImage")
    ),
    "ParkPushImage: its errors lead to Settle": (
        lambda s: s["ParkPushImage"]["Catch"][0].update(Next="Settle")
    ),
    "ParkPushImage: leads to UndoTagImage": (
        lambda s: s["ParkPushImage"].update(Next="UndoTagImage")
    ),
    "ResolvePushImage: leads to Settle": lambda s: s["ResolvePushImage"].update(Default="Settle"),
    "must lead to UndoPushImage": (
        lambda s: s["ResolvePushImage"]["Choices"][0].update(Next="UndoTagImage")
    ),
    "Settle: its errors lead to Undone": lambda s: s["Settle"]["Catch"][0].update(Next="Undone"),
    "TagImage: its errors lead to UndoScanImage": (
        lambda s: s["TagImage"]["Catch"][-1].update(Next="UndoScanImage")
    ),
    "TagImage: `Undoing` must lead": lambda s: s["TagImage"]["Catch"][0].update(
        Next="UndoTagImage"
    ),
    "PushImage: `Undoing` must lead": lambda s: s["PushImage"]["Catch"].pop(0),
    "a Fail state": lambda s: (
        s["UndoPushImage"].update(Next="Bad") or s.update(Bad={"Type": "Fail"})
    ),
    "not States.ALL": lambda s: s["BuildImage"]["Catch"][-1].update(ErrorEquals=["Rejected"]),
    "must fail visibly": (
        lambda s: s["SettleUnverified"].update(Catch=deepcopy(s["Settle"]["Catch"]))
    ),
    "not an alias": lambda s: s["PushImage"].update(Resource="arn:aws:lambda:x:1:function:Push"),
    "not PushImageCompensate": (
        lambda s: s["UndoPushImage"].update(Resource="${TagImageCompensateArn}")
    ),
    "Settle: has wrong payload fields: ending": lambda s: s["Settle"]["Parameters"].update(
        ending="complete"
    ),
    "ParkPushImage: has wrong payload fields: step": (
        lambda s: s["ParkPushImage"]["Parameters"]["Payload"].update(step="tag_image")
    ),
    "BuildImage: has wrong payload fields: task_token.$": (
        lambda s: s["BuildImage"]["Parameters"]["Payload"].pop("task_token.$")
    ),
    "TagImage: has wrong payload fields: cause.$": (
        lambda s: s["TagImage"]["Parameters"].update({"cause.$": "$.error"})
    ),
    "TagImage: its result is passed on": lambda s: s["TagImage"].pop("ResultPath"),
    "an error is passed on": lambda s: s["TagImage"]["Catch"][-1].update(ResultPath="$.error"),
    "PushImage: Unavailable is retried 0 times": lambda s: s["PushImage"].pop("Retry"),
    "PushImage: Unavailable is retried without": lambda s: without_jitter(s["PushImage"]),
    "PushImage: States.ALL is retried, and may stand for Rejected": (
        lambda s: s["PushImage"]["Retry"][0].update(ErrorEquals=["States.ALL"])
    ),
    "PushImage: States.TaskFailed is retried": (
        lambda s: s["PushImage"]["Retry"][0]["ErrorEquals"].append("States.TaskFailed")
    ),
    "PushImage: States.Timeout is retried": (
        lambda s: s["PushImage"]["Retry"][-1]["ErrorEquals"].append("States.Timeout")
    ),
    "UndoPushImage: its errors lead to ParkPushImage on Rejected only, not": (
        lambda s: s["UndoPushImage"]["Catch"][0].update(ErrorEquals=["Rejected"])
    ),
    "TagImage: its errors lead to UndoTagImage on Rejected only, not": (
        lambda s: s["TagImage"]["Catch"][-1].update(ErrorEquals=["Rejected"])
    ),
    "UndoPushImage: is a Pass, not a Task": lambda s: s["UndoPushImage"].update(Type="Pass"),
    "ParkPushImage: has OutputPath": (lambda s: s["ParkPushImage"].update(OutputPath="$.decision")),
    "ResolvePushImage: has OutputPath": (
        lambda s: s["ResolvePushImage"].update(OutputPath="$.nothing")
    ),
    "TagImage: has Assign": lambda s: s["TagImage"].update(Assign={"a": 1}),
    "TagImage: has HeartbeatSeconds": lambda s: s["TagImage"].update(HeartbeatSeconds=1),
    "ParkPushImage: waits 60 s for an operator": (
        lambda s: s["ParkPushImage"].update(TimeoutSeconds=61, HeartbeatSeconds=60)
    ),
    "TagImage: its task times out before its function": (
        lambda s: s["TagImage"].update(TimeoutSeconds=s["TagImage"]["TimeoutSeconds"] - 1)
    ),
    "UndoPushImage: States.ALL is retried 0 times": lambda s: s["UndoPushImage"].pop("Retry"),
    "waits 20 s for another undo": (lambda s: s["UndoPushImage"]["Retry"][0].update(MaxAttempts=2)),
    "uses up its own retries": lambda s: s["UndoPushImage"]["Retry"].pop(0),
    "Settle: Unavailable is retried 0 times": lambda s: s["Settle"]["Retry"].pop(0),
    "Lambda.ServiceException is retried 0": lambda s: s["TagImage"]["Retry"].pop(),
    "events in one execution": lambda s: s["TagImage"]["Retry"][0].update(MaxAttempts=5000),
    "PushImage: its task times out before its function": (
        lambda s: s["PushImage"].update(TimeoutSeconds=10)
    ),
    "Settle: its task times out before its function": lambda s: s["Settle"].update(
        TimeoutSeconds=1
    ),
    "without a timeout and a heartbeat": lambda s: s["ParkPushImage"].pop("HeartbeatSeconds"),
    "exceeds its timeout": lambda s: s["BuildImage"].update(HeartbeatSeconds=10**6),
    "before its work outside": lambda s: s["BuildImage"].update(TimeoutSeconds=931),
    "a single late heartbeat": lambda s: s["BuildImage"].update(HeartbeatSeconds=60),
    "BuildImage: does not wait, unlike": (
        lambda s: s["BuildImage"].update(Resource="${BuildImageExecuteArn}")
    ),
    "PushImage: waits, unlike": (
        lambda s: s["PushImage"].update(s["ParkPushImage"], Next="GenerateManifests")
    ),
    "Settle: waits for a token": lambda s: s["Settle"].update(s["ParkPushImage"], Next="Undone"),
    "does not wait for an operator": lambda s: s["ParkPushImage"].update(Resource="${ParkArn}"),
}


@cache
def planted(plant: Plant) -> Definition:
    bad = deepcopy(machine(PLAN))
    plant(bad["States"])
    return bad


@pytest.mark.parametrize("sentence", PLANTED)
def test_a_bad_definition_is_found(sentence: str) -> None:
    found = broken_rules(planted(PLANTED[sentence]), PLAN)

    assert any(sentence in each for each in found), found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_has_a_bad_definition_that_it_finds(rule: Rule) -> None:
    bad = [(sentence, planted(plant)) for sentence, plant in PLANTED.items()]
    bad.append(("no Catch handles a timeout", machine(PLAN) | {"TimeoutSeconds": 3600}))

    assert any(sentence in found for sentence, each in bad for found in rule(each, PLAN))


@pytest.mark.parametrize(("limit", "at"), [("TimeoutSeconds", 3600), ("StartAt", "UndoTagImage")])
def test_an_execution_begins_at_enter_and_is_ended_by_no_clock(limit: str, at: object) -> None:
    assert broken_rules(machine(PLAN) | {limit: at}, PLAN)


def arrows(found: Any) -> Iterator[tuple[Definition, str]]:
    """All that lead to a state, with where they stand."""
    children = found.values() if isinstance(found, dict) else found
    if isinstance(found, dict):
        yield from ((found, key) for key in ("Next", "Default") if key in found)
    for child in children:
        if isinstance(child, dict | list):
            yield from arrows(child)


def test_an_arrow_that_leads_to_any_other_state_is_found() -> None:
    definition = deepcopy(machine(SMALL))
    missed = []
    for place, key in list(arrows(definition["States"])):
        right = place[key]
        for wrong in definition["States"].keys() - {right}:
            place[key] = wrong
            if not broken_rules(definition, SMALL):
                missed.append((place, key, right, wrong))
        place[key] = right

    assert missed == []
    assert broken_rules(definition, SMALL) == []


def paths(found: Any, above: tuple[Any, ...] = ()) -> Iterator[list[Any]]:
    """Of all that stands in it, but the two words that a definition consists of."""
    for key, child in found.items() if isinstance(found, dict) else enumerate(found):
        if [*above, key] not in (["States"], ["StartAt"]):
            yield [*above, key]
        if isinstance(child, dict | list):
            yield from paths(child, (*above, key))


def without(found: Any, path: list[Any]) -> Any:
    bad = deepcopy(found)
    place = bad
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return bad


def test_whatever_is_left_out_is_found_by_a_rule_but_for_the_comment() -> None:
    definition = machine(SMALL)
    everything = list(paths(definition))

    missed = [path for path in everything if not broken_rules(without(definition, path), SMALL)]

    assert len(everything) > 500
    assert {path[-1] for path in missed} == {"Comment"}
