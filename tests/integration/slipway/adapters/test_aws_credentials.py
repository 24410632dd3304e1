"""Credentials for registries on AWS, and whom they are never offered to."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from slipway.adapters.aws_credentials import AwsCredentials
from slipway.containerize.ports import Credentials
from slipway.saga.errors import Rejected

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

HOST = "registry.example.org"
ANNA = Credentials("anna", "battery")
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> "Iterator[SecretsManagerClient]":
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-west-1")


def knowing(
    secrets: "SecretsManagerClient", secret: Any, registry: str | None = None
) -> AwsCredentials:
    text = secret if isinstance(secret, str) else json.dumps(secret)
    arn = secrets.create_secret(Name="registry", SecretString=text)["ARN"]
    ecr = boto3.client("ecr", region_name="eu-west-1")
    return AwsCredentials(secrets, ecr, arn, registry)


@pytest.mark.parametrize(
    "secret",
    [
        {"username": "anna", "password": "battery", "registry": HOST},
        {"auths": {HOST: {"username": "anna", "password": "battery"}}},
        {"auths": {HOST: {"auth": "YW5uYTpiYXR0ZXJ5"}}},
    ],
)
def test_a_secret_opens_its_registry_and_is_offered_to_no_other(
    secrets: "SecretsManagerClient", secret: Any
) -> None:
    known = knowing(secrets, secret)

    assert known.for_repository(f"{HOST}/apps/shop") == ANNA
    assert known.for_repository("evil.example.org/apps/shop") is None


def test_a_secret_that_names_no_registry_is_for_the_configured_one(
    secrets: "SecretsManagerClient",
) -> None:
    known = knowing(secrets, {"username": "anna", "password": "battery"}, f"{HOST}/apps")

    assert known.for_repository(f"{HOST}/apps/shop") == ANNA
    assert known.for_repository("evil.example.org/apps/shop") is None


@pytest.mark.parametrize(
    "secret",
    [
        "battery",
        ["battery"],
        {"password": "battery"},
        {"username": "anna", "password": "battery"},
        {"auths": {HOST: {"auth": "battery"}}},
    ],
)
def test_a_secret_of_another_shape_is_refused_and_not_shown(
    secrets: "SecretsManagerClient", secret: Any
) -> None:
    known = knowing(secrets, secret)

    with pytest.raises(Rejected) as refused:
        known.for_repository(f"{HOST}/apps/shop")

    assert refused.value.code == "registry_secret_invalid"
    assert refused.value.fix
    assert "battery" not in str(refused.value)


def test_a_secret_that_is_not_there_is_said_to_be_missing(secrets: "SecretsManagerClient") -> None:
    ecr = boto3.client("ecr", region_name="eu-west-1")

    with pytest.raises(Rejected, match="registry_secret_missing"):
        AwsCredentials(secrets, ecr, "nowhere", HOST).for_repository(f"{HOST}/shop")


def test_without_a_secret_there_are_no_credentials(secrets: "SecretsManagerClient") -> None:
    ecr = boto3.client("ecr", region_name="eu-west-1")

    assert AwsCredentials(secrets, ecr).for_repository(f"{HOST}/shop") is None


def test_ecr_gives_a_token_of_its_own(secrets: "SecretsManagerClient") -> None:
    found = knowing(secrets, {}).for_repository(f"{ECR}/apps/shop")

    assert found is not None
    assert found.username == "AWS"
    assert found.password


def test_ecr_in_another_region_is_a_clear_error(secrets: "SecretsManagerClient") -> None:
    with pytest.raises(Rejected, match="registry_in_other_region"):
        knowing(secrets, {}).for_repository(f"{ECR.replace('eu-west-1', 'us-east-1')}/apps/shop")


def test_a_host_that_only_looks_like_ecr_gets_no_token(secrets: "SecretsManagerClient") -> None:
    known = knowing(secrets, {"username": "anna", "password": "battery", "registry": HOST})

    assert known.for_repository(f"{ECR}.evil.example.org/shop") is None
