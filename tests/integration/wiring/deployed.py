"""What the template deploys: each function with its environment and what its role allows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway_local.template import arns
from slipway_local.template.intrinsics import INTRINSICS
from slipway_local.template.stack import Stack

ROOT = Path(__file__).parents[3]
PARAMETERS: Mapping[str, str] = {
    "Registry": f"{arns.ACCOUNT}.dkr.ecr.{arns.REGION}.amazonaws.com",
    "RegistrySecretArn": f"arn:aws:secretsmanager:{arns.REGION}:{arns.ACCOUNT}:secret:registry",
    "DockerHost": "tcp://10.0.1.17:2376",
    "EksCluster": "shop",
}
"""As a real stack is deployed: the defaults leave out who builds, and what is deployed to."""

MACHINE = "ContainerizeMachine-1A2B3C"
"""CloudFormation adds a suffix to a name that it gives itself."""

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Deployed:
    """`handler` is `package.module.attribute`; `statements` are those of its role's policies."""

    name: str
    handler: str
    environment: Mapping[str, str]
    statements: Sequence[Statement]


def deployed(template: Path = ROOT / "template.yaml", **parameters: str) -> list[Deployed]:
    stack = Stack(template, {**PARAMETERS, **parameters}, INTRINSICS)
    managed = dict(_managed_policies(stack))
    return [
        _deployed(stack, name, resource["Properties"], managed)
        for name, resource in stack.resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def _deployed(
    stack: Stack,
    name: str,
    given: Mapping[str, Any],
    managed: Mapping[str, Sequence[Statement]],
) -> Deployed:
    shared = stack.globals_of("Function")
    variables = [
        stack.resolve(part.get("Environment", {}).get("Variables", {})) for part in (shared, given)
    ]
    statements: list[Statement] = []
    for policy in stack.resolve(given.get("Policies", [])):
        statements += managed[policy] if isinstance(policy, str) else policy["Statement"]
    statements = json.loads(json.dumps(statements).replace(':ContainerizeMachine"', f':{MACHINE}"'))
    environment = {key: str(value) for each in variables for key, value in each.items()}
    return Deployed(name, stack.resolve(given["Handler"]), environment, statements)


def _managed_policies(stack: Stack) -> Iterator[tuple[str, Sequence[Statement]]]:
    for nested in stack.nested.values():
        for name, resource in nested.resources.items():
            if resource["Type"] == "AWS::IAM::ManagedPolicy":
                document = nested.resolve(resource["Properties"]["PolicyDocument"])
                yield nested.ref(name), document["Statement"]
