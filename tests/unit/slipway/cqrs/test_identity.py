"""Who calls, as the gateway's own words tell it: tokens, principals of IAM, the local front."""

from typing import Any

import pytest

from slipway.cqrs.authority import OPERATE, READ, WRITE
from slipway.cqrs.identity import caller_of
from slipway.cqrs.problem import Refused
from slipway.cqrs.request import Call
from slipway.cqrs.trust import Trust

ISSUER = "https://login.example.com"
PERSON = "arn:aws:sts::1:assumed-role/AWSReservedSSO_Ops_1a/olga"
CI = "arn:aws:sts::1:assumed-role/ci/run-1"


def by_token(trust: Trust | None = None, **claims: Any) -> Call:
    jwt = {"claims": {"iss": ISSUER, "sub": "anna", **claims}, "scopes": None}
    return calls({"jwt": jwt}, trust)


def by_iam(arn: object, trust: Trust | None = None, **more: Any) -> Call:
    return calls({"iam": {"accountId": "1", "userArn": arn, **more}}, trust)


def calls(authorizer: Any, trust: Trust | None = None) -> Call:
    return caller_of({"requestContext": {"authorizer": authorizer}}, trust or Trust())


def test_the_same_subject_of_two_issuers_is_two_owners() -> None:
    here, there = by_token(), by_token(iss="https://login.example.org")

    assert (here.owner, there.owner) == (f"{ISSUER}#anna", "https://login.example.org#anna")


def test_no_issuer_can_name_somebody_of_another_one() -> None:
    with pytest.raises(Refused, match="unauthenticated"):
        by_token(iss=f"{ISSUER}#anna", sub="boris")


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "openid workflows:read workflows:write"},
        {"scp": "workflows:read workflows:write"},
        {"scope": "[workflows:read workflows:write]"},
        {"scp": ["workflows:read", 7, None, "workflows:write"]},
        {"scope": "workflows:read", "scp": "[workflows:write]"},
    ],
)
def test_scopes_are_text_or_a_list_or_a_list_as_the_gateway_writes_it(claims: Any) -> None:
    assert by_token(**claims).scopes == {READ, WRITE}


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"scope": None},
        {"scope": ""},
        {"scope": "[]"},
        {"scope": 7},
        {"scope": {"workflows:read": True}},
        {"scope": [["workflows:read"]]},
        {"scope": "WORKFLOWS:READ workflows:reader xworkflows:read workflows:*"},
        {"permissions": "workflows:read"},
    ],
)
def test_whatever_is_no_scope_of_ours_allows_nothing(claims: Any) -> None:
    assert by_token(**claims).scopes == set()


def test_the_scopes_that_the_route_asks_for_are_not_taken_for_those_of_the_token() -> None:
    claims = {"iss": ISSUER, "sub": "anna", "scope": READ}

    assert calls({"jwt": {"claims": claims, "scopes": [READ, OPERATE]}}).scopes == {READ}


def test_the_scopes_may_stand_in_another_claim_which_then_counts_alone() -> None:
    trust = Trust(scope_claim="cognito:groups")
    claims = {"cognito:groups": "[staff workflows:read]", "scope": OPERATE}

    assert by_token(trust, **claims).scopes == {READ}


def test_the_scopes_of_another_resource_server_are_not_ours() -> None:
    trust = Trust(scope_prefix="slipway/")
    told = "slipway/workflows:read shop/workflows:operate workflows:write"

    assert by_token(trust, scope=told).scopes == {READ}


@pytest.mark.parametrize(
    "authorizer",
    [
        None,
        "anna",
        [],
        {},
        {"jwt": None},
        {"jwt": {"claims": {"sub": "anna"}}},
        {"jwt": {"claims": {"iss": ISSUER}}},
        {"jwt": {"claims": {"iss": ISSUER, "sub": " "}}},
        {"jwt": {"claims": {"iss": ISSUER, "sub": ["anna"]}}},
        {"jwt": {"claims": {"iss": ISSUER, "sub": "a" * 600}}},
        {"jwt": {}, "lambda": {"owner": "local"}},
        {"iam": {"userArn": None}},
        {"iam": {"userArn": 7}, "lambda": {"owner": "local"}},
        {"lambda": {"scopes": OPERATE}},
        {"owner": "anna", "claims": {"sub": "anna"}},
    ],
)
def test_an_authorizer_that_names_nobody_is_nobody(authorizer: Any) -> None:
    with pytest.raises(Refused, match="unauthenticated"):
        calls(authorizer)


@pytest.mark.parametrize(
    ("arn", "owner"),
    [
        ("arn:aws:iam::1:user/team/ci", "arn:aws:iam::1:user/team/ci"),
        (CI, "arn:aws:iam::1:role/ci"),
        (PERSON, PERSON),
        ("arn:aws-cn:iam::1:root", "arn:aws-cn:iam::1:root"),
    ],
)
def test_a_role_is_one_owner_and_a_person_behind_a_role_too(arn: str, owner: str) -> None:
    assert by_iam(arn).owner == owner


def test_people_of_an_identity_pool_share_a_role_and_are_different_owners() -> None:
    arn = "arn:aws:sts::1:assumed-role/app/CognitoIdentityCredentials"

    anna = by_iam(arn, cognitoIdentity={"identityId": "eu-central-1:anna"})
    boris = by_iam(arn, cognitoIdentity={"identityId": "eu-central-1:boris"})

    assert (anna.owner, boris.owner) == ("cognito:eu-central-1:anna", "cognito:eu-central-1:boris")


@pytest.mark.parametrize("arn", [CI, PERSON, "arn:aws:iam::1:user/ci"])
def test_a_principal_reads_and_writes_what_iam_lets_through_and_operates_nothing(arn: str) -> None:
    assert by_iam(arn).scopes == {READ, WRITE}


@pytest.mark.parametrize(
    ("named", "arn"),
    [
        ("arn:aws:iam::1:role/ci", CI),
        ("arn:aws:iam::1:role/teams/build/ci", CI),
        ("arn:aws:iam::1:user/teams/ci", "arn:aws:iam::1:user/teams/ci"),
        (PERSON, PERSON),
        ("arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_1a", PERSON),
    ],
)
def test_who_is_named_operates(named: str, arn: str) -> None:
    assert by_iam(arn, Trust.of([named])).scopes == {READ, WRITE, OPERATE}


@pytest.mark.parametrize(
    "named", ["arn:aws:iam::2:role/ci", "arn:aws:iam::1:user/ci", "arn:aws:iam::1:role/c", ""]
)
def test_a_name_that_only_looks_like_it_does_not_operate(named: str) -> None:
    assert OPERATE not in by_iam(CI, Trust.of([named])).scopes
