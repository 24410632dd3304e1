"""Sign in to an EKS cluster with a presigned STS request, created without network access."""

import base64
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from slipway.adapters.kubernetes_client import ApiServer, from_description
from slipway.saga.errors import Rejected, StepError, Unavailable

if TYPE_CHECKING:
    from types_boto3_sts import STSClient

_URL_VALID_S = 60
_RENEW_AFTER_S = 10 * 60  # EKS accepts a token for 15 minutes after signing
_HEADER = "x-k8s-aws-id"


class EksToken:
    """Returns a token that is valid for at least five more minutes."""

    def __init__(
        self, sts: "STSClient", cluster: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sts, self._clock = sts, clock
        self._token, self._signed_at = "", 0.0
        self._cluster = cluster
        sts.meta.events.register("before-sign.sts.GetCallerIdentity", self._name_the_cluster)

    def __call__(self) -> str:
        """Raises Rejected("aws_credentials_missing") or Unavailable("aws_unreachable")."""
        now = self._clock()
        if not self._token or now - self._signed_at > _RENEW_AFTER_S:
            self._token, self._signed_at = self._sign(), now
        return self._token

    def _sign(self) -> str:
        try:
            url = self._sts.generate_presigned_url(
                "get_caller_identity", ExpiresIn=_URL_VALID_S, HttpMethod="GET"
            )
        except BotoCoreError as error:
            raise _translated(error, self._cluster) from None
        return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")

    def _name_the_cluster(self, request: AWSRequest, **_: Any) -> None:
        """The header is signed, so that a token is valid for one cluster only."""
        request.headers[_HEADER] = self._cluster


def from_eks(cluster: str, session: boto3.Session | None = None) -> ApiServer:
    """Read address and certificate from EKS. Raises Rejected or Unavailable."""
    session = session or boto3.Session()
    try:
        found = session.client("eks").describe_cluster(name=cluster)["cluster"]
        token = EksToken(session.client("sts"), cluster)
    except (BotoCoreError, ClientError) as error:
        raise _translated(error, cluster) from None
    return from_description(_kubeconfig(cluster, found), token)


def _kubeconfig(cluster: str, found: Mapping[str, Any]) -> dict[str, Any]:
    reached = {
        "server": found["endpoint"],
        "certificate-authority-data": found["certificateAuthority"]["data"],
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": cluster,
        "clusters": [{"name": cluster, "cluster": reached}],
        "users": [{"name": cluster, "user": {}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
    }


def _translated(error: BotoCoreError | ClientError, cluster: str) -> StepError:
    if isinstance(error, NoCredentialsError):
        return Rejected(
            "aws_credentials_missing",
            f"there are no AWS credentials to sign in to the cluster {cluster}",
            fix="give the function a role, or configure the AWS profile",
        )
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code == "ResourceNotFoundException":
        return Rejected("no_such_cluster", f"EKS has no cluster {cluster} in this region")
    if code in {"AccessDeniedException", "UnrecognizedClientException"}:
        return Rejected("cluster_denied", f"EKS denies access to {cluster}: {code}")
    return Unavailable("aws_unreachable", f"EKS does not respond: {type(error).__name__} {code}")
