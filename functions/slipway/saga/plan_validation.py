"""Validates that a plan, its steps and their ports fit together, before anything runs."""

import inspect
from collections.abc import Callable, Iterator, Mapping

from slipway.saga.binding import Steps, bound
from slipway.saga.plan import Plan, Step
from slipway.saga.step import Behaviour, Execute

_PAIR = "give it (do, undo) or (do, undo, intent), or the handler that `step` returned"
_PAIR_OF_RETIRED = "give it (None, undo): a retired step is only undone"


class InvalidPlan(ValueError):  # noqa: N818  (named by the condition)
    """`what` is wrong, with the step's name, and the `fix` for it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}\nFix: {fix}.")
        self.what, self.fix = what, fix


def validate_plan(
    plan: Plan, steps: Steps, ports: Mapping[str, object], source: str = "`ports=`"
) -> None:
    """Raises InvalidPlan. `source` names the origin of the ports in the message."""
    check_steps(plan, steps)
    if not isinstance(ports, Mapping):
        raise InvalidPlan(f"{source} are {_named(ports)}", "give the ports by name")
    for name, behaviour in bound(steps, ports).items():
        _check_ports(plan[name], behaviour, source)


def check_steps(plan: Plan, steps: Steps) -> None:
    """Raises InvalidPlan unless `steps` has functions for exactly the steps of the plan."""
    _check_names(plan, steps)
    for step in plan:
        _check_functions(step, steps[step.name])


def _check_functions(step: Step, functions: object) -> None:
    if isinstance(functions, Behaviour | Execute):
        own = functions.behaviour.name if isinstance(functions, Execute) else functions.name
        if own != step.name:
            what = f"the functions of {step.name} are named {own}"
            raise InvalidPlan(what, "use the step's name in the plan")
    elif not _is_pair(step, functions):
        what = f"the functions of {step.name} are {_described(functions)}"
        raise InvalidPlan(what, _PAIR_OF_RETIRED if step.retired else _PAIR)


def _check_ports(step: Step, behaviour: Behaviour, source: str) -> None:
    """Raises InvalidPlan for a function that does not take its ports, or needs others."""
    given = dict.fromkeys(behaviour.ports)
    for function in _functions(step, behaviour):
        name, signature = getattr(function, "__name__", step.name), _signature(function)
        if _only_promises(function):
            what = f"{name} of {step.name} is async or a generator and would never run when called"
            raise InvalidPlan(what, "make it an ordinary function")
        try:
            signature.bind(None, **given)
        except TypeError as error:
            ports = ", ".join(given) or "nothing"
            what = f"{step.name} cannot be given its ports: {name}{signature}: {error}"
            fix = f"{source} are {ports}, and every function takes (workflow, **ports)"
            raise InvalidPlan(what, fix) from None


def _only_promises(function: object) -> bool:
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    called = getattr(type(function), "__call__", None)  # noqa: B004  (of an object that is called)
    return any(is_kind(each) for is_kind in kinds for each in (function, called))


def _check_names(plan: Plan, steps: Steps) -> None:
    wanted, given = [step.name for step in plan], list(steps)
    if missing := [name for name in wanted if name not in given]:
        also = [name for name in given if name not in wanted]
        mistaken = f", but {', '.join(also)}" if also else ""
        what = f"steps= has no {', '.join(missing)}, which the plan has{mistaken}"
        raise InvalidPlan(what, "give each step of the plan its (do, undo) under the plan's name")
    if unknown := [name for name in given if name not in wanted]:
        what = f"steps= has {', '.join(unknown)}, which the plan does not have"
        raise InvalidPlan(what, "add it to the plan, or leave it out")


def _is_pair(step: Step, functions: object) -> bool:
    most = 3 if step.waits_s is None else 4
    if not isinstance(functions, tuple) or not 2 <= len(functions) <= most:  # noqa: PLR2004  (a pair)
        return False
    do, undo, *further = functions
    wanted = [undo, *filter(None, further), *([do] if do or not step.retired else [])]
    return all(callable(function) for function in wanted)


def _described(functions: object) -> str:
    if not isinstance(functions, tuple):
        return _named(functions)
    return f"({', '.join(map(_named, functions))})"


def _named(function: object) -> str:
    if function is None:
        return "None"
    return getattr(function, "__name__", None) or f"a {type(function).__name__}"


def _functions(step: Step, behaviour: Behaviour) -> Iterator[Callable[..., object]]:
    """The functions that are called: of a retired step only the undo."""
    if not step.retired:
        yield behaviour.execute
    yield behaviour.compensate
    for function in (behaviour.intent, behaviour.look):
        if function and not step.retired:
            yield function


def _signature(function: Callable[..., object]) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):  # built-ins may have no signature
        return inspect.signature(lambda *_given, **_ports: None)
