"""A template with its parameters, which resolves its intrinsic functions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from slipway_local.template import arns
from slipway_local.template.errors import TemplateError
from slipway_local.template.yaml_loader import load_template

NO_VALUE = {"Ref": "AWS::NoValue"}
_NESTED = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
Intrinsic = Callable[["Stack", Any], Any]


@dataclass(frozen=True)
class _Deferred:
    """A nested stack's parameter, resolved on use, as it may be an output of another stack."""

    stack: "Stack"
    value: Any


class Stack:
    """`intrinsics` are the functions by name; each takes the stack and its argument."""

    def __init__(
        self, path: Path, parameters: Mapping[str, Any], intrinsics: Mapping[str, Intrinsic]
    ) -> None:
        self._intrinsics = intrinsics
        self.folder = path.parent
        self._template = load_template(path)
        declared = self._template.get("Parameters", {})
        defaults = {key: p["Default"] for key, p in declared.items() if "Default" in p}
        self._parameters = {**defaults, **{k: v for k, v in parameters.items() if k in declared}}
        self._resolved: dict[str, Any] = {}

    @cached_property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """The unresolved resources whose condition is true."""
        return {
            key: resource
            for key, resource in self._template.get("Resources", {}).items()
            if "Condition" not in resource or self.condition(resource["Condition"])
        }

    @cached_property
    def nested(self) -> Mapping[str, "Stack"]:
        """Nested stacks by resource id; those whose template file is missing are left out."""
        found = {}
        for key, resource in self.resources.items():
            if resource["Type"] in _NESTED:
                given = resource["Properties"]
                path = self.folder / given[_NESTED[resource["Type"]]]
                if path.is_file():
                    parameters = {
                        name: _Deferred(self, value)
                        for name, value in given.get("Parameters", {}).items()
                    }
                    found[key] = Stack(path, parameters, self._intrinsics)
        return found

    def globals_of(self, kind: str) -> Mapping[str, Any]:
        """The unresolved `Globals` for `Function` and the like."""
        found: Mapping[str, Any] = self._template.get("Globals", {}).get(kind, {})
        return found

    def resource(self, logical_id: str) -> Mapping[str, Any]:
        """Return a resource with its naming properties resolved. Raises TemplateError."""
        if logical_id not in self._resolved:
            if logical_id not in self.resources:
                raise TemplateError(f"{logical_id} is referred to, but there is no such resource")
            self._resolved[logical_id] = self._naming_properties(self.resources[logical_id])
        found: Mapping[str, Any] = self._resolved[logical_id]
        return found

    def _naming_properties(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        """Resolve names only, as other properties of two resources may refer to each other."""
        named = {
            key: self.resolve(value)
            for key, value in resource.get("Properties", {}).items()
            if key.endswith("Name")
        }
        return {"Type": resource["Type"], "Properties": named}

    def output(self, name: str) -> Any:
        return self.resolve(self._template["Outputs"][name]["Value"])

    def condition(self, name: str) -> bool:
        return bool(self.resolve(self._template["Conditions"][name]))

    def resolve(self, node: Any) -> Any:
        """Replace every intrinsic function with its value, and remove AWS::NoValue."""
        if isinstance(node, list):
            return [value for item in node if (value := self.resolve(item)) != NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and (key := next(iter(node))) in self._intrinsics:
            return self._intrinsics[key](self, node[key])
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value != NO_VALUE}

    def ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in arns.PSEUDO:
            return arns.PSEUDO[name]
        if name in self._parameters:
            given = self._parameters[name]
            return given.stack.resolve(given.value) if isinstance(given, _Deferred) else given
        logical_id, alias = self._aliased(name)
        if alias:
            return f"{arns.arn(logical_id, self.resource(logical_id))}:{alias}"
        return arns.ref(name, self.resource(name))

    def attribute(self, logical_id: str, wanted: str) -> Any:
        if wanted.startswith("Outputs."):
            if logical_id not in self.nested:
                raise TemplateError(f"the nested stack {logical_id} has no file")
            return self.nested[logical_id].output(wanted.removeprefix("Outputs."))
        owner, alias = self._aliased(logical_id)
        if alias:
            return f"{arns.arn(owner, self.resource(owner))}:{alias}"
        return arns.attribute(logical_id, self.resource(logical_id), wanted)

    def _aliased(self, name: str) -> tuple[str, str | None]:
        """Split SAM's generated names: `X.Alias`, `X.Version`, `XAliaslive` → X and qualifier."""
        if name in self.resources:
            return name, None
        for separator in (".Alias", ".Version", "Alias"):
            owner, found, _ = name.rpartition(separator)
            if found and owner in self.resources:
                given = self.resources[owner].get("Properties", {}).get("AutoPublishAlias")
                given = given or self.globals_of("Function").get("AutoPublishAlias")
                return owner, str(self.resolve(given) or "live")
        return name, None

    def substitute(self, text: str, variables: Mapping[str, Any]) -> str:
        def value(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            if name in variables:
                return str(variables[name])
            logical_id, dot, wanted = name.partition(".")
            if dot and wanted not in ("Alias", "Version"):
                return str(self.attribute(logical_id, wanted))
            return str(self.ref(name))

        return _VARIABLE.sub(value, text)
