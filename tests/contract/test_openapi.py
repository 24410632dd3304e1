"""The OpenAPI document and the running system say the same: requests made from it are sent."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, CheckContext, GenerationMode, Response
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.integration.operating.desk import Desk, operating

DOCUMENT = json.loads((Path(__file__).parents[2] / "openapi" / "openapi.json").read_text("utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    each.ok().label: each.ok() for each in SCHEMA.get_all_operations() if isinstance(each, Ok)
}
_EXAMPLES = 25
_EXAMPLES_OF_SLOW = {"POST /sweep": 5, "POST /rebuild": 5}
_LEFT_OUT = {"cursor", "until", "min_version"}
_NOTHING_TO_GET_WRONG = {"GET /config", "GET /health"}
_TIMEOUT_S = 60
"""Of one answer: on a machine that has much else to do."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with operating(tmp_path_factory.mktemp("state")) as desk:
        yield desk


def the_models_take_it(_context: CheckContext, response: Response, _case: Case[Any]) -> None:
    """What the document allows may not go with what is there, but it has the right form."""
    told = response.json() if response.status_code == 400 else {}
    assert told.get("errors", []) == []


def _sent(operation: str, mode: GenerationMode, desk: Desk) -> None:
    """Raises when an answer is not what the document says of it."""
    taken = mode is GenerationMode.POSITIVE
    authorized = {"Authorization": f"Bearer {desk.system.token}"}

    @settings(
        max_examples=_EXAMPLES_OF_SLOW.get(operation, _EXAMPLES),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[operation].as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        if taken:
            _in_order(case)
        case.call_and_validate(
            base_url=desk.system.url,
            headers=authorized,
            additional_checks=[the_models_take_it] if taken else [],
            excluded_checks=[positive_data_acceptance],
            timeout=_TIMEOUT_S,
        )

    send()


def _in_order(case: Case[Any]) -> None:
    """No schema says which cursor was given, which of two times is later, or what takes long."""
    case.query = {k: v for k, v in (case.query or {}).items() if k not in _LEFT_OUT}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_document_allows_is_served_as_it_says(operation: str, desk: Desk) -> None:
    _sent(operation, GenerationMode.POSITIVE, desk)


@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - _NOTHING_TO_GET_WRONG))
def test_what_the_document_forbids_is_refused_as_it_says(operation: str, desk: Desk) -> None:
    _sent(operation, GenerationMode.NEGATIVE, desk)
