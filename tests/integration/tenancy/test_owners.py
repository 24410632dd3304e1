"""What belongs to Anna is not there for Boris; Olga operates it, under her own name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.client import BaseClient
from tests.integration.tenancy.callers import ANNA, CALLERS, ISSUER, Ask, call
from tests.integration.tenancy.routes import EXPECTED, handler_of, method_of
from tests.integration.tenancy.world import DEPLOYED, NO_SUCH, PARKED, REQUESTED, everything
from tests.unit.slipway.cqrs.stories import requested

from slipway import wiring
from slipway.adapters.dynamodb_items import key
from steps import PLAN

OF_ONE = [route for route in EXPECTED if "workflows/{id}" in route and "resolve" not in route]
OLGA, BORIS = f"{ISSUER}#olga", f"{ISSUER}#boris"
BORIS_S = "wf_borisborisboris"
CLAIMED = {"owner": ANNA, "sub": "anna", "requested_by": ANNA, "scopes": "workflows:operate"}
_WHICH_TABLE = key("generation", "GENERATION")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The calls of AWS that are made meanwhile, by their name.

    Without the look which table answers: it comes every two seconds, whoever asks.
    """
    made: list[str] = []
    real = vars(BaseClient)["_make_api_call"]

    def noted(client: Any, operation: str, given: Any) -> Any:
        if given.get("Key") != _WHICH_TABLE:
            made.append(operation)
        return real(client, operation, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", noted)
        yield made


def ask(route: str, who: str, given: Ask | None = None) -> Any:
    return call(handler_of(route), method_of(route), given or EXPECTED[route].ask, CALLERS[who])


@pytest.mark.parametrize("who", ["stranger", "principal"])
@pytest.mark.parametrize("route", OF_ONE)
def test_what_is_somebody_elses_answers_as_what_is_not_there_at_the_same_cost(
    route: str, who: str
) -> None:
    there = EXPECTED[route].ask
    nowhere = replace(there, path={**(there.path or {}), "id": NO_SUCH})

    with counted() as for_hers:
        hers = ask(route, who, there)
    with counted() as for_none:
        none = ask(route, who, nowhere)

    assert (hers.status, hers.text, hers.headers) == (none.status, none.text, none.headers)
    assert for_hers == for_none


@pytest.mark.parametrize("route", [route for route in EXPECTED if route != "GET /health"])
def test_nobody_becomes_anna_by_saying_so(route: str) -> None:
    before, given = everything(), EXPECTED[route].ask
    headers = {f"x-{name}": value for name, value in CLAIMED.items()} | {
        "authorization": "Bearer x"
    }
    reading = method_of(route) == "GET"
    lie: Mapping[str, Any] = {**((given.query if reading else given.body) or {}), **CLAIMED}
    lying = replace(given, headers=headers, **{"query" if reading else "body": lie})

    assert ask(route, "nobody", lying).status == 401
    assert ask(route, "stranger", lying).status in {400, 403}
    assert everything() == before


def test_a_list_shows_ones_own_and_an_operator_that_of_whom_they_name() -> None:
    def ids(who: str, **query: str) -> set[str]:
        page = ask("GET /workflows", who, Ask(query=query)).json
        return {item["workflow_id"] for item in page["items"]} & {REQUESTED, DEPLOYED, PARKED}

    assert ids("reader") == ids("reader", owner=ANNA) == {REQUESTED, DEPLOYED, PARKED}
    assert ids("stranger") == ids("operator") == ids("operator", owner=OLGA) == set()
    assert ids("operator", owner=ANNA) == ids("ops", owner=ANNA) == {REQUESTED, DEPLOYED, PARKED}


def test_an_operator_sees_what_is_under_way_of_everybody() -> None:
    requested(wiring.store(), BORIS_S, BORIS)

    told = ask("GET /drain", "operator").json

    found = {item["workflow_id"]: item["owner"] for item in told["items"]}
    assert found == {REQUESTED: ANNA, PARKED: ANNA, BORIS_S: BORIS}
    assert (told["drained"], told["versions"]) == (False, {PLAN.version: 3})


def test_whose_list_it_is_is_refused_without_a_word_about_who_there_is() -> None:
    known = ask("GET /workflows", "stranger", Ask(query={"owner": ANNA}))
    unknown = ask("GET /workflows", "stranger", Ask(query={"owner": "anybody else"}))

    assert (known.status, known.json["scope"]) == (403, "workflows:operate")
    assert known.text == unknown.text


def test_what_an_operator_does_is_recorded_under_their_own_name() -> None:
    ask("POST /workflows/{id}/cancel", "operator")
    ask("POST /workflows/{id}/steps/{step}/resolve", "operator")

    cancelled, parked = (wiring.store().load(each) for each in (REQUESTED, PARKED))
    undo = parked.steps["push_image"].undo
    assert cancelled.workflow.owner == ANNA
    assert cancelled.workflow.cancel
    assert cancelled.workflow.cancel.requested_by == OLGA
    assert undo
    assert undo.resolution
    assert undo.resolution.decided_by == OLGA


def test_an_upload_is_its_owners_even_for_an_operator() -> None:
    upload_id = ask("POST /uploads", "writer").json["upload_id"]
    body = {"source": {"upload_id": upload_id}, "app": {"name": "shop"}}

    reply = ask("POST /workflows", "operator", Ask(body=body))

    assert (reply.status, reply.json["field"]) == (400, "source.upload_id")
