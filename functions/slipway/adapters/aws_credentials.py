"""Registry credentials on AWS: an ECR authorization token, or a Secrets Manager secret."""

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from slipway.adapters.aws_errors import Refusal, aws_errors
from slipway.adapters.docker_auths import auth_config, credentials_in
from slipway.containerize.ports import Credentials
from slipway.containerize.reference import host_of
from slipway.saga.errors import Rejected

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_secretsmanager import SecretsManagerClient

_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
)
_NO_SECRET = {
    "ResourceNotFoundException": Refusal(
        "registry_secret_missing",
        "the registry's secret does not exist",
        fix="create it, or correct SLIPWAY_REGISTRY_SECRET_ARN",
    )
}


def is_ecr(repository: str) -> bool:
    return _ECR.fullmatch(host_of(repository)) is not None


class AwsCredentials:
    """The secret is `{"username", "password", "registry"}` or a Docker configuration.

    The secret's `registry`, or else the argument `registry`, is the host that the password is for.
    It is never sent to another host, whatever repository a request names.
    """

    def __init__(
        self,
        secrets: "SecretsManagerClient",
        ecr: "ECRClient",
        secret_arn: str | None = None,
        registry: str | None = None,
    ) -> None:
        self._secrets = secrets
        self._ecr = ecr
        self._secret_arn = secret_arn
        self._registry = registry

    def for_repository(self, repository: str) -> Credentials | None:
        host = host_of(repository)
        if match := _ECR.fullmatch(host):
            return self._of_ecr(match["region"])
        return self._of_secret(host) if self._secret_arn else None

    def _of_ecr(self, region: str) -> Credentials:
        ours = self._ecr.meta.region_name
        if region != ours:
            raise Rejected(
                "registry_in_other_region",
                f"the registry is in {region}; tokens are available for {ours} only",
                fix=f"use a registry in {ours}",
            )
        with aws_errors("get a token from ECR"):
            answer = self._ecr.get_authorization_token()
        token = answer["authorizationData"][0]["authorizationToken"]
        username, _, password = base64.b64decode(token).decode().partition(":")
        return Credentials(username, password)

    def _of_secret(self, host: str) -> Credentials | None:
        with aws_errors("read the registry's secret", _NO_SECRET):
            answer = self._secrets.get_secret_value(SecretId=str(self._secret_arn))
        return self._in_document(_json(answer.get("SecretString", "")), host)

    def _in_document(self, document: Any, host: str) -> Credentials | None:
        if isinstance(document, dict) and "auths" in document:
            try:
                # Without credential helpers: those are local programs.
                only = auth_config({"auths": document["auths"]})
            except ValueError as error:
                raise self._broken(str(error)) from None
            return credentials_in(only.resolve_authconfig(host))
        if not isinstance(document, dict) or not {"username", "password"} <= document.keys():
            raise self._broken("it has neither username and password nor auths")
        whose = document.get("registry") or self._registry
        if not isinstance(whose, str):
            raise self._broken("it does not name its registry")
        if whose.split("/")[0] != host:
            return None
        return Credentials(str(document["username"]), str(document["password"]))

    def _broken(self, why: str) -> Rejected:
        return Rejected(
            "registry_secret_invalid",
            f"the registry's secret {self._secret_arn}: {why}",
            fix='store {"username": …, "password": …, "registry": "host"} in it',
        )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
