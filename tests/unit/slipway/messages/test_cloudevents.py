"""Messages as CloudEvents 1.0, there and back; what breaks the rules is refused by its name."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipway.messages import Attributes, InvalidMessage, Message, cloudevents
from slipway.messages.events import Event

_unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)
TOLD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "o-1",
    "source": "shop",
    "type": "order.placed",
}
_zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_times = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=_zones)  # noqa: DTZ001
_unassigned = [chr(p + c) for p in range(0, 0x110000, 0x10000) for c in (0xFFFE, 0xFFFF)]
_texts = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"),
        exclude_characters=[*_unassigned, *map(chr, range(0xFDD0, 0xFDF0))],
    ),
    min_size=1,
    max_size=20,
)
_names = st.from_regex(r"x[a-z0-9]{0,19}", fullmatch=True)
_values = st.one_of(_texts, st.booleans(), st.integers(-(2**31), 2**31 - 1))
_json = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner | st.none()) | st.dictionaries(st.text(), inner | st.none()),
    max_leaves=8,
)


def attributes(values: st.SearchStrategy[Any], content: st.SearchStrategy[Any]) -> Any:
    maybe = st.none() | _texts
    return st.builds(
        Attributes,
        id=_texts,
        type=_texts,
        source=st.sampled_from(
            ["shop", "slipway/dev", "urn:shop:1", "https://a.example/b?c=%20#d"]
        ),
        time=st.none() | _times,
        subject=maybe,
        content_type=content,
        schema=st.none() | st.just("https://a.example/order.json"),
        correlation_id=maybe,
        causation_id=maybe,
        deadline=st.none() | _times,
        extensions=st.dictionaries(_names, values, max_size=3),
    )


def messages(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Message[Any]]:
    """Of every kind of data, each with a content type that is its own."""
    as_json = st.sampled_from(
        ["application/json", "text/json", "application/a+json; charset=utf-8"]
    )
    as_text = st.sampled_from(["text/plain", "application/xml", 'text/csv; charset="utf-16"'])
    as_bytes = st.sampled_from(["application/octet-stream", "image/png"])
    return st.one_of(
        st.builds(Message, _json, attributes(values, as_json)),
        st.builds(Message, st.none(), attributes(values, st.none() | as_json)),
        st.builds(Message, st.text(min_size=1), attributes(values, as_text)),
        st.builds(Message, st.binary(min_size=1), attributes(values, as_bytes)),
    )


@_unhurried
@given(messages(_values))
def test_structured_mode_gives_back_what_it_was_given(message: Message[Any]) -> None:
    assert cloudevents.from_json(cloudevents.to_json(message)) == message
    assert cloudevents.from_dict(cloudevents.to_dict(message)) == message


@_unhurried
@given(st.lists(messages(_values), max_size=3))
def test_a_batch_gives_back_what_it_was_given(told: list[Message[Any]]) -> None:
    assert list(cloudevents.from_batch(cloudevents.to_batch(told))) == told


@_unhurried
@given(messages(_texts))
def test_binary_mode_gives_back_what_it_was_given(message: Message[Any]) -> None:
    headers, body = cloudevents.to_http(message)

    assert all(
        0x21 <= ord(each) <= 0x7E for name, v in headers.items() if name[:3] == "ce-" for each in v
    )
    shouted = {name.upper(): value for name, value in headers.items()}
    assert cloudevents.from_http(shouted, body) == (message,)


@_unhurried
@given(messages(_values))
def test_over_http_each_mode_is_known_by_its_content_type(message: Message[Any]) -> None:
    one = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}
    many = {"content-type": cloudevents.BATCH_MEDIA_TYPE}

    assert cloudevents.from_http(one, cloudevents.to_json(message)) == (message,)
    assert cloudevents.from_http(many, cloudevents.to_batch([message, message])) == (message,) * 2


@_unhurried
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists) | _json)
def test_whatever_json_comes_in_it_is_a_message_or_refused(document: Any) -> None:
    for told in (document, {**TOLD, "id": document}, {**TOLD, "time": document, "x": document}):
        try:
            assert isinstance(cloudevents.from_dict(told), Message)
        except InvalidMessage as refused:
            assert refused.where  # noqa: PT017  (either is right)


@_unhurried
@given(st.dictionaries(st.text(), st.text()), st.binary())
def test_whatever_headers_come_in_it_is_a_message_or_refused(
    headers: dict[str, str], body: bytes
) -> None:
    required = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "shop", "ce-type": "t"}
    try:
        assert cloudevents.from_http(headers | required, body)
    except InvalidMessage as refused:
        assert refused.where  # noqa: PT017  (either is right)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"specversion": None}, "specversion"),
        ({"id": None}, "id"),
        ({"source": ""}, "source"),
        ({"type": 7}, "type"),
        ({"time": "2030-03-01"}, "time"),
        ({"time": "2030-03-01T12:00:00"}, "time"),
        ({"time": "2030-02-30T12:00:00Z"}, "time"),
        ({"time": "0001-01-01T00:00:00+02:00"}, "time"),
        ({"expirytime": 1893456000}, "expirytime"),
        ({"datacontenttype": "text/plain", "data": {"not": "a text"}}, "data"),
        ({"data": 1, "data_base64": "AA=="}, "data_base64"),
        ({"data_base64": "no base64!"}, "data_base64"),
        ({"data_base64": 7}, "data_base64"),
        ({"Trace": "1"}, "Trace"),
        ({"averyveryverylongname": "1"}, "averyveryverylongnam"),
        ({"size": 1.5}, "size"),
        ({"trace": {"id": 1}}, "trace"),
        ({"causationid": 7}, "causationid"),
    ],
)
def test_what_breaks_the_rules_is_refused_by_its_name(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidMessage) as refused:
        cloudevents.from_json(json.dumps({**TOLD, **wrong}))

    assert refused.value.where == where


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type"])
def test_what_is_required_has_to_be_there(missing: str) -> None:
    told = {name: value for name, value in TOLD.items() if name != missing}

    with pytest.raises(InvalidMessage) as refused:
        cloudevents.from_dict(told)

    assert refused.value.where == missing


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{", b'{"id": 1, "id": 2}', b'{"data": NaN}', b"\xff", b"[" * 99999]
)
def test_what_is_no_json_object_is_refused(document: bytes) -> None:
    with pytest.raises(InvalidMessage):
        cloudevents.from_json(document)


@pytest.mark.parametrize("data", [object(), float("nan"), {1, 2}, "\ud800"])
def test_data_that_json_has_not_is_refused_before_it_is_sent(data: object) -> None:
    with pytest.raises(InvalidMessage):
        cloudevents.to_json(Message(data, Attributes(type="t", source="shop")))


def test_a_name_given_twice_is_refused() -> None:
    document = json.dumps(TOLD)

    assert cloudevents.from_json(document).attributes.id == "o-1"
    with pytest.raises(InvalidMessage):
        cloudevents.from_json(document.replace('"id": "o-1"', '"id": "o-2", "id": "o-1"'))


def test_null_is_unset() -> None:
    message = cloudevents.from_dict({**TOLD, "subject": None, "trace": None, "data": None})

    assert (message.attributes.subject, message.data) == (None, None)
    assert message.attributes.extensions == {}
    assert message.attributes.time is None


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("%e2%82%ac", "€"),
        ('"two \\"words\\""', 'two "words"'),
        ("plain", "plain"),
    ],
)
def test_headers_of_other_senders_are_read(header: str, text: str) -> None:
    headers = {f"ce-{name}": value for name, value in TOLD.items()} | {"ce-subject": header}

    (message,) = cloudevents.from_http(headers, b"")

    assert message.attributes.subject == text


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"ce-subject": "%C0%A0"}, b""),
        ({"ce-data": "x"}, b""),
        ({"ce-datacontenttype": "text/plain"}, b""),
        ({"content-type": "text/plain; charset=klingon"}, b"x"),
        ({"content-type": "text/plain; charset=utf-8"}, b"\xff"),
        ({"content-type": "application/json"}, b"{"),
        ({"content-type": "nonsense"}, b"x"),
        ({"content-type": "application/cloudevents-batch+json"}, b"{}"),
    ],
)
def test_a_request_that_breaks_the_rules_is_refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        cloudevents.from_http({f"ce-{n}": v for n, v in TOLD.items()} | headers, body)


def test_integers_and_booleans_are_texts_in_headers() -> None:
    told = Attributes(type="t", source="s", extensions={"sequence": 7, "urgent": True})

    headers, body = cloudevents.to_http(Message({"a": 1}, told))

    assert (headers["ce-sequence"], headers["ce-urgent"]) == ("7", "true")
    assert (headers["content-type"], body) == ("application/json", b'{"a":1}')


def test_an_event_is_on_the_wire_under_the_names_that_subscribers_know() -> None:
    event = Event(
        subject="wf_1",
        sequence=3,
        type="slipway.step.done",
        time=NOON,
        owner="anna",
        correlation_id="c-1",
        causation_id="c-0",
        data={"step": {"name": "build_image"}},
    )

    told = event.to_cloudevent("dev")

    assert told == {
        "specversion": "1.0",
        "id": "wf_1-000003",
        "source": "slipway/dev",
        "type": "slipway.step.done",
        "subject": "wf_1",
        "time": "2030-03-01T12:00:00Z",
        "datacontenttype": "application/json",
        "correlationid": "c-1",
        "causationid": "c-0",
        "sequence": 3,
        "data": {"step": {"name": "build_image"}},
    }
    back = cloudevents.from_dict(told)
    assert back == Message(event.data, event.attributes("slipway/dev"))


@pytest.mark.parametrize(
    ("kind", "sequence", "cause"),
    [
        ("workflow.requested", 1, None),
        ("step.started", 3, "wf_1-000002"),
        ("resource.swept", 2, None),
    ],
)
def test_what_no_command_wrote_follows_from_the_event_before_it(
    kind: str, sequence: int, cause: str | None
) -> None:
    event = Event(
        subject="wf_1",
        sequence=sequence,
        type=f"slipway.{kind}",
        time=NOON,
        owner="anna",
        correlation_id="wf_1",
    )

    assert event.to_cloudevent("dev").get("causationid") == cause


@_unhurried
@given(st.text())
def test_an_event_of_a_caller_with_a_strange_name_is_an_event_all_the_same(actor: str) -> None:
    event = Event(
        subject="wf_1",
        sequence=1,
        type="slipway.workflow.requested",
        time=NOON,
        owner=actor,
        correlation_id="wf_1",
        actor=actor,
    )

    told = cloudevents.from_dict(event.to_cloudevent("dev"))

    assert len(told.attributes.extensions.get("actor", "")) == len(actor)  # type: ignore[arg-type]
