"""Signing in to EKS needs credentials and no network."""

import base64
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from slipway.adapters.eks_token import EksToken
from slipway.saga.errors import Rejected


def signer(clock: Callable[[], float] = lambda: 0.0, region: str = "eu-central-1") -> EksToken:
    session = boto3.Session("AKIDEXAMPLE", "not-a-secret", region_name=region)
    return EksToken(session.client("sts"), "prod", clock)


def signed_url(token: str) -> str:
    body = token.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def test_a_token_is_a_presigned_call_that_names_the_cluster() -> None:
    token = signer()()

    url = urlsplit(signed_url(token))
    query = parse_qs(url.query)
    assert token.startswith("k8s-aws-v1.")
    assert not token.endswith("=")
    assert url.hostname == "sts.eu-central-1.amazonaws.com"
    assert query["Action"] == ["GetCallerIdentity"]
    assert query["X-Amz-Expires"] == ["60"]
    assert query["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]


def test_in_another_partition_its_own_service_is_asked() -> None:
    url = urlsplit(signed_url(signer(region="cn-north-1")()))

    assert url.hostname == "sts.cn-north-1.amazonaws.com.cn"


def test_a_token_is_used_again_and_renewed_well_before_it_ends() -> None:
    times = iter([0.0, 599.0, 601.0])
    session = boto3.Session("AKIDEXAMPLE", "not-a-secret", region_name="eu-central-1")
    sts = session.client("sts")
    signed: list[str] = []
    sts.meta.events.register("before-sign.sts", lambda **_: signed.append("once more"))
    token = EksToken(sts, "prod", clock=lambda: next(times))

    token()
    token()
    assert len(signed) == 1
    token()
    assert len(signed) == 2


def test_without_credentials_the_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path))
    token = EksToken(boto3.Session(region_name="eu-central-1").client("sts"), "prod")

    with pytest.raises(Rejected, match="aws_credentials_missing"):
        token()
