"""A source hears once how it went, whoever tells, in whatever order, from however many threads."""

import threading
from collections.abc import Callable

import pytest

from slipway.messages import Acking, Attributes, Message

LOST = LookupError("the parcel is lost")
LATE = TimeoutError("the parcel is late")


class Post:
    """A source that writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.acking = Acking(lambda: self.heard.append("ack"), self.heard.append)


def test_a_message_is_acked_once_however_often_it_is_told() -> None:
    post = Post()
    parcel = Message("a book", Attributes(type="parcel", source="post"), post.acking)

    assert (parcel.ack(), parcel.ack(), parcel.nack(LOST)) == (True, True, False)
    assert (post.heard, parcel.acking.settled, parcel.acking.error) == (["ack"], True, None)


def test_a_nack_stays_one_and_its_first_error_counts() -> None:
    post = Post()

    assert (post.acking.nack(LOST), post.acking.nack(LATE), post.acking.ack()) == (
        True,
        True,
        False,
    )
    assert post.heard == [LOST]
    assert post.acking.error is LOST


def test_a_copy_with_other_data_is_the_same_message() -> None:
    post = Post()
    parcel = Message("a book", Attributes(type="parcel", source="post"), post.acking)

    parcel.with_data(7).ack()

    assert parcel.nack(LOST) is False
    assert post.heard == ["ack"]


def test_the_source_is_acked_when_all_parts_are_and_one_part_counts_once() -> None:
    post = Post()
    first, second, third = post.acking.shared(3)

    for part in (first, first, first, second):
        part.ack()
    assert post.heard == []
    third.ack()

    assert post.heard == ["ack"]


def test_the_first_nack_of_a_part_is_told_at_once_and_later_ones_do_nothing() -> None:
    post = Post()
    first, second, third = post.acking.shared(3)

    first.ack()
    second.nack(LOST)
    assert post.heard == [LOST]
    third.nack(LATE)
    third.ack()

    assert post.heard == [LOST]


def test_parts_can_be_shared_further() -> None:
    post = Post()
    whole, half = post.acking.shared(2)
    for part in whole.shared(2):
        part.ack()

    assert post.heard == []
    half.ack()
    assert post.heard == ["ack"]


def test_nobody_shares_nothing() -> None:
    with pytest.raises(ValueError, match="one message at least"):
        Acking().shared(0)


def test_a_nack_that_nobody_listens_to_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    Acking().nack(LOST)

    (record,) = caplog.records
    assert record.exc_info is not None
    assert (record.message, record.exc_info[1]) == ("message_failed", LOST)


def all_at_once(told: list[Callable[[], object]]) -> None:
    gate = threading.Barrier(len(told))

    def tell(one: Callable[[], object]) -> None:
        gate.wait()
        one()

    threads = [threading.Thread(target=tell, args=(one,)) for one in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_many_threads_that_ack_and_nack_at_once_one_is_heard() -> None:
    for _ in range(50):
        post = Post()
        all_at_once([post.acking.ack, lambda: post.acking.nack(LOST)] * 4)  # noqa: B023  (ends here)
        assert post.heard in (["ack"], [LOST])


def test_parts_that_are_acked_at_once_ack_their_source_once() -> None:
    for _ in range(50):
        post = Post()
        all_at_once([part.ack for part in post.acking.shared(8)])
        assert post.heard == ["ack"]
