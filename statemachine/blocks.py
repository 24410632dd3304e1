"""Renders the parts of template.yaml that are derived from the plan."""

from collections.abc import Iterator

from slipway.saga.plan import Plan, Step

_PERMISSIONS = ("source", "workspace", "registry", "cluster")
"""The ports that need AWS permissions; engine and scanner are reached over the network."""
_EXECUTE, _COMPENSATE = "Execute", "Compensate"
_UNDO_MB = 512
"""Memory and disk of an undo, in MB: it deletes by name and loads no data."""


def blocks(plan: Plan) -> dict[str, str]:
    return {
        "steps": "".join(_functions(plan)),
        "step arns": "".join(_substitutions(plan)),
        "invocations": "".join(_invocations(plan)),
    }


def _functions(plan: Plan) -> Iterator[str]:
    for step in plan:
        sizes = (step.timeout_s, step.memory_mb, step.disk_mb)
        told = ["tasks"] if step.waits_s else []
        if not step.retired:
            yield _function(step, _EXECUTE, sizes, _policies(step, [*_permissions(step), *told]))
        undo_sizes = (step.undo_timeout_s, _UNDO_MB, _UNDO_MB)
        kept = [name for name in _permissions(step) if name != "source"]
        yield _function(step, _COMPENSATE, undo_sizes, _policies(step, kept))


def _permissions(step: Step) -> list[str]:
    """A step with the engine and the registry pushes images; with the registry alone it only reads.

    A pull secret contains a token of the role that created it, so that role must not be able to
    delete.
    """
    names = ["write_table", *(need for need in _PERMISSIONS if need in step.needs)]
    if {"engine", "registry"} <= set(step.needs):
        names.append("registry_content")
    return names


def _policies(step: Step, permissions: list[str]) -> list[str]:
    """With CodeBuild, images exist only in the registry: undoing a build deletes one there."""
    lines = [f"!GetAtt Permissions.Outputs.{_title(name)}" for name in permissions]
    extra = ["Permissions.Outputs.Registry"] if "engine" in step.needs else []
    if step.waits_s:
        extra += ["Permissions.Outputs.RegistryContent", "CodeBuild.Outputs.Builds"]
    new = [name for name in extra if f"!GetAtt {name}" not in lines]
    return [*lines, *(f"!If [WithCodeBuild, !GetAtt {name}, !Ref AWS::NoValue]" for name in new)]


def _function(step: Step, action: str, sizes: tuple[int, int, int], lines: list[str]) -> str:
    timeout_s, memory_mb, disk_mb = sizes
    policies = "".join(f"        - {line}\n" for line in lines)
    return (
        f"  {step.title}{action}:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        f"      Handler: steps.{step.name}.{action.lower()}\n"
        "      AutoPublishAlias: live\n"
        f"      Timeout: {timeout_s}\n"
        f"      MemorySize: {memory_mb}\n"
        f"      EphemeralStorage: {{Size: {disk_mb}}}\n"
        "      VpcConfig: !If [InVpc, {SubnetIds: !Ref SubnetIds, "
        "SecurityGroupIds: !Ref SecurityGroupIds}, !Ref AWS::NoValue]\n"
        "      Policies:\n"
        f"{policies}\n"
    )


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _aliases(plan: Plan) -> Iterator[str]:
    yield from ("Settle", "Park")
    for step in plan:
        if not step.retired:
            yield f"{step.title}{_EXECUTE}"
        yield f"{step.title}{_COMPENSATE}"


def _substitutions(plan: Plan) -> Iterator[str]:
    for name in _aliases(plan):
        yield f"        {name}Arn: !Ref {name}.Alias\n"


def _invocations(plan: Plan) -> Iterator[str]:
    for name in _aliases(plan):
        yield f"                - !Ref {name}.Alias\n"
