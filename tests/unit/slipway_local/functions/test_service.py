"""Handlers are called as Lambda calls them."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from slipway_local.functions.context import LambdaContext
from slipway_local.functions.logs import Logs
from slipway_local.functions.service import Functions, UnknownFunction
from slipway_local.template.model import Function

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:Step"


class OutOfStock(Exception):  # noqa: N818  (a name as a domain would have it)
    pass


class Unspeakable(Exception):  # noqa: N818  (same)
    def __str__(self) -> str:
        raise LookupError


def handler(event: Any, context: Any) -> Any:
    match event["ask"]:
        case "fail":
            raise OutOfStock("no more")
        case "exit":
            raise SystemExit(3)
        case "interrupt":
            raise KeyboardInterrupt
        case "close":
            raise GeneratorExit
        case "mumble":
            raise Unspeakable
        case "object":
            return object()
        case _:
            return {"heard": event["ask"], "name": context.function_name}


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    import sys  # noqa: PLC0415

    monkeypatch.setitem(sys.modules, "shop", sys.modules[__name__])
    return Functions([Function("Step", ARN, "shop.handler", 5.0, 128, {})], Logs(tmp_path))


@pytest.mark.parametrize("name", ["Step", ARN, f"{ARN}:live"])
def test_a_function_is_found_by_name_arn_and_alias(functions: Functions, name: Any) -> None:
    answer = functions.invoke(name, '{"ask": "hello"}')

    assert (answer.payload, answer.error) == ({"heard": "hello", "name": "Step"}, None)


def test_an_exception_is_answered_with_its_class_name_and_kept_in_the_log(
    functions: Functions, tmp_path: Path
) -> None:
    answer = functions.invoke("Step", '{"ask": "fail"}')

    assert (answer.error, answer.payload["errorMessage"]) == ("OutOfStock", "no more")
    assert "OutOfStock: no more" in (tmp_path / "Step.log").read_text()


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        ("exit", "SystemExit"),
        ("interrupt", "KeyboardInterrupt"),
        ("close", "GeneratorExit"),
        ("mumble", "Unspeakable"),
        ("object", "TypeError"),
    ],
)
def test_whatever_a_handler_raises_is_the_answer_and_so_is_answering_no_json(
    functions: Functions, ask: Any, error: Any
) -> None:
    assert functions.invoke("Step", json.dumps({"ask": ask})).error == error


def test_a_function_that_is_not_in_the_template_is_an_error_of_the_caller(
    functions: Functions,
) -> None:
    with pytest.raises(UnknownFunction, match="Nobody"):
        functions.invoke("Nobody", "{}")


def test_the_time_that_is_left_shrinks_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    context = LambdaContext("Step", ARN, 2.0, 128)
    assert context.get_remaining_time_in_millis() == 2000

    now = 200.0

    assert context.get_remaining_time_in_millis() == 0
