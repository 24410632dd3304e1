"""Put moto behind boto3's clients only, without patching any other HTTP library.

moto's own decorator also replaces the transport of `requests`, which the Docker SDK uses.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import boto3
import moto.stepfunctions.parser.models  # noqa: F401  (the heaviest import: here, not in a request)
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.models import botocore_stubber

from slipway_local.glue.patching import replaced


@contextmanager
def mocked() -> Iterator[None]:
    settings: Any = default_user_config
    before = dict(settings)
    with ExitStack() as stack:
        stack.enter_context(replaced(boto3, "DEFAULT_SESSION", None))
        stack.enter_context(replaced(botocore_stubber, "enabled", True))
        settings["stepfunctions"] = {"execute_state_machine": True}
        stack.callback(settings.update, before)
        stack.callback(BackendDict.reset)
        BackendDict.reset()
        yield
