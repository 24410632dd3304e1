"""Whatever arrives leaves one record: who, what, how it ended; nothing of what was sent."""

import json
import logging
from typing import Any

import pytest
from tests.unit.slipway.cqrs.stories import SHOP, ask, requested

from commands.cancel import handler
from slipway import wiring
from slipway.adapters.metrics import EmbeddedMetrics
from slipway.cqrs.field_names import name_of_field
from slipway.cqrs.metrics import unmeasured
from slipway.messages.requests import ContainerizeRequest
from slipway.saga.memory import MemoryStore

PASSWORD = "hunter2"


@pytest.fixture(autouse=True)
def audited(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "slipway.audit")


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    requested(store)
    return store


def cancel(store: MemoryStore, body: Any = None, **more: Any) -> None:
    with wiring.use(store=store, message_meter=unmeasured):
        ask(handler, "POST", path={"id": SHOP}, body=body or {}, **more)


def told(record: logging.LogRecord) -> dict[str, Any]:
    names = ("command", "caller", "code", "field", "correlation_id")
    return {"event": record.message} | {n: v for n, v in vars(record).items() if n in names}


def test_an_accepted_command_is_on_record_and_its_events_name_it_and_its_caller(
    store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    cancel(store)

    assert [told(record) for record in caplog.records] == [
        {
            "event": "command_accepted",
            "command": "CancelWorkflow",
            "caller": "anna",
            "correlation_id": SHOP,
        }
    ]
    event = store.events(SHOP)[-1]
    assert (event.actor, event.causation_id) == ("anna", vars(caplog.records[0])["command_id"])
    cloudevent = event.to_cloudevent("prod")
    assert (cloudevent["actor"], cloudevent["causationid"]) == (event.actor, event.causation_id)


@pytest.mark.parametrize(
    ("request_", "record"),
    [
        ({"owner": "boris"}, {"caller": "boris", "code": "not_found", "correlation_id": SHOP}),
        ({"owner": None}, {"caller": "anybody", "code": "unauthenticated"}),
        ({"body": f'{{"{PASSWORD}'}, {"caller": "anna", "code": "malformed_json", "field": "body"}),
        ({"body": {PASSWORD: 1}}, {"caller": "anna", "code": "invalid_request"}),
        ({"body": {"reason": 1}}, {"code": "invalid_request", "field": "reason"}),
        ({"headers": {"Idempotency-Key": ""}}, {"field": "Idempotency-Key"}),
    ],
)
def test_a_refused_command_is_on_record_however_early_it_failed(
    store: MemoryStore,
    caplog: pytest.LogCaptureFixture,
    request_: dict[str, Any],
    record: dict[str, Any],
) -> None:
    cancel(store, **request_)

    (found,) = caplog.records
    assert told(found).items() >= {"event": "command_refused", "command": "CancelWorkflow"}.items()
    assert told(found).items() >= record.items()
    assert PASSWORD not in str(vars(found))


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("app.port", "app.port"),
        (f"app.env.{PASSWORD}", "app.env"),
        ("source.git.url", "source.git.url"),
        (PASSWORD, None),
        ("body", "body"),
        (None, None),
    ],
)
def test_a_field_is_named_as_far_as_its_name_is_ours(field: str | None, known: str | None) -> None:
    assert name_of_field(ContainerizeRequest, field) == known


def test_where_there_is_a_namespace_outcome_and_latency_are_counted(
    store: MemoryStore, capsys: pytest.CaptureFixture[str]
) -> None:
    meter = EmbeddedMetrics("Shop", "prod")
    with wiring.use(store=store, message_meter=meter):
        ask(handler, "POST", path={"id": SHOP}, body={})
        ask(handler, "POST", path={"id": SHOP}, body={}, owner=None)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["CommandAccepted" in line for line in lines] == [True, False]
    assert ["CommandRefused" in line for line in lines] == [False, True]
    for line in lines:
        (metric,) = line["_aws"]["CloudWatchMetrics"]
        assert metric["Namespace"] == "Shop"
        assert line["Message"] == "CancelWorkflow"
        assert "Latency" in line
