"""Look up the configuration that `deploy` would apply to a request, without side effects."""

import json
from contextlib import closing
from dataclasses import dataclass

from pydantic import ValidationError

from slipway.accounts.defaults import Configured
from slipway.containerize.planning import NO_REGISTRY
from slipway.containerize.reference import host_of
from slipway.containerize.target import Target
from slipway.messages.accounts import ConfigView
from slipway.settings import Settings, variable
from slipway_local.cli.answers import shown
from slipway_local.cli.client import Place
from slipway_local.cli.connection import client_of, running_place
from slipway_local.cli.exits import CliError, Exit
from slipway_local.engines.probe import IN_MEMORY
from slipway_local.kept.file import Unusable
from slipway_local.kept.store import exists, kept_in
from slipway_local.state import OWNER, state_folder
from slipway_local.variables import REHEARSED_REGISTRY


@dataclass(frozen=True)
class Known:
    """`config` is None if none is stored. `target`: where `deploy` would push images."""

    config: Configured | None
    target: Target


def unconfigured(settings: Settings) -> Known:
    return Known(None, _target(settings, NO_REGISTRY))


def known(settings: Settings) -> Known:
    """Read from the system at SLIPWAY_URL, the running one or the folder. Raises CliError."""
    if place := running_place(settings):
        return _asked(place, settings)
    if not exists(state_folder(settings)):
        return unconfigured(settings)
    return Known(_kept(settings), _target(settings, REHEARSED_REGISTRY))


def _target(settings: Settings, unset: str, *more: str) -> Target:
    return Target(settings.registry or unset, (*settings.further_registries, *more))


def _asked(place: Place, settings: Settings) -> Known:
    """Allow the registry that the configuration names: the system validated it when it was set."""
    with closing(client_of(place)) as client:
        answer = client.get("/config")
    try:
        config = ConfigView.model_validate(answer)
    except ValidationError:
        why = f"{shown(place.url)} runs another version of Slipway"
        raise CliError(
            Exit.UNREACHABLE, why, fix="use the same version", code="odd_answer"
        ) from None
    there = place.acts_on.get("registry", NO_REGISTRY)
    prefix = config.defaults.image.repository_prefix
    named = [host_of(f"{prefix}/any")] if prefix else []
    unset = REHEARSED_REGISTRY if there == IN_MEMORY else there
    return Known(config, _target(settings, unset, *named))


def _kept(settings: Settings) -> Configured:
    """Read the stored write table, as `deploy` does."""
    from slipway.accounts.state import Config
    from slipway.adapters.dynamodb_accounts import read_config
    from slipway.adapters.dynamodb_items import config_key
    from slipway_local.layout import find_layout
    from slipway_local.template.reading import read_system

    table = read_system(find_layout().template, {"Stage": "local"}).environment()
    hash_key, range_key = (json.dumps(each) for each in config_key(OWNER).values())
    try:
        with kept_in(state_folder(settings), reading=True) as kept:
            items = dict(kept.tables.partition(table[variable("write_table")], hash_key))
    except Unusable as error:
        raise CliError(Exit.UNREACHABLE, str(error), code="state_unusable") from None
    found = items.get(range_key)
    return read_config(json.loads(found)) if found else Config(owner=OWNER)
