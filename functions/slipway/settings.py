"""Every setting of Slipway, read from the environment once and validated.

`.env.example` lists them. On AWS `template.yaml` sets them, locally the user does. Names of tables,
buckets and machines come from the stack; the local system supplies its own.
"""

import os
from collections.abc import Mapping
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from slipway.containerize.base_images import parse_setting
from slipway.containerize.build_settings import FROM_HOST, LONGEST_BUILD_MIN
from slipway.errors import Rejected

PREFIX = "SLIPWAY_"
_UNPREFIXED = {
    "docker_host": "DOCKER_HOST",
    "docker_cert_path": "DOCKER_CERT_PATH",
    "docker_config": "DOCKER_CONFIG",
    "kubeconfig": "KUBECONFIG",
}
_FORMS = {
    "SLIPWAY_URL": "give a URL, such as https://slipway.example.com",
    "DOCKER_HOST": "give an address, such as unix:///var/run/docker.sock or tcp://10.0.0.5:2376",
    "SLIPWAY_REGISTRY": "give host[:port][/path] without http://, such as 127.0.0.1:5000/apps",
    "SLIPWAY_BASE_IMAGES": "give one prefix, such as 127.0.0.1:5000, or a map, such as "
    "docker.io=mirror.example.com/hub,gcr.io=mirror.example.com/gcr",
    "SLIPWAY_MIRRORS": "give from-host, or a file of KEY=VALUE lines that can be read",
    "SLIPWAY_BUILD_NETWORK": "give the name of a network of the engine, such as host",
    "SLIPWAY_SCANNER": "give trivy or none; scanning by ECR is not there",
    "SLIPWAY_REGISTRIES_ALLOWED": "give host[:port] with commas between, such as ghcr.io,quay.io",
    "SLIPWAY_OPERATORS": "give ARNs with commas between, such as arn:aws:iam::1234567890:role/ops",
}
_ELSEWHERE = {"SLIPWAY_REQUIRE_ENGINES", "SLIPWAY_SEED"}  # read by the tests
_ELSEWHERE_PREFIXES = ("SLIPWAY_ENGINE_", "SLIPWAY_CLUSTER_")  # read by `make engines`


class InvalidSettings(Exception):  # noqa: N818  (named by the condition)
    """A single sentence that names the setting and the fix."""


def _readable(address: str) -> str:
    """Raises ValueError for an invalid port or IPv6 address."""
    _ = urlsplit(address).port
    return address


def _bases(value: str) -> str:
    """Raises ValueError unless the value is a prefix or a map."""
    try:
        parse_setting(value)
    except Rejected as malformed:
        raise ValueError(malformed.message) from malformed
    return value


def _mirrors(value: str) -> str:
    """Raises ValueError for a file that cannot be read. Its content is parsed by the build."""
    if value != FROM_HOST and not os.access(value, os.R_OK):
        raise ValueError("cannot be read")
    return value


Address = Annotated[str, AfterValidator(_readable)]


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    # endpoints and credentials
    url: Address | None = Field(None, pattern=r"^https?://\S+$")
    token: str | None = Field(None, repr=False)
    docker_host: Address | None = Field(None, pattern=r"^(unix|tcp|ssh|npipe|https?)://\S+$")
    docker_cert_path: str | None = None
    docker_config: str | None = None
    kubeconfig: str | None = None
    registry: str | None = Field(None, pattern=r"^[A-Za-z0-9.-]+(:\d+)?(/[a-z0-9._/-]+)?$")
    registries_allowed: str | None = Field(
        None, pattern=r"^[A-Za-z0-9.-]+(:\d+)?(,[A-Za-z0-9.-]+(:\d+)?)*$"
    )
    # builds and scans
    base_images: Annotated[str, AfterValidator(_bases)] | None = None
    mirrors: Annotated[str, AfterValidator(_mirrors)] | None = None
    build_network: str | None = Field(None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")
    builder: Literal["engine", "codebuild"] = "engine"
    build_limit_min: int = Field(60, ge=5, le=LONGEST_BUILD_MIN)
    scanner: Literal["trivy", "none"] | None = None
    when_busy: Literal["refuse", "wait"] = "refuse"
    # the local system
    state: str | None = None
    # authorization on AWS
    operators: str | None = Field(None, pattern=r"^arn:[^,\s]+(,arn:[^,\s]+)*$")
    scope_claim: str | None = None
    scope_prefix: str | None = None
    # set by the stack
    stage: str = "local"
    write_table: str = "slipway-write"
    read_table: str = "slipway-read"
    read_table_green: str = "slipway-read-green"
    bucket: str = "slipway-workspace"
    bus: str = "slipway"
    undelivered_url: str | None = None
    state_machine_arn: str | None = None
    registry_secret_arn: str | None = None
    codebuild_project: str | None = None
    eks_cluster: str | None = None
    at_engine: str | None = None
    at_cluster: str | None = None
    rehearsal: bool = False
    instance: str | None = Field(None, pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$")
    metrics_namespace: str | None = Field(None, pattern=r"^[A-Za-z0-9._/#:-]{1,255}$")
    count_messages: bool = False
    sweep_grace_minutes: int = Field(60, ge=0)
    source_max_mb: int = Field(200, ge=1, le=10_000)

    @property
    def world(self) -> Mapping[str, str] | None:
        """The engine and cluster that workflows act on; None where neither is configured.

        Not the registry: images are undone by their full name, wherever new ones are pushed by
        then.
        """
        said = {"engine": self.at_engine, "cluster": self.at_cluster}
        return {part: place for part, place in said.items() if place} or None

    @property
    def further_registries(self) -> tuple[str, ...]:
        """Registry hosts that `image.repository` may name besides the host of `registry`."""
        return tuple(self.registries_allowed.split(",")) if self.registries_allowed else ()

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Raises InvalidSettings. An empty value counts as not set."""
        values = {
            key.removeprefix(PREFIX).lower(): value
            for key, value in environment.items()
            if key.startswith(PREFIX) and value and not _is_elsewhere(key)
        }
        values |= {
            field: environment[name] for field, name in _UNPREFIXED.items() if environment.get(name)
        }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InvalidSettings(_sentence(error)) from None


def _is_elsewhere(key: str) -> bool:
    return key in _ELSEWHERE or key.startswith(_ELSEWHERE_PREFIXES)


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return _UNPREFIXED.get(field, PREFIX + field.upper())


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name = variable(str(first["loc"][0]))
    if first["type"] == "extra_forbidden":
        return f"{name} is not a setting of Slipway; the settings are listed in .env.example"
    return f"{name}: {_FORMS.get(name, first['msg'])}"
