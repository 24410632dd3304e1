"""The environment variables of the handlers, from the template and the user's settings."""

from collections.abc import Mapping

from slipway.settings import Settings, variable
from slipway_local.engines.probe import Rehearsal

REHEARSED_REGISTRY = "rehearsal.invalid/apps"
"""An unresolvable name: images pushed in memory must not appear to be in a real registry."""
_BY_THE_STACK = (
    "stage",
    "write_table",
    "read_table",
    "read_table_green",
    "bucket",
    "bus",
    "undelivered_url",
    "state_machine_arn",
    "registry_secret_arn",
    "codebuild_project",
    "eks_cluster",
    "rehearsal",
    "instance",
    "at_engine",
    "at_cluster",
)


def handler_variables(
    template: Mapping[str, str],
    settings: Settings,
    rehearsal: Rehearsal,
    instance: str,
    world: Mapping[str, str],
) -> dict[str, str | None]:
    """None removes a variable. Empty values of the template are parameters that were not set.

    `world` is empty for a system that only shows the stored state.
    """
    fields = Settings.model_fields
    given: dict[str, str | None] = {variable(field): None for field in fields}
    given |= {name: value for name, value in template.items() if value}
    for field in fields:
        value = getattr(settings, field)
        if field in settings.model_fields_set and field not in _BY_THE_STACK and value is not None:
            given[variable(field)] = str(value)
    if "registry" in rehearsal.parts:
        given[variable("registry")] = settings.registry or REHEARSED_REGISTRY
    return given | {
        variable("stage"): "local",
        variable("instance"): settings.instance or instance,
        variable("at_engine"): world.get("engine"),
        variable("at_cluster"): world.get("cluster"),
        variable("rehearsal"): "true" if rehearsal else "false",
    }
