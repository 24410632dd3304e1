"""What is rendered from the plan: it is in the repository, and calls functions by their aliases."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from statemachine.aliases import broken_aliases
from statemachine.render import rendered

from slipway.saga.machine import machine
from slipway_local.template.yaml_loader import load_template
from steps import PLAN

ROOT = Path(__file__).parents[3]
TEMPLATE: dict[str, Any] = load_template(ROOT / "template.yaml")


def test_the_files_in_the_repository_are_the_ones_that_the_plan_renders() -> None:
    stale = [path.name for path, text in rendered() if path.read_text(encoding="utf-8") != text]

    assert stale == []


def test_every_handler_of_the_template_can_be_imported() -> None:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
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


def of_machine(found: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = found["Resources"]["ContainerizeMachine"]["Properties"]
    return properties


def test_the_machine_calls_aliases_and_may_call_nothing_else() -> None:
    assert list(broken_aliases(TEMPLATE, machine(PLAN))) == []


PLANTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "not the alias of Settle": lambda t: of_machine(t)["DefinitionSubstitutions"].update(
        SettleArn={"Fn::GetAtt": ["Settle", "Arn"]}
    ),
    "not the alias of PushImageExecute": lambda t: of_machine(t)["DefinitionSubstitutions"].update(
        PushImageExecuteArn={"Ref": "TagImageExecute.Alias"}
    ),
    "ParkArn is used in the definition": lambda t: of_machine(t)["DefinitionSubstitutions"].pop(
        "ParkArn"
    ),
    "OldArn is not used": lambda t: of_machine(t)["DefinitionSubstitutions"].update(
        OldArn={"Ref": "Old.Alias"}
    ),
    "may not call the alias of Settle": lambda t: invoked(t).remove({"Ref": "Settle.Alias"}),
    f"may call {len(PLAN.forward) + len(PLAN.steps) + 3} functions": lambda t: invoked(t).append(
        {"Ref": "Sweep.Alias"}
    ),
    "Settle: timeout must be 300 s": lambda t: t["Resources"]["Settle"]["Properties"].update(
        Timeout=600
    ),
    "TagImageExecute: is called by the machine, but publishes no alias": lambda t: t["Resources"][
        "TagImageExecute"
    ]["Properties"].pop("AutoPublishAlias"),
    "TagImageExecute: is called by the machine, but is not a function": lambda t: t[
        "Resources"
    ].pop("TagImageExecute"),
}


def invoked(found: dict[str, Any]) -> list[Any]:
    (policy,) = of_machine(found)["Policies"]
    return next(
        statement["Resource"]
        for statement in policy["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
    )


@pytest.mark.parametrize("sentence", PLANTED)
def test_a_function_that_is_not_called_by_its_alias_is_found(sentence: str) -> None:
    bad = deepcopy(TEMPLATE)
    PLANTED[sentence](bad)

    found = list(broken_aliases(bad, machine(PLAN)))

    assert any(sentence in each for each in found), found


def test_the_machine_is_plain_json_without_an_error_in_any_input() -> None:
    text = json.dumps(machine(PLAN))

    assert "$.Cause" not in text
    assert "$.Error" not in text
