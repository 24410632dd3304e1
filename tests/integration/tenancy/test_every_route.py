"""Every route of the template for everybody who may come: through the real functions, on moto."""

from copy import deepcopy

import pytest
from tests.integration.tenancy.callers import CALLERS, Ask, call
from tests.integration.tenancy.routes import (
    EXPECTED,
    ROUTES,
    TEMPLATE,
    handler_of,
    method_of,
    routes,
)
from tests.integration.tenancy.world import everything

BAD_REQUEST = 400
CELLS = [(route, caller) for route in EXPECTED for caller in CALLERS]


def test_for_every_route_it_is_declared_who_gets_what() -> None:
    assert EXPECTED.keys() == ROUTES.keys()


def test_a_route_that_nobody_has_declared_is_found() -> None:
    template = deepcopy(TEMPLATE)
    event = template["Resources"]["Cancel"]["Properties"]["Events"]["Post"]
    event["Properties"]["Path"] = "/workflows/{id}/pause"

    assert routes(template).keys() - EXPECTED.keys() == {"POST /workflows/{id}/pause"}


@pytest.mark.parametrize(("route", "caller"), CELLS, ids=lambda each: each.replace("/", "|"))
def test_each_caller_gets_what_is_theirs(route: str, caller: str) -> None:
    expected = EXPECTED[route]

    reply = call(handler_of(route), method_of(route), expected.ask, CALLERS[caller])

    assert reply.status == getattr(expected.answers, caller), reply.text
    if reply.status >= BAD_REQUEST:
        assert reply.json["fix"]
        assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("route", [route for route in EXPECTED if method_of(route) != "GET"])
def test_a_refused_change_is_none(route: str) -> None:
    expected, before = EXPECTED[route], everything()
    told = expected.answers._asdict()

    for caller in [name for name, status in told.items() if status >= BAD_REQUEST]:
        call(handler_of(route), method_of(route), expected.ask, CALLERS[caller])

    assert everything() == before


def test_what_is_refused_for_its_scope_says_which_one_is_needed() -> None:
    reply = call(handler_of("POST /sweep"), "POST", Ask(body={}), CALLERS["writer"])

    assert (reply.status, reply.json["scope"]) == (403, "workflows:operate")
    assert reply.headers["www-authenticate"] == (
        'Bearer error="insufficient_scope", scope="workflows:operate"'
    )


def test_without_an_identity_the_kind_of_proof_is_told() -> None:
    reply = call(handler_of("GET /workflows"), "GET", Ask(), None)

    assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
