"""Every function of the template at work: its role allows each call of AWS that it makes.

Engine, registry, scanner and cluster are stand-ins, behind the doors that they have on AWS.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import pytest
from tests.integration.operating.desk import operating
from tests.integration.wiring.calls import Request
from tests.integration.wiring.deployed import Deployed, deployed
from tests.integration.wiring.on_aws import ECR, Doors
from tests.integration.wiring.permitted import Statement, is_permitted
from tests.integration.wiring.stories import (
    at_ecr,
    built_outside,
    cancelled_outside,
    cancelled_while_it_builds,
    completed_read_and_taken_back,
    from_an_upload,
    in_a_session_with_defaults,
    parked_stopped_rescued_and_resolved,
    repaired,
    swept_after_nobody_knows_whom,
)
from tests.integration.wiring.watching import Watch, watched

FUNCTIONS = {each.name: each for each in deployed(Stage="local")}
OUTSIDE = {each.name: each for each in deployed(Stage="local", Builder="codebuild")}
"""Where images are built on CodeBuild."""
ROLES = {f"{name}-engine": each for name, each in FUNCTIONS.items()} | {
    f"{name}-codebuild": each for name, each in OUTSIDE.items()
}
SAME_WITH_CODEBUILD = {
    f"{name}-codebuild"
    for name, each in FUNCTIONS.items()
    if each.statements == OUTSIDE[name].statements
}


def _actions(statement: Statement) -> Sequence[str]:
    given = statement["Action"]
    return [given] if isinstance(given, str) else given


UNTOLD = {"s3:AbortMultipartUpload"}
"""Of moments that no story has: a part of an object that could not be sent."""
GRANTED = sorted(
    {
        action
        for each in ROLES.values()
        for statement in each.statements
        if statement["Effect"] == "Allow"
        for action in _actions(statement)
    }
    - UNTOLD
)


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Stories in which every function has something to do."""
    with watched() as watch:
        state = tmp_path_factory.mktemp("state")
        with (
            operating(state, registries_allowed=ECR, sweep_grace_minutes=0) as desk,
            Doors(desk, watch).opened(),
        ):
            at_ecr(desk)
            completed_read_and_taken_back(desk)
            parked_stopped_rescued_and_resolved(desk, watch)
            cancelled_while_it_builds(desk)
            in_a_session_with_defaults(desk)
            from_an_upload(desk, tmp_path_factory.mktemp("source") / "shop.tar.gz")
            swept_after_nobody_knows_whom(desk, watch)
            desk.client.get("/drain")
            repaired(desk, watch)
        yield watch


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """What is built on CodeBuild is completed and taken back, or cancelled."""
    with watched() as watch:
        state = tmp_path_factory.mktemp("state")
        with operating(state, registries_allowed=ECR) as desk:
            doors = Doors(desk, watch)
            with doors.opened(), doors.building_outside() as codebuild:
                built_outside(desk, watch, codebuild)
                cancelled_outside(desk, watch, codebuild)
        yield watch


@pytest.fixture(scope="module")
def seen(watch: Watch, outside: Watch) -> Mapping[str, AbstractSet[Request]]:
    """By function and who builds."""
    return {f"{name}-engine": asked for name, asked in watch.seen.items()} | {
        f"{name}-codebuild": asked for name, asked in outside.seen.items()
    }


def test_the_stories_leave_no_function_out(seen: Mapping[str, AbstractSet[Request]]) -> None:
    """One that no story calls is one that nobody has seen at work: tell a story of it above."""
    assert seen.keys() >= ROLES.keys() - SAME_WITH_CODEBUILD
    assert seen.keys() <= ROLES.keys()


@pytest.mark.parametrize("key", ROLES)
def test_its_role_allows_all_that_a_function_does(
    seen: Mapping[str, AbstractSet[Request]], key: str
) -> None:
    refused = [
        f"{request.action} on {request.resource} {request.context or ''}"
        for request in seen.get(key, ())
        if not is_permitted(ROLES[key].statements, request)
    ]

    assert refused == []


@pytest.mark.parametrize("key", ROLES)
def test_a_permission_less_and_a_function_that_used_it_is_refused(
    seen: Mapping[str, AbstractSet[Request]], key: str
) -> None:
    """So the test above can fail, for each of them."""
    used = seen.get(key, set())

    assert all(not is_permitted(_without(ROLES[key], each), each) for each in used)


def _without(function: Deployed, request: Request) -> list[Statement]:
    return [each for each in function.statements if not is_permitted([each], request)]


@pytest.mark.parametrize("action", GRANTED)
def test_each_action_that_the_template_grants_is_needed_by_a_function(
    seen: Mapping[str, AbstractSet[Request]], action: str
) -> None:
    """So the template without it, or with a misspelt one, fails a test above."""
    refused = {
        key
        for key, asked in seen.items()
        if not all(is_permitted(_less(ROLES[key], action), each) for each in asked)
    }

    assert refused


def _less(function: Deployed, action: str) -> list[Statement]:
    return [
        {**each, "Action": [granted for granted in _actions(each) if granted != action]}
        for each in function.statements
    ]


def test_an_item_outside_of_a_transaction_is_refused() -> None:
    statements = FUNCTIONS["Cancel"].statements
    inside = ("dynamodb:EnclosingOperation", "TransactWriteItems")
    table = statements[1]["Resource"]

    assert is_permitted(statements, Request("dynamodb:PutItem", table, inside))
    assert not is_permitted(statements, Request("dynamodb:PutItem", table))
    assert not is_permitted(statements, Request("dynamodb:Scan", table))


def test_who_claims_keys_can_write_nothing_else_of_the_write_table_and_read_nothing() -> None:
    statements = FUNCTIONS["Upload"].statements
    table = next(each["Resource"] for each in statements if "dynamodb:PutItem" in each["Action"])

    def puts(key: str | None, action: str = "dynamodb:PutItem") -> bool:
        context = ("dynamodb:LeadingKeys", key) if key else None
        return is_permitted(statements, Request(action, table, context))

    assert puts("command#key")
    assert not any(puts(key) for key in ("workflow#wf_shop", "config#anna", "lock#shop", None))
    assert not puts("command#key", "dynamodb:GetItem")
