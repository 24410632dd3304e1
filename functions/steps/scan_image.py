"""Scan for known vulnerabilities and apply the policy; a skipped scan is reported as skipped."""

import json

from slipway.containerize.policy.scan import refusal
from slipway.containerize.ports import Workspace
from slipway.containerize.scanning import Scanner, ScanReport
from slipway.containerize.workspace_keys import object_key
from slipway.messages.requests import ContainerizeRequest
from slipway.saga import Outcome, Rejected, Workflow, step
from slipway.wiring import scanner, workspace
from steps import runner

ME = "scan_image"


def scan_image(
    workflow: Workflow[ContainerizeRequest], scanner: Scanner, workspace: Workspace
) -> Outcome:
    options = workflow.request.options
    image_id = workflow.outputs("build_image")["image_id"]
    report = scanner.scan(image_id) if options.scan else _not_asked_for(scanner)
    keys = _keep(workflow.id, workspace, image_id, report)
    if refused := refusal(report, strict=options.strict, asked=options.scan):
        raise Rejected(*refused)
    return Outcome(
        created=tuple(f"object:{key}" for key in keys),
        outputs={
            "status": report.status,
            "scanner": report.scanner,
            "reason": report.reason,
            "counts": dict(report.counts),
        },
        announces=("scan.completed",),
    )


def keep_report(workflow: Workflow[ContainerizeRequest], **_: object) -> None:
    """The report is evidence: it is kept after a rollback."""


def _not_asked_for(scanner: Scanner) -> ScanReport:
    return ScanReport(status="not_scanned", scanner=scanner.name, reason="not asked for")


def _keep(workflow_id: str, workspace: Workspace, image_id: str, report: ScanReport) -> list[str]:
    key = object_key(workflow_id, ME, "report.json")
    document = {
        "image_id": image_id,
        "status": report.status,
        "scanner": report.scanner,
        "reason": report.reason,
        "counts": dict(report.counts),
        "findings": [dict(finding) for finding in report.findings],
    }
    workspace.put(key, json.dumps(document, indent=1).encode(), "application/json")
    if report.sbom is None:
        return [key]
    sbom_key = object_key(workflow_id, ME, "sbom.json")
    workspace.put(sbom_key, report.sbom, "application/vnd.cyclonedx+json")
    return [key, sbom_key]


execute, compensate = step(
    scan_image, keep_report, runner=runner, scanner=scanner, workspace=workspace
)
