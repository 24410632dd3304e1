"""`slipway replay` and `slipway rebuild`: publish events again, rebuild the read model."""

from slipway_local.cli.connection import connected
from slipway_local.cli.exits import Exit
from slipway_local.cli.output import Output


def replay(workflow_id: str, output: Output) -> Exit:
    with connected(output, may_start=True) as client:
        report = client.post(f"/workflows/{workflow_id}/replay", {})
    output.show(report, f"{report['events']} events of {workflow_id} were replayed")
    return Exit.DONE


def rebuild(output: Output) -> Exit:
    """Rebuild in batches; an interrupted rebuild continues at the next call."""
    with connected(output, may_start=True) as client, output.at_work() as say:
        report = client.post("/rebuild", {})
        while not report["done"]:
            say(f"{report['phase']}, {report['workflows']} workflows")
            report = client.post("/rebuild", {})
    output.show(
        report, f"{report['workflows']} workflows; the {report['active']} table is active now"
    )
    return Exit.DONE
