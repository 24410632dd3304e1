"""Request bodies. Strict: an unknown field is an error, and so is a value of another type.

Every error names its field.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from slipway.messages.meaning import meaning
from slipway.messages.names import (
    ENV_NAMES,
    REPOSITORY,
    AppName,
    DnsLabel,
    DnsName,
    EnvName,
    EnvValue,
    ImageTag,
    IngressHost,
    OnFailure,
    SessionId,
    not_the_clusters_own,
    valid_repository,
)

_IPV4 = re.compile(r"[0-9]+(?:\.[0-9]+){3}")


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class S3Source(_Request):
    bucket: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
        meaning("give the plain name of a bucket, not an ARN, in lower case"),
    ]
    key: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    version_id: str | None = None


_GIT_URL = (
    r"^https?://([!-.0-?A-~]+@)?"  # a login is refused later, with its own message
    r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
    r"(/[!-~]*)?$"
)


class GitSource(_Request):
    """`ref` is a branch, a tag or a full commit id; without it, the default branch is used."""

    url: Annotated[
        str,
        StringConstraints(pattern=_GIT_URL, max_length=2048),
        meaning("give an https:// or http:// URL of at most 2048 characters, percent-encoded"),
    ]
    ref: (
        Annotated[
            str,
            StringConstraints(pattern=r"^[\w./-]+$", max_length=255),
            meaning("give a branch, a tag or a full commit id, of at most 255 characters"),
        ]
        | None
    ) = None
    subdirectory: str | None = None


def _given(field: str, kind: str) -> JsonDict:
    """JSON Schema for: this field is given, and is not null."""
    return {"required": [field], "properties": {field: {"type": kind}}}


class Source(_Request):
    """Exactly one of the three fields is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                _given("upload_id", "string"),
                _given("s3", "object"),
                _given("git", "object"),
            ]
        }
    )

    upload_id: (
        Annotated[
            str,
            StringConstraints(pattern=r"^up_[a-z0-9]{8,64}$"),
            meaning("give the id that POST /uploads returned, up_…"),
        ]
        | None
    ) = None
    s3: S3Source | None = None
    git: GitSource | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(part is not None for part in (self.upload_id, self.s3, self.git)) != 1:
            raise ValueError("give exactly one of upload_id, s3 and git")
        return self


class Ingress(_Request):
    host: IngressHost
    class_name: DnsName | None = None
    tls_secret: DnsName | None = None

    @field_validator("host")
    @classmethod
    def _not_an_address(cls, host: str) -> str:
        if _IPV4.fullmatch(host):
            raise PydanticCustomError("address", "give a DNS name, not an IP address")
        return host


class App(_Request):
    """`namespace` defaults to the name. `component` is a path within the source."""

    name: AppName
    namespace: Annotated[DnsLabel | None, Field(validate_default=True)] = None
    component: str | None = None
    port: Annotated[int, Field(ge=1024, le=65535)] | None = None
    replicas: Annotated[int, Field(ge=1, le=100)] = 1
    env: dict[EnvName, EnvValue] = Field(
        default_factory=dict,
        max_length=100,
        json_schema_extra={"propertyNames": ENV_NAMES},
    )
    ingress: Ingress | None = None

    @field_validator("namespace")
    @classmethod
    def _not_the_clusters_own(cls, namespace: str | None, info: ValidationInfo) -> str | None:
        not_the_clusters_own(namespace or info.data.get("name", ""))
        return namespace

    @property
    def target_namespace(self) -> str:
        return self.namespace or self.name


class Image(_Request):
    """`repository` includes the registry's host, and is named for the app by default.

    `tag` is the workflow's id by default.
    """

    repository: (
        Annotated[
            str,
            StringConstraints(max_length=255),
            WithJsonSchema({"type": "string", "maxLength": 255, "pattern": REPOSITORY}),
        ]
        | None
    ) = None
    tag: ImageTag | None = None

    @field_validator("repository")
    @classmethod
    def _valid_repository(cls, repository: str | None) -> str | None:
        return repository if repository is None else valid_repository(repository)


class Options(_Request):
    """`adopt`: also change existing objects of the cluster that do not belong to this app."""

    scan: bool = True
    deploy: bool = True
    strict: bool = False
    on_failure: OnFailure = "rollback"
    adopt: bool = False


class ContainerizeRequest(_Request):
    source: Source
    app: App
    image: Image = Image()
    options: Options = Options()
    session_id: SessionId | None = None


_Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class ResolveRequest(_Request):
    """`retry` runs the undo again, `skip` leaves what exists, `done` means removed by hand."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"decision": {"not": {"const": "skip"}}}},
                _given("reason", "string"),
            ]
        }
    )

    decision: Literal["retry", "skip", "done"]
    reason: Annotated[_Reason | None, Field(validate_default=True)] = None

    @field_validator("reason")
    @classmethod
    def _skip_has_a_reason(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if reason is None and info.data.get("decision") == "skip":
            raise PydanticCustomError("unexplained", "say why it is left as it is")
        return reason


class RollbackRequest(_Request):
    reason: _Reason = "rolled back by request"


class CancelRequest(_Request):
    reason: _Reason = "cancelled by request"
