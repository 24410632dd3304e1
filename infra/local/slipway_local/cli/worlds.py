"""Report which environment (engine, cluster, registry) a running system acts on.

It may differ from the settings of this shell; a conflict is refused.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from slipway.settings import Settings
from slipway_local.cli.answers import shown
from slipway_local.cli.client import Client
from slipway_local.cli.exits import CliError, Exit
from slipway_local.cli.output import Output, plain
from slipway_local.engines.probe import IN_MEMORY, Rehearsal, acts_on

RUNNING = "the running system"
_SETTINGS = {"engine": "DOCKER_HOST", "cluster": "KUBECONFIG", "registry": "SLIPWAY_REGISTRY"}


def tell_world(there: Mapping[str, str], settings: Settings, output: Output) -> None:
    """Print it. Raises CliError if a setting of this shell names another environment."""
    others = list(_others(there, settings))
    if others:
        part, here = others[0]
        name = _SETTINGS[part]
        raise CliError(
            Exit.REFUSED,
            f"the running system acts on {part} {there[part]}, but {name} is {here}",
            fix=f"unset {name} to use that system as it is, or stop it first",
            code="other_world",
        )
    but = "" if settings.registry else ", although SLIPWAY_REGISTRY is unset here"
    for line in world_lines(there, RUNNING, but):
        output.note(plain(line))


def _others(there: Mapping[str, str], settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the parts set here that differ there; none for a rehearsal if no registry is set."""
    rehearsed = there.get("engine") == IN_MEMORY
    if rehearsed and not settings.registry:
        return
    here = acts_on(settings, Rehearsal())
    named = {
        "registry": settings.registry,
        "engine": settings.docker_host,
        "cluster": settings.kubeconfig,
    }
    for part, setting in named.items():
        if setting and part in there and there[part] != here[part]:
            yield part, here[part]


def world_lines(there: Mapping[str, str], whose: str, but: str = "") -> Iterator[str]:
    """`but` is appended to the line about real parts."""
    places = {part: there[part] for part in _SETTINGS if part in there}
    memory = [part for part, place in places.items() if place == IN_MEMORY]
    if memory:
        yield f"REHEARSAL: {', '.join(memory)} of {whose} in memory"
    real = [f"{part} {place}" for part, place in places.items() if place != IN_MEMORY]
    if real:
        yield f"REAL: {whose} acts on {', '.join(real)}{but}"


def kind_line(url: str, *, rehearsal: bool) -> str:
    """Describe a system without details that require authentication."""
    if rehearsal:
        return f"REHEARSAL: the system at {url} uses stand-ins in memory, nothing real is made"
    return f"REAL: the system at {url} creates real resources"


def tell_where(client: Client, accepted: Mapping[str, Any], output: Output) -> None:
    """Print what the workflow acts on, unless all is in memory. Failed requests are ignored."""
    path, version = f"/workflows/{accepted['workflow_id']}", accepted["version"]
    with suppress(CliError):
        world = client.get(path, min_version=version).get("world") or {}
        if set(world.values()) != {IN_MEMORY}:
            for line in world_lines(world, f"the system at {shown(client.url)}"):
                output.note(plain(line))
