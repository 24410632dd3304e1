"""Plan a workflow without side effects: components, Dockerfile, manifests and findings."""

from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.accounts.defaults import completed
from slipway.buses import query
from slipway.containerize import planning
from slipway.containerize.build_settings import BuildSettings
from slipway.containerize.ports import SourceFetcher, Workspace
from slipway.containerize.target import Target
from slipway.cqrs.account_views import AccountViews
from slipway.cqrs.availability import check_available, check_port
from slipway.cqrs.request import Call
from slipway.cqrs.source_access import check_may_read
from slipway.messages.queries import PlanWorkflow
from slipway.messages.views import PlannedWorkflow
from slipway.settings import Settings
from slipway.wiring import account_views, build_settings, settings, source, workspace


def plan(
    query: PlanWorkflow,
    call: Call,
    *,
    views: AccountViews,
    source: SourceFetcher,
    workspace: Workspace,
    settings: Settings,
    build_settings: BuildSettings,
) -> PlannedWorkflow:
    """Completes the request with the caller's configuration, as GET /config shows it.

    Raises Refused, Unavailable, or Rejected for a source that cannot be understood.
    """
    whole, defaults = completed(query, views.config(call.owner))
    check_available(whole.options.on_failure, "options.on_failure")
    check_port(whole.app)
    check_may_read(query.source, call, workspace, settings.bucket)
    target = Target(settings.registry or planning.NO_REGISTRY, settings.further_registries)
    with TemporaryDirectory() as folder:
        source.fetch(query.source.model_dump(exclude_none=True), Path(folder))
        document = planning.plan(Path(folder), whole, target, build_settings)
    return PlannedWorkflow.model_validate(
        {**document, "defaults": defaults and defaults.model_dump()}
    )


handler = query(
    plan,
    PlanWorkflow,
    scope="workflows:read",
    views=account_views,
    source=source,
    workspace=workspace,
    settings=settings,
    build_settings=build_settings,
)
