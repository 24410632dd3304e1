"""The caller's configuration: the defaults of their requests."""

from collections.abc import Callable

from slipway.buses import query
from slipway.cqrs import answers
from slipway.cqrs.account_views import AccountViews
from slipway.cqrs.request import Call
from slipway.cqrs.visibility import awaited, not_yet_visible
from slipway.messages.accounts import ConfigView, GetConfig
from slipway.wiring import account_views, pause


def get_config(
    query: GetConfig, call: Call, *, views: AccountViews, pause: Callable[[float], None]
) -> ConfigView:
    """A configuration that was never set has version 0 and no defaults.

    Raises Unavailable, or Refused("not_yet_visible").
    """

    def look() -> ConfigView:
        return views.config(call.owner)

    version = query.min_version or 0
    config = awaited(look, version, pause)
    if config is None or config.version < version:
        raise not_yet_visible(version)
    return config


handler = query(
    get_config,
    GetConfig,
    answers.versioned,
    scope="workflows:read",
    views=account_views,
    pause=pause,
)
