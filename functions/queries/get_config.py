"""The caller's configuration: the defaults of their requests."""

from slipway.buses import query
from slipway.cqrs import answers
from slipway.cqrs.account_views import AccountViews
from slipway.cqrs.request import Call
from slipway.messages.accounts import ConfigView, GetConfig
from slipway.wiring import account_views


def get_config(_query: GetConfig, call: Call, *, views: AccountViews) -> ConfigView:
    """One that was never set has version 0 and no defaults. Raises Unavailable."""
    return views.config(call.owner)


handler = query(
    get_config, GetConfig, answers.versioned, scope="workflows:read", views=account_views
)
