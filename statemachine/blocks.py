"""The parts of template.yaml that follow from the plan."""

from collections.abc import Iterator

from slipway.saga.plan import Plan, Step

_PERMISSIONS = ("source", "workspace", "registry", "cluster")
"""The ports that need permissions on AWS; an engine and a scanner are reached over the network."""
_EXECUTE, _COMPENSATE = "Execute", "Compensate"


def blocks(plan: Plan) -> dict[str, str]:
    return {
        "steps": "".join(_functions(plan)),
        "step arns": "".join(_substitutions(plan)),
        "invocations": "".join(_invocations(plan)),
    }


def _functions(plan: Plan) -> Iterator[str]:
    for step in plan:
        yield _function(step, _EXECUTE, step.timeout_s)
        yield _function(step, _COMPENSATE, step.undo_timeout_s)


def _function(step: Step, action: str, timeout_s: int) -> str:
    needs = ["write_table", *(need for need in _PERMISSIONS if need in step.needs)]
    policies = "".join(f"        - !GetAtt Permissions.Outputs.{_title(n)}\n" for n in needs)
    return (
        f"  {step.title}{action}:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        f"      Handler: steps.{step.name}.{action.lower()}\n"
        "      AutoPublishAlias: live\n"
        f"      Timeout: {timeout_s}\n"
        f"      MemorySize: {step.memory_mb}\n"
        f"      EphemeralStorage: {{Size: {step.disk_mb}}}\n"
        "      VpcConfig: !If [InVpc, {SubnetIds: !Ref SubnetIds, "
        "SecurityGroupIds: !Ref SecurityGroupIds}, !Ref AWS::NoValue]\n"
        "      Policies:\n"
        f"{policies}\n"
    )


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _aliases(plan: Plan) -> Iterator[str]:
    for step in plan:
        yield f"{step.title}{_EXECUTE}"
        yield f"{step.title}{_COMPENSATE}"


def _substitutions(plan: Plan) -> Iterator[str]:
    for name in _aliases(plan):
        yield f"        {name}Arn: !Ref {name}.Alias\n"


def _invocations(plan: Plan) -> Iterator[str]:
    for name in _aliases(plan):
        yield f"                - !Ref {name}.Alias\n"
