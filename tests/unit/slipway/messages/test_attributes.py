"""What a message may be called, and what one that follows from it is called."""

from datetime import UTC, datetime
from typing import Any

import pytest

from slipway.messages import Attributes, InvalidMessage, Message

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)
ORDER = Attributes(
    id="o-1", type="order.placed", source="shop", correlation_id="visit-7", deadline=NOON
)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"id": ""}, "id"),
        ({"id": "a\x00b"}, "id"),
        ({"id": 7}, "id"),
        ({"type": ""}, "type"),
        ({"type": "half \ud800"}, "type"),
        ({"source": "two words"}, "source"),
        ({"source": "100%"}, "source"),
        ({"subject": ""}, "subject"),
        ({"subject": "not a character \uffff"}, "subject"),
        ({"schema": "/relative"}, "dataschema"),
        ({"content_type": "json"}, "datacontenttype"),
        ({"time": datetime(2030, 3, 1)}, "time"),  # noqa: DTZ001  (that is what is wrong)
        ({"deadline": "tomorrow"}, "expirytime"),
        ({"extensions": {"Trace": "1"}}, "Trace"),
        ({"extensions": {"trace_id": "1"}}, "trace_id"),
        ({"extensions": {"": "1"}}, ""),
        ({"extensions": {"a" * 21: "1"}}, "a" * 20),
        ({"extensions": {"size": 1.5}}, "size"),
        ({"extensions": {"size": 2**31}}, "size"),
        ({"extensions": {"size": None}}, "size"),
        ({"extensions": {"data": "1"}}, "data"),
        ({"extensions": {"correlationid": "1"}}, "correlationid"),
    ],
)
def test_an_attribute_that_no_cloudevent_could_carry_is_refused_by_its_name(
    wrong: dict[str, Any], where: str
) -> None:
    with pytest.raises(InvalidMessage) as refused:
        Attributes(**{"type": "order.placed", "source": "shop", **wrong})

    assert refused.value.where == where


def test_a_new_message_has_an_id_and_a_time_of_its_own() -> None:
    first, second = (Attributes(type="order.placed", source="shop") for _ in range(2))

    assert first.id != second.id
    assert first.time is not None
    assert first.time.tzinfo is UTC


def test_what_follows_knows_its_cause_its_correlation_and_its_deadline() -> None:
    bill = Message("a kettle", ORDER).derive(type="bill.sent", data=12, subject="anna")

    told = bill.attributes
    assert (told.causation_id, told.correlation_id, told.deadline) == ("o-1", "visit-7", NOON)
    assert (told.source, told.subject, bill.data) == ("shop", "anna", 12)


def test_the_first_of_a_line_gives_it_its_correlation() -> None:
    visit = Message(None, Attributes(id="v-1", type="visit", source="shop"))

    grandchild = visit.derive(type="order", data=1).derive(type="bill", data=2)

    assert grandchild.attributes.correlation_id == "v-1"


def test_what_follows_has_the_same_ids_when_the_message_comes_again_and_no_two_have_one() -> None:
    def follow_ups() -> list[str]:
        order = Message("a kettle", ORDER)
        types = ("bill.sent", "bill.sent", "parcel.sent")
        return [order.derive(type=each, data=None).attributes.id for each in types]

    assert follow_ups() == follow_ups()
    assert len(set(follow_ups())) == 3


def test_the_text_of_a_message_keeps_its_data_to_itself() -> None:
    assert "kettle" not in repr(Message("a kettle", ORDER))


def test_a_message_does_not_change() -> None:
    order = Message("a kettle", ORDER)

    with pytest.raises(AttributeError):
        order.data = "two kettles"  # type: ignore[misc]  # that is the point
