"""The read tables and their views."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from slipway.scopes import provider
from slipway.wiring.installation import client, pause, settings

if TYPE_CHECKING:
    from slipway.cqrs.account_views import AccountViews
    from slipway.cqrs.read_tables import ReadTables
    from slipway.cqrs.views import RebuildableViews, Views

T = TypeVar("T")


@provider
def read_tables() -> "ReadTables[RebuildableViews]":
    from slipway.adapters.dynamodb_rebuild import RebuildableDynamoDbViews

    waits = pause()
    return _both_tables(lambda dynamodb, name: RebuildableDynamoDbViews(dynamodb, name, waits))


@provider
def views() -> "Views":
    from slipway.cqrs.read_tables import ActiveViews

    return ActiveViews(read_tables())


@provider
def account_tables() -> "ReadTables[AccountViews]":
    from slipway.adapters.dynamodb_account_views import DynamoDbAccountViews

    return _both_tables(DynamoDbAccountViews)


@provider
def account_views() -> "AccountViews":
    from slipway.cqrs.read_tables import ActiveAccountViews

    return ActiveAccountViews(account_tables())


def _both_tables(seen_as: "Callable[[Any, str], T]") -> "ReadTables[T]":
    from slipway.adapters.dynamodb_rebuild import DynamoDbPointer
    from slipway.cqrs.generations import Colour
    from slipway.cqrs.read_tables import ReadTables

    dynamodb, given = client("dynamodb"), settings()
    names = {Colour.BLUE: given.read_table, Colour.GREEN: given.read_table_green}
    tables = {colour: seen_as(dynamodb, name) for colour, name in names.items()}
    return ReadTables(DynamoDbPointer(dynamodb, given.read_table), tables)
