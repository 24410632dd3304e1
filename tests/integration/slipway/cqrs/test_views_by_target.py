"""Who has deployed to a target, or works on it, is found by the target: in both kinds of tables."""

from typing import Any

from tests.integration.slipway.cqrs.test_views_contract import found, view, views

from slipway.cqrs.views import RebuildableViews, Selection, Views
from slipway.saga.state import Status

__all__ = ["views"]
STATUSES = [status.value for status in Status]
SHOP = {"app": {"name": "shop"}}
IN_SHOP = Selection(owner="anna", target="shop/shop", limit=2)


def test_who_has_deployed_to_a_target_or_works_on_it_is_found_by_it(views: Views) -> None:
    for number, status in enumerate(STATUSES, 1):
        views.save(view(number, status=status, request=SHOP), [], replaces=0)
    elsewhere: list[Any] = [
        {"app": {"name": "shop", "namespace": "other"}},
        {"app": {"name": "cafe"}},
        {"app": {"name": "shop"}, "options": {"deploy": False}},
    ]
    for number, request in enumerate(elsewhere, 20):
        views.save(view(number, status="COMPLETED", request=request), [], replaces=0)
    views.save(view(30, owner="boris", request=SHOP), [], replaces=0)

    assert [STATUSES[number - 1] for number in found(views, IN_SHOP)] == [
        "PARKED",
        "COMPENSATING",
        "COMPLETED",
        "RUNNING",
        "REQUESTED",
    ]


def test_what_is_rolled_back_leaves_its_target_and_what_is_refilled_is_on_it(
    views: RebuildableViews,
) -> None:
    for number in (1, 2):
        views.save(view(number, status="COMPLETED", request=SHOP), [], replaces=0)

    views.save(view(2, version=2, status="COMPENSATED", request=SHOP), [], replaces=1)
    assert found(views, IN_SHOP) == [1]

    while views.clear():
        pass
    views.replace(view(1, status="COMPLETED", request=SHOP), [])
    views.replace(view(2, version=2, status="COMPENSATED", request=SHOP), [])
    assert found(views, IN_SHOP) == [1]
