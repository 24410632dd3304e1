"""Messages about sessions and configurations: strict commands and queries, and their views."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from slipway.messages.meaning import meaning
from slipway.messages.names import (
    REPOSITORY,
    DnsLabel,
    OnFailure,
    not_the_clusters_own,
    valid_repository,
)
from slipway.messages.views import View

SessionRef = Annotated[
    str,
    StringConstraints(pattern=r"^se_[a-z0-9]{8,64}$"),
    meaning("give a session's id, se_…"),
]
_LABEL = r"^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$"
LabelName = Annotated[
    str,
    StringConstraints(pattern=_LABEL),
    meaning("use 1 to 63 letters, digits and . _ / -; begin and end with a letter or a digit"),
]
LabelValue = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$", max_length=256),
    meaning("give at most 256 characters, and no line ends or other control characters"),
]
RepositoryPrefix = Annotated[
    str,
    StringConstraints(max_length=200),
    AfterValidator(valid_repository),
    WithJsonSchema({"type": "string", "maxLength": 200, "pattern": REPOSITORY}),
]
"""A slash and the app's name are appended; a repository has at most 255 characters."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OpenSession(_Message):
    labels: dict[LabelName, LabelValue] = Field(
        default_factory=dict,
        max_length=20,
        json_schema_extra={"propertyNames": {"pattern": _LABEL}},
    )


class CloseSession(_Message):
    session_id: SessionRef


class _Query(BaseModel):
    """Not strict: numbers in a query string are texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GetSession(_Query):
    session_id: SessionRef
    min_version: Annotated[int, Field(ge=1)] | None = None


class ListSessions(_Query):
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, StringConstraints(max_length=512)] | None = None


class AppDefaults(_Message):
    namespace: Annotated[DnsLabel, AfterValidator(not_the_clusters_own)] | None = None
    replicas: Annotated[int, Field(ge=1, le=100)] | None = None


class ImageDefaults(_Message):
    """The repository of an app is the prefix, a slash and the app's name."""

    repository_prefix: RepositoryPrefix | None = None


class OptionDefaults(_Message):
    """There is no default for `adopt`: each request must ask for it explicitly."""

    scan: bool | None = None
    deploy: bool | None = None
    strict: bool | None = None
    on_failure: OnFailure | None = None


class Defaults(_Message):
    """Values for request fields that are left out. None sets no default."""

    app: AppDefaults = AppDefaults()
    image: ImageDefaults = ImageDefaults()
    options: OptionDefaults = OptionDefaults()


class UpdateConfig(_Message):
    """Replaces the whole configuration."""

    defaults: Defaults


class GetConfig(_Query):
    min_version: Annotated[int, Field(ge=1)] | None = None


class SessionView(View):
    """Open until `expires_at`, unless it was closed before. `labels` are as the caller gave them.

    `version` is the number of the session's last event.
    """

    session_id: str
    version: int
    owner: str
    labels: Mapping[str, str]
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and now < self.expires_at


class SessionPage(View):
    """Open sessions, newest first. `next_cursor` is None on the last page."""

    items: tuple[SessionView, ...]
    next_cursor: str | None = None


class SessionAccepted(View):
    session_id: str
    version: int


class ConfigAccepted(View):
    """Without an id: each caller has exactly one configuration."""

    version: int


class ConfigView(View):
    """`version` counts the updates; before the first one it is 0, and `updated_at` is None."""

    version: int = 0
    updated_at: datetime | None = None
    defaults: Defaults = Defaults()
