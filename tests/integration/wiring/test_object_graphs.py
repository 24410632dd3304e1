"""What each function is made of can be built from its own environment, and nothing is left over."""

import ast
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import boto3
import pytest
from moto import mock_aws
from tests.integration.wiring.deployed import ROOT, Deployed, deployed

from slipway import scopes, wiring
from slipway.saga import Step
from slipway.saga.step import Compensate, Execute
from slipway.settings import InvalidSettings, Settings, variable
from slipway_local.aws import environment
from slipway_local.template import arns
from steps import PLAN

FUNCTIONS = {
    f"{each.name}-{builder}": each
    for builder in ("engine", "codebuild")
    for each in deployed(Builder=builder)
}
_ENTRIES = {"handler", "execute", "compensate"}
ROOMS = ("commands", "queries", "steps", "streams", "recovery")
_ON_LAMBDA = {
    "AWS_DEFAULT_REGION": arns.REGION,
    "AWS_ACCESS_KEY_ID": "of the role",
    "AWS_SECRET_ACCESS_KEY": "of the role",
}
_BY_POLICY = {"source", "workspace", "registry", "cluster"}
"""The ports of steps that a policy of the template is named after."""


@pytest.mark.parametrize("key", FUNCTIONS)
def test_all_ports_of_a_function_can_be_built_from_its_environment(key: str) -> None:
    function = FUNCTIONS[key]

    with _as_on_lambda(function):
        assert callable(_handler(function))
        for provide in _providers(_module(function)):
            assert provide() is not None, provide.__name__


def test_a_variable_less_and_the_function_that_needs_it_is_found() -> None:
    relay = FUNCTIONS["Relay-engine"]
    told = {k: v for k, v in relay.environment.items() if "STATE_MACHINE" not in k}

    with (
        _as_on_lambda(Deployed("Relay", relay.handler, told, ())),
        pytest.raises(InvalidSettings, match="SLIPWAY_STATE_MACHINE_ARN"),
    ):
        _ = [provide() for provide in _providers(_module(relay))]


@pytest.mark.parametrize("key", FUNCTIONS)
def test_what_the_stack_gives_a_function_is_given_and_known(key: str) -> None:
    """A setting that the template misspells would be read by nobody."""
    given = FUNCTIONS[key].environment

    Settings.read(given)
    assert given["SLIPWAY_WRITE_TABLE"] != Settings().write_table


def test_every_handler_has_a_function_and_every_function_a_handler() -> None:
    named = {each.handler for each in FUNCTIONS.values()}

    assert named == set(_handlers())


@pytest.mark.parametrize("step", tuple(PLAN), ids=lambda step: step.name)
def test_a_step_is_given_the_ports_that_the_plan_says_it_needs(step: Step) -> None:
    """Its permissions follow from the plan."""
    module = importlib.import_module(f"steps.{step.name}")
    assert isinstance(module.execute, Execute)
    assert isinstance(module.compensate, Compensate)
    ports = set(module.execute.behaviour.ports)

    assert ports & _BY_POLICY <= set(step.needs)


@contextmanager
def _as_on_lambda(function: Deployed) -> Iterator[None]:
    """With the variables of this function alone, and nothing built yet."""
    cleared = dict.fromkeys(variable(field) for field in Settings.model_fields)
    variables = {**cleared, **_ON_LAMBDA, **function.environment}
    with environment(variables), mock_aws(), scopes.use():
        boto3.client("eks").create_cluster(
            name=function.environment["SLIPWAY_EKS_CLUSTER"],
            roleArn=f"arn:aws:iam::{arns.ACCOUNT}:role/cluster",
            resourcesVpcConfig={"subnetIds": []},
        )
        yield


def _module(function: Deployed) -> ModuleType:
    return importlib.import_module(function.handler.rpartition(".")[0])


def _handler(function: Deployed) -> object:
    return vars(_module(function))[function.handler.rpartition(".")[2]]


def _providers(module: ModuleType) -> list[Callable[[], object]]:
    """What the file imports from the wiring, and what the steps do that it goes on with."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    names = [n.name for node in imports if node.module == "slipway.wiring" for n in node.names]
    steps = [each.behaviour for each in vars(module).values() if isinstance(each, Execute)]
    return [vars(wiring)[n] for n in names] + [p for step in steps for p in step.ports.values()]


def _handlers() -> Iterator[str]:
    """Every entry at the top of a room's file: a step's two, a handler, or `on_…`."""
    for room in ROOMS:
        for path in sorted((ROOT / "functions" / room).glob("[a-z]*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for name in (name for node in tree.body for name in _bound(node)):
                if name in _ENTRIES or name.startswith("on_"):
                    yield f"{room}.{path.stem}.{name}"


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if not isinstance(node, ast.Assign):
        return []
    targets = [t for each in node.targets for t in getattr(each, "elts", [each])]
    return [target.id for target in targets if isinstance(target, ast.Name)]
