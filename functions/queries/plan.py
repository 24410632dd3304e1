"""What a workflow would do with this source: everything worked out, nothing done."""

from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.buses import query
from slipway.containerize import planning
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.ports import SourceFetcher, Workspace
from slipway.containerize.target import Target
from slipway.cqrs.request import Call
from slipway.cqrs.source_access import check_may_read
from slipway.messages.queries import PlanWorkflow
from slipway.messages.views import PlannedWorkflow
from slipway.settings import Settings
from slipway.wiring import build_settings, settings, source, workspace


def plan(
    query: PlanWorkflow,
    call: Call,
    *,
    source: SourceFetcher,
    workspace: Workspace,
    settings: Settings,
    build_settings: BuildSettings,
) -> PlannedWorkflow:
    """Raises Refused, Unavailable, or Rejected for a source that cannot be understood."""
    check_may_read(query.source, call, workspace, settings.bucket)
    target = Target(settings.registry or planning.NO_REGISTRY, settings.further_registries)
    with TemporaryDirectory() as folder:
        source.fetch(query.source.model_dump(exclude_none=True), Path(folder))
        told = planning.plan(Path(folder), query, target, build_settings)
    return PlannedWorkflow.model_validate(told)


handler = query(
    plan,
    PlanWorkflow,
    scope="workflows:read",
    source=source,
    workspace=workspace,
    settings=settings,
    build_settings=build_settings,
)
