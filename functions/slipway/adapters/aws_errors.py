"""Translate AWS SDK errors to Rejected or Unavailable, by error code and never by message."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  (the SDK's name for it)
    HTTPClientError,
    IncompleteReadError,
)

from slipway.saga.errors import Rejected, StepError, Unavailable

_RETRY = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Refusal:
    """The Rejected error that an AWS error code is translated to."""

    code: str
    message: str
    fix: str | None = None


Refusals = Mapping[str, Refusal]


@contextmanager
def aws_errors(doing: str, refusals: Refusals | None = None) -> Iterator[None]:
    """Raise AWS errors as Rejected or Unavailable. `doing` completes the message "cannot …"."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translated(error, doing, refusals or {}) from error


def translated(error: ClientError | BotoCoreError, doing: str, refusals: Refusals) -> StepError:
    if isinstance(error, ClientError):
        return _answered(error, doing, refusals)
    if isinstance(error, ConnectionError | HTTPClientError | IncompleteReadError):
        return Unavailable("aws_unreachable", f"cannot {doing}: {type(error).__name__}")
    return Rejected(
        "aws_misconfigured",
        f"cannot {doing}: {error}",
        fix="check the AWS region and credentials of this process",
    )


def _answered(error: ClientError, doing: str, refusals: Refusals) -> StepError:
    code = error.response.get("Error", {}).get("Code", "Unknown")
    if code in refusals:
        known = refusals[code]
        return Rejected(known.code, known.message, fix=known.fix)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _RETRY or status >= _SERVER_ERROR:
        return Unavailable("aws_busy", f"cannot {doing}: {code}")
    return Rejected(
        "aws_refused",
        f"cannot {doing}: {code}",
        fix="check the permissions and names that this function was given",
    )
