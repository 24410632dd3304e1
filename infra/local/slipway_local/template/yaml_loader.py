"""Load YAML with CloudFormation's short tags in their long form: `!Ref X` → {"Ref": "X"}."""

from pathlib import Path
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the C loader is ten times as fast, and optional
    pass


def _tag(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "Fn::GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


_Loader.add_multi_constructor("!", _tag)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}  # 2012-10-17 is a policy's version, not a day


def load_template(path: Path) -> dict[str, Any]:
    return template_of(path.read_text(encoding="utf-8"))


def template_of(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506  (derives from SafeLoader)
    return loaded
