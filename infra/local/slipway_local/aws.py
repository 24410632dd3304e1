"""AWS in this process: context managers that put moto behind boto3's clients."""

import gc
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from slipway_local.glue.imports import light_imports
from slipway_local.template.arns import REGION


@dataclass(frozen=True)
class Keys:
    """The access key of one local system, generated at its start: older URLs become invalid."""

    key_id: str
    secret: str


def draw_keys() -> Keys:
    return Keys("SLIPWAYLOCAL", secrets.token_hex(20))


@contextmanager
def environment(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Set these variables, unset those that are None, and restore all of them at the end."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    if "TZ" in variables:
        time.tzset()


def aws_variables(keys: Keys, objects_url: str) -> dict[str, str | None]:
    """Hide the user's own profile, keys and endpoints, so that nothing leaves the machine."""
    return {
        "AWS_ACCESS_KEY_ID": keys.key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret,
        "AWS_SESSION_TOKEN": None,
        "AWS_PROFILE": None,
        "AWS_DEFAULT_PROFILE": None,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": None,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_S3": objects_url,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_S3_CUSTOM_ENDPOINTS": objects_url,
        "TZ": "UTC",
    }


@contextmanager
def local_aws() -> Iterator[None]:
    """Inside the block, boto3 reaches only moto; other HTTP libraries are not affected."""
    with light_imports(), _uncollected():
        from slipway_local.mocked import mocked  # noqa: PLC0415  (imports moto, so not before here)
    with mocked():
        yield


@contextmanager
def _uncollected() -> Iterator[None]:
    """Exempt the objects of a thousand imported modules from garbage collection.

    Scanning them repeatedly takes a third of their import's time, and as much again at exit.
    """
    if "slipway_local.mocked" in sys.modules or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
