"""Replace the caller's configuration: the defaults of their requests."""

from collections.abc import Callable
from datetime import datetime

from slipway.accounts import changes
from slipway.accounts.store import Accounts, ConfigChange
from slipway.buses import command
from slipway.containerize.target import Target
from slipway.cqrs import answers
from slipway.cqrs.account_effect import take_account_effect
from slipway.cqrs.availability import check_available, of_field
from slipway.cqrs.request import Call
from slipway.cqrs.versions import check_seen
from slipway.messages.accounts import ConfigAccepted, Defaults, UpdateConfig
from slipway.saga.errors import Rejected
from slipway.wiring import accounts, clock, target


def update_config(
    command: UpdateConfig,
    call: Call,
    *,
    store: Accounts,
    target: Target,
    now: Callable[[], datetime],
) -> ConfigAccepted:
    """Refuses defaults that no request could ask for.

    Raises Conflict, Unavailable, or Refused("invalid_request", "precondition_failed").
    """
    defaults = command.defaults
    check_available(defaults.options.on_failure, "defaults.options.on_failure")
    _check_registry(defaults, target)

    def decide() -> tuple[ConfigAccepted, ConfigChange]:
        before = store.config(call.owner)
        check_seen(call, before.version)
        change = changes.updated(before, defaults, now())
        return ConfigAccepted.model_validate(change.config, from_attributes=True), change

    return take_account_effect(store, call, command, decide)


def _check_registry(defaults: Defaults, target: Target) -> None:
    field = "defaults.image.repository_prefix"
    if defaults.image.repository_prefix:
        try:
            target.check_host(defaults.image.repository_prefix, field)
        except Rejected as error:
            raise of_field(error, field) from None


handler = command(
    update_config,
    UpdateConfig,
    answers.config_accepted,
    scope="workflows:write",
    conditional=True,
    store=accounts,
    target=target,
    now=clock,
)
