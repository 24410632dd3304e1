"""Whether something is under way, when the word comes before the task has begun to wait for it."""

from types import SimpleNamespace

import pytest

from slipway_local.activity import Activity
from slipway_local.glue.step_functions_tokens import _Asleep


@pytest.fixture
def activity() -> Activity:
    """One execution runs."""
    activity = Activity()
    activity.begin()
    return activity


def test_a_task_that_was_stopped_before_it_could_wait_is_under_way_all_along(
    activity: Activity,
) -> None:
    asleep, task = _Asleep(activity), SimpleNamespace(callback_id="park")
    asleep.wake(task)

    asleep.add(task)

    assert not activity.wait_idle(0)
    asleep.wake(task)
    activity.end()
    assert activity.wait_idle(0)


def test_a_task_that_waits_is_not_under_way_until_its_word_is_there(activity: Activity) -> None:
    asleep, task = _Asleep(activity), SimpleNamespace(callback_id="park")

    asleep.add(task)
    assert activity.wait_idle(0)

    asleep.wake(task)
    asleep.wake(task)
    assert not activity.wait_idle(0)
