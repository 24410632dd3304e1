"""The commands `deploy` and `plan`."""

import typer

from slipway_local.cli import arguments
from slipway_local.cli.verbs.options import (
    Adopt,
    Component,
    Detach,
    Json,
    Name,
    Namespace,
    OnFailure,
    Port,
    Replicas,
    Scan,
    Session,
    Settings,
    Source,
    Strict,
    ToCluster,
)

verbs = typer.Typer()


@verbs.command()
def deploy(  # noqa: PLR0913  (one parameter per option)
    path: Source,
    name: Name = None,
    namespace: Namespace = None,
    component: Component = None,
    port: Port = None,
    env: Settings = None,
    replicas: Replicas = None,
    scan: Scan = None,
    to_cluster: ToCluster = None,
    strict: Strict = None,
    on_failure: OnFailure = None,
    adopt: Adopt = False,
    session: Session = None,
    detach: Detach = False,
    as_json: Json = False,
) -> None:
    """Deploy the source in PATH as a running service; a failure is rolled back."""
    from slipway_local.cli import deploying
    from slipway_local.cli.output import Output

    arguments.check_on_failure(on_failure)
    deploy_request = deploying.DeployRequest(
        path=path,
        name=name,
        namespace=namespace,
        component=component,
        port=port,
        replicas=replicas,
        env=arguments.parse_pairs("--env", env or []),
        scan=scan,
        deploy=to_cluster,
        strict=strict,
        on_failure=on_failure,
        adopt=adopt or None,
        session=session,
        detach=detach,
    )
    raise typer.Exit(deploying.deploy(deploy_request, Output(as_json)))


@verbs.command()
def plan(
    path: Source,
    name: Name = None,
    namespace: Namespace = None,
    component: Component = None,
    port: Port = None,
    as_json: Json = False,
) -> None:
    """Show what deploy would do, without side effects."""
    from slipway_local.cli import deploying, planning
    from slipway_local.cli.output import Output

    deploy_request = deploying.DeployRequest(
        path=path, name=name, namespace=namespace, component=component, port=port
    )
    raise typer.Exit(planning.show_plan(deploy_request, Output(as_json)))
