"""Constraints of names, addresses and other texts in requests, with their error messages."""

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from slipway.messages.meaning import meaning
from slipway.messages.secrecy import MAY_BE_SECRET

_LABEL = "use lower-case letters, digits and hyphens; begin with a letter; at most {} characters"
DnsLabel = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", min_length=1, max_length=63),
    meaning(_LABEL.format(63)),
]
AppName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", min_length=1, max_length=48),
    meaning(_LABEL.format(48)),
]
_ENV_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
_ENV_NAME_CHARS = 253  # the limit of a Secret's keys
ENV_NAMES: JsonDict = {"pattern": _ENV_NAME, "maxLength": _ENV_NAME_CHARS}
"""JSON Schema of an object's keys."""
EnvName = Annotated[
    str,
    StringConstraints(pattern=_ENV_NAME, max_length=_ENV_NAME_CHARS),
    meaning("name a variable with letters, digits and underscores; do not begin with a digit"),
]
EnvValue = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00]*$", max_length=4096),
    meaning("give at most 4096 characters, and no NUL"),
    MAY_BE_SECRET,
]
SessionId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$"),
    meaning("use 1 to 64 letters, digits, hyphens and underscores"),
]
_DNS_NAME = r"([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
DnsName = Annotated[
    str,
    StringConstraints(pattern=f"^{_DNS_NAME}", max_length=253),
    meaning("use lower-case letters, digits, hyphens and dots, as in a DNS name"),
]
IngressHost = Annotated[
    str,
    StringConstraints(pattern=rf"^(\*\.)?{_DNS_NAME}", max_length=253),
    meaning("give a DNS name in lower case, such as shop.example.com or *.example.com"),
]
_REPOSITORY = re.compile(
    r"(?:(?:localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|[a-zA-Z0-9-]+(?=:))(?::[0-9]{1,5})?/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
)
REPOSITORY = f"^{_REPOSITORY.pattern}$"
ImageTag = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=128),
    meaning("use at most 128 letters, digits, dots, hyphens and underscores; begin with no dot"),
]
OnFailure = Annotated[
    Literal["rollback", "advise"], Field(description="`advise` is refused for now.")
]


def not_the_clusters_own(namespace: str) -> str:
    if namespace.startswith("kube-"):
        raise PydanticCustomError("reserved", "kube-… belongs to the cluster itself")
    return namespace


def valid_repository(repository: str) -> str:
    """Also accepts a prefix of a repository."""
    if not _REPOSITORY.fullmatch(repository):
        raise PydanticCustomError("unfit", "give host[:port]/path, the path in lower case")
    return repository
