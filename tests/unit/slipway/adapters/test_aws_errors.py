"""Every answer of AWS is either worth another try, or it is not."""

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from slipway.adapters.aws_errors import Refusal, aws_errors
from slipway.saga.errors import Rejected, Unavailable


def answered(code: str, status: int = 400) -> ClientError:
    told = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "PutItem")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error",
    [
        answered("ThrottlingException"),
        answered("SlowDown", 503),
        answered("SomethingNew", 500),
        EndpointConnectionError(endpoint_url="https://a"),
        ConnectTimeoutError(endpoint_url="https://a"),
        ReadTimeoutError(endpoint_url="https://a"),
    ],
)
def test_what_may_pass_is_tried_again(error: ClientError | BotoCoreError) -> None:
    with pytest.raises(Unavailable, match="cannot write"), aws_errors("write"):
        raise error


@pytest.mark.parametrize("error", [answered("AccessDeniedException"), NoCredentialsError()])
def test_what_stays_is_not_tried_again(error: ClientError | BotoCoreError) -> None:
    with pytest.raises(Rejected, match="cannot write"), aws_errors("write"):
        raise error


def test_a_refusal_that_the_caller_knows_is_told_in_its_words() -> None:
    known = {"NoSuchKey": Refusal("no_such_object", "there is no shop", "put it there")}
    with pytest.raises(Rejected) as refusal, aws_errors("read", known):
        raise answered("NoSuchKey", 404)

    assert (refusal.value.code, refusal.value.fix) == ("no_such_object", "put it there")
