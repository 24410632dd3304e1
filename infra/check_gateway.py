"""Check that SAM attaches the authorizer to every route except the health check.

`make check` runs this with SAM's Python interpreter, for its translator.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.transform import transform

OPEN = {"GET /health"}
_PACKAGE = {"Bucket": "packages", "Key": "code"}
_PACKAGED = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


class NoManagedPolicies:
    """Stub: the template uses no AWS managed policies, so none have to be looked up."""

    def load(self) -> dict[str, str]:
        return {}


def translated(template: dict[str, Any]) -> Mapping[str, Any]:
    """Return the CloudFormation resources. Raises InvalidDocumentException."""
    for resource in template["Resources"].values():
        if resource["Type"] in _PACKAGED:
            resource["Properties"][_PACKAGED[resource["Type"]]] = _PACKAGE
    resources: Mapping[str, Any] = transform(template, {}, Parser(), NoManagedPolicies())
    return resources["Resources"]


def wrong(api: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each route with wrong authorization or without an integration."""
    for path, methods in api["Properties"]["Body"]["paths"].items():
        for method, operation in methods.items():
            route = f"{method.upper()} {path}"
            guards = [name for each in operation.get("security", []) for name in each]
            if guards != (["NONE"] if route in OPEN else ["Caller"]):
                yield f"{route}: authorizers are {guards or 'none'}"
            if "x-amazon-apigateway-integration" not in operation:
                yield f"{route}: no integration"


def main() -> int:
    template = yaml_parse((Path(__file__).parents[1] / "template.yaml").read_text())
    found = list(wrong(translated(template)["Api"]))
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
