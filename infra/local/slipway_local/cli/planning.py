"""`slipway plan`: show what `deploy` would do, as a dry run."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.syntax import Syntax

from slipway.accounts.defaults import completed
from slipway.containerize.planning import plan
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.errors import StepError
from slipway.settings import Settings
from slipway.wiring import build_settings
from slipway_local.cli.checking import checked, packed, stop_for
from slipway_local.cli.configured import Known, known, unconfigured
from slipway_local.cli.connection import read_settings
from slipway_local.cli.deploying import DeployRequest
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.names import tell_name
from slipway_local.cli.output import Output, columns, defaults_lines, plain


def show_plan(deploy_request: DeployRequest, output: Output) -> Exit:
    checked(deploy_request)
    with packed(deploy_request):  # refuse a source that could not be uploaded
        pass
    settings = read_settings()
    request = ContainerizeRequest.model_validate(
        deploy_request.request({"upload_id": "up_00000000"})
    )
    configured = _known(settings, output)
    try:
        planned = _planned(deploy_request, request, configured)
    except StepError as error:
        raise stop_for(error) from error
    tell_name(deploy_request.path, deploy_request.name, output)
    output.show(planned, *_lines(planned))
    return Exit.DONE


def _known(settings: Settings, output: Output) -> Known:
    """Return the configuration. If it cannot be read, print why and plan without it."""
    try:
        return known(settings)
    except CliError as stop:
        output.note(f"planned without your defaults: {plain(stop.message)}")
        return unconfigured(settings)


def _planned(
    deploy_request: DeployRequest, request: ContainerizeRequest, configured: Known
) -> dict[str, Any]:
    """Include `defaults` if a configuration is known: None if it adds nothing."""
    target, config = configured.target, configured.config
    if config is None:
        return plan(deploy_request.path, request, target, build_settings())
    whole, added = completed(request, config)
    document = plan(deploy_request.path, whole, target, build_settings())
    return {**document, "defaults": added and added.model_dump(mode="json")}


def _lines(planned: Mapping[str, Any]) -> list[object]:
    chosen = next(c for c in planned["components"] if c["path"] == planned["chosen"])
    facts = (
        (fact.replace("_", " "), chosen[fact], _places([chosen.get(f"{fact}_source")]))
        for fact in (
            "language",
            "version",
            "package_manager",
            "framework",
            "install_command",
            "build_command",
            "start_command",
            "port",
            "health_path",
        )
        if chosen.get(fact) is not None
    )
    objects = ", ".join(f"{m['kind']} {m['metadata']['name']}" for m in planned["manifests"])
    findings = [
        f"[yellow]{f['severity']}[/] {plain(f['message'])}; {plain(f['fix'])}"
        for f in planned["findings"]
    ]
    return [
        *columns(("fact", "value", "source"), facts),
        f"read from: {plain(_places(chosen['evidence']) or 'no file')}",
        "",
        Syntax(planned["dockerfile"], "docker", background_color="default"),
        f"manifests: {plain(objects)}",
        *findings,
        *defaults_lines(planned),
    ]


def _places(sources: Iterable[Mapping[str, Any] | None]) -> str:
    """Return the distinct `file:line` locations, in order."""
    return ", ".join(dict.fromkeys(f"{each['file']}:{each['line']}" for each in sources if each))
