"""What each function is made of can be built from its own environment, and nothing is left over."""

import ast
import importlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import ModuleType

import boto3
import pytest
from moto import mock_aws
from tests.integration.wiring.deployed import ROOT, Deployed, deployed
from tests.integration.wiring.reads import variables_read

from slipway import scopes
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


LEFT_AS_THEY_ARE = {
    "DOCKER_CERT_PATH",  # the engine is reached within the VPC
    "SLIPWAY_BUILD_NETWORK",
    "SLIPWAY_MIRRORS",
    "SLIPWAY_REHEARSAL",  # never on AWS
    "SLIPWAY_SCANNER",  # found by itself
    "SLIPWAY_SOURCE_MAX_MB",
    "SLIPWAY_SWEEP_GRACE_MINUTES",
}
"""What the stack has no parameter for: the default is the same in every account."""

GIVEN = sorted({variable for each in FUNCTIONS.values() for variable in each.environment})


@cache
def read_by(key: str) -> frozenset[str]:
    """The variables that a function reads. All that it could ask for is built from its own."""
    function = FUNCTIONS[key]
    with _as_on_lambda(function):
        assert callable(_handler(function))
        return frozenset(variables_read(_module(function), function.environment))


def missing(key: str, environment: Collection[str]) -> frozenset[str]:
    return read_by(key) - LEFT_AS_THEY_ARE - set(environment)


@pytest.mark.parametrize("key", FUNCTIONS)
def test_a_function_is_given_every_variable_that_it_reads(key: str) -> None:
    assert missing(key, FUNCTIONS[key].environment) == set()


@pytest.mark.parametrize("variable", GIVEN)
def test_a_variable_less_and_the_functions_that_read_it_are_found(variable: str) -> None:
    """So the test above can fail, for each of them; and none is given that nobody reads."""
    found = {
        key: missing(key, each.environment.keys() - {variable}) for key, each in FUNCTIONS.items()
    }

    assert {variable} in found.values()
    assert set().union(*found.values()) == {variable}


def test_only_what_is_read_and_never_given_is_left_as_it_is() -> None:
    read = frozenset[str]().union(*(read_by(key) for key in FUNCTIONS))

    assert read >= LEFT_AS_THEY_ARE
    assert not LEFT_AS_THEY_ARE & set(GIVEN)


def test_without_the_machine_that_it_starts_the_relay_cannot_be_built() -> None:
    relay = FUNCTIONS["Relay-engine"]
    told = {k: v for k, v in relay.environment.items() if "STATE_MACHINE" not in k}

    with (
        _as_on_lambda(replace(relay, environment=told)),
        pytest.raises(InvalidSettings, match="SLIPWAY_STATE_MACHINE_ARN"),
    ):
        variables_read(_module(relay), told)


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
