"""Do not count a task as activity while it waits for its callback.

Otherwise waiting for idle would take as long as the person does. It also accepts a callback that
arrives before the function has returned: moto would wait for the heartbeat timeout regardless.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as callback,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint

from slipway_local.activity import Activity
from slipway_local.glue.patching import replaced

_Callback = callback.StateTaskServiceCallback


class _Asleep:
    def __init__(self, activity: Activity) -> None:
        self._activity, self._lock = activity, threading.Lock()
        self._endpoints: set[str] = set()
        self._woken: set[str] = set()

    def add(self, endpoint: Any) -> None:
        """A callback may arrive before the wait: then the task stays active throughout."""
        with self._lock:
            if endpoint.callback_id not in self._woken:
                self._endpoints.add(endpoint.callback_id)
                self._activity.end()

    def wake(self, endpoint: Any) -> None:
        """Counts once per wait, whether the callback arrived or the task timed out."""
        with self._lock:
            self._woken.add(endpoint.callback_id)
            if endpoint.callback_id in self._endpoints:
                self._endpoints.remove(endpoint.callback_id)
                self._activity.begin()


@contextmanager
def step_functions_tokens(activity: Activity) -> Iterator[None]:
    wait = _Callback._eval_wait_for_task_token  # noqa: SLF001  (moto has no public hook)
    notify, interrupt = CallbackEndpoint.notify, CallbackEndpoint.interrupt_all
    attempt = ExecutionState._evaluate_with_timeout  # noqa: SLF001  (same)
    asleep = _Asleep(activity)

    def waiting(task: Any, **given: Any) -> Any:
        if said_already := given["callback_endpoint"].get_outcome():
            return said_already
        asleep.add(given["callback_endpoint"])
        try:
            return wait(task, **given)
        finally:
            asleep.wake(given["callback_endpoint"])

    def notified(endpoint: Any, outcome: Any) -> None:
        asleep.wake(endpoint)
        notify(endpoint, outcome)

    def interrupted(endpoint: Any) -> None:
        asleep.wake(endpoint)
        interrupt(endpoint)

    def attempted(state: Any, env: Any) -> None:
        """Give every retry its own token; moto would complete it with the first's outcome."""
        context = env.states.context_object
        if "Task" in context.context_object_data and _is_retry(context):
            env.callback_pool_manager.add(context.update_task_token())
        attempt(state, env)

    with ExitStack() as stack:
        stack.enter_context(replaced(_Callback, "_eval_wait_for_task_token", waiting))
        stack.enter_context(replaced(CallbackEndpoint, "notify", notified))
        stack.enter_context(replaced(CallbackEndpoint, "interrupt_all", interrupted))
        stack.enter_context(replaced(ExecutionState, "_evaluate_with_timeout", attempted))
        yield


def _is_retry(context: Any) -> bool:
    return bool(context.context_object_data["State"]["RetryCount"])
