"""An EKS cluster is found by its name; the cluster itself is asked nothing."""

import base64

import boto3
import pytest
from moto import mock_aws

from slipway.adapters.eks_token import from_eks
from slipway.saga.errors import Rejected

REGION = "eu-central-1"


def session() -> boto3.Session:
    return boto3.Session("AKIDEXAMPLE", "not-a-secret", region_name=REGION)


@mock_aws
def test_a_cluster_is_reached_at_the_address_that_eks_names_and_signs_in_with_a_token() -> None:
    found = session().client("eks", region_name=REGION)
    found.create_cluster(
        name="prod",
        roleArn="arn:aws:iam::123456789012:role/cluster",
        resourcesVpcConfig={"subnetIds": []},
    )
    endpoint = found.describe_cluster(name="prod")["cluster"]["endpoint"]

    api = from_eks("prod", session())

    headers: dict[str, str] = {}
    api._client.update_params_for_auth(headers, [], ["BearerToken"])
    assert api._host == endpoint.rstrip("/")
    scheme, _, token = headers["authorization"].partition(" ")
    body = token.removeprefix("k8s-aws-v1.")
    assert scheme == "Bearer"
    assert b"GetCallerIdentity" in base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))


@mock_aws
def test_a_cluster_that_eks_does_not_know_is_named() -> None:
    with pytest.raises(Rejected, match=r"no_such_cluster.* nowhere"):
        from_eks("nowhere", session())
