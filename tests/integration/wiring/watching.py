"""Notes every call of AWS that a function of the local system makes, by the function's name."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from types import MappingProxyType
from typing import Any

from boto3.s3 import inject
from boto3.s3.transfer import TransferConfig
from botocore import signers
from botocore.client import BaseClient
from tests.integration.wiring.calls import Request, requests

from slipway_local.functions.invocation import Answer, JsonText
from slipway_local.functions.service import Functions, name_of
from slipway_local.glue.patching import replaced

_function: ContextVar[str | None] = ContextVar("function", default=None)
_call = vars(BaseClient)["_make_api_call"]
_sign = signers.generate_presigned_url
_invoke = Functions.invoke


class Watch:
    """`seen`: by function, what IAM would have been asked. A function that ran has an entry."""

    def __init__(self) -> None:
        self.seen: dict[str, set[Request]] = {}
        self._functions: Functions | None = None

    def run(self, name: str, event: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Calls a function as a service does. Something else must have run before."""
        assert self._functions
        answer = self.invoke(self._functions, name, json.dumps(dict(event)))
        assert answer.error is None, answer

    def invoke(self, functions: Functions, name: str, payload: JsonText) -> Answer:
        self._functions = functions
        self.seen.setdefault(name_of(name), set())
        with _running(name_of(name)):
            return _invoke(functions, name, payload)

    def call(self, client: Any, operation: str, given: Any) -> Any:
        """What the service does meanwhile, it does with permissions of its own."""
        self._note(client, operation, given)
        with _running(None):
            return _call(client, operation, given)

    def sign(self, client: Any, operation: str, Params: Any = None, **more: Any) -> Any:  # noqa: N803  (boto's name)
        """Whoever has the URL may do what its signer may: IAM looks when it is used."""
        self._note(client, client.meta.method_to_api_mapping[operation], Params)
        return _sign(client, operation, Params=Params, **more)

    @property
    def function(self) -> str | None:
        """The one that runs here."""
        return _function.get()

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """A function that the local system has no use for runs in the block."""
        self.seen.setdefault(name, set())
        with _running(name):
            yield

    def ask(self, *asked: Request) -> None:
        if function := _function.get():
            self.seen[function].update(asked)

    def _note(self, client: Any, operation: str, given: Any) -> None:
        if self.function:
            self.ask(*requests(client.meta.service_model.service_name, operation, given))


@contextmanager
def _running(function: str | None) -> Iterator[None]:
    token = _function.set(function)
    try:
        yield
    finally:
        _function.reset(token)


@contextmanager
def watched() -> Iterator[Watch]:
    """Enter before the system is started."""
    watch = Watch()

    def invoke(functions: Functions, name: str, payload: JsonText) -> Answer:
        return watch.invoke(functions, name, payload)

    def call(client: Any, operation: str, given: Any) -> Any:
        return watch.call(client, operation, given)

    def sign(client: Any, operation: str, **given: Any) -> Any:
        return watch.sign(client, operation, **given)

    in_this_thread = partial(TransferConfig, use_threads=False)  # a pool knows of no function
    with (
        replaced(Functions, "invoke", invoke),
        replaced(BaseClient, "_make_api_call", call),
        replaced(signers, "generate_presigned_url", sign),
        replaced(inject, "TransferConfig", in_this_thread),
    ):
        yield watch
