"""Implement `slipway cancel`, `rollback` and `resolve`."""

from slipway_local.cli.connection import connected
from slipway_local.cli.deploying import follow_to_end
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output


def cancel(workflow_id: str, reason: str, output: Output) -> Exit:
    with connected(output) as client:
        accepted = client.post(f"/workflows/{workflow_id}/cancel", {"reason": reason})
    output.show(accepted, f"cancelling {workflow_id}; follow: slipway watch {workflow_id}")
    return Exit.DONE


def rollback(workflow_id: str, reason: str, detach: bool, output: Output) -> Exit:
    """Return DONE for a complete rollback, for which `deploy` would return ROLLED_BACK."""
    with connected(output) as client:
        accepted = client.post(f"/workflows/{workflow_id}/rollback", {"reason": reason})
        if not detach:
            version = accepted["version"]
            ended = follow_to_end(
                client, workflow_id, output, version, seen=version - 1, undoing=True
            )
            return Exit.DONE if ended is Exit.ROLLED_BACK else ended
    output.show(accepted, f"rolling back {workflow_id}; follow: slipway watch {workflow_id}")
    return Exit.DONE


def resolve(workflow_id: str, step: str, decision: str, reason: str | None, output: Output) -> Exit:
    body = {"decision": decision, **({"reason": reason} if reason else {})}
    with connected(output) as client:
        accepted = client.post(f"/workflows/{workflow_id}/steps/{step}/resolve", body)
    output.show(accepted, f"{step}: {decision}; follow: slipway watch {workflow_id}")
    return Exit.DONE
