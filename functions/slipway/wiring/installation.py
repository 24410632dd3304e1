"""This installation's settings, clocks and meters."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from slipway.scopes import provider
from slipway.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from slipway.adapters.aws_clients import Clients
    from slipway.cqrs.metrics import Meter
    from slipway.cqrs.trust import Trust
    from slipway.saga.environment import Environment


@provider
def settings() -> Settings:
    return Settings.read(os.environ)


@provider
def aws_clients() -> "Clients":
    from slipway.adapters.aws_clients import Clients

    return Clients()


def client(service: str) -> Any:
    """The client of an AWS service, shared by all ports that are built on it."""
    return aws_clients().of(service)


@provider
def instance() -> str | None:
    """The name of this installation, a label of every resource that it creates."""
    return settings().instance


@provider
def here() -> "Environment":
    from slipway.saga.environment import Environment

    return Environment(settings().world, settings().rehearsal)


@provider
def trust() -> "Trust":
    from slipway.cqrs.trust import Trust

    given = settings()
    operators = (given.operators or "").split(",")
    return Trust.of(filter(None, operators), given.scope_claim, given.scope_prefix or "")


@provider
def clock() -> "Callable[[], datetime]":
    from slipway.messages.clock import utc_now

    return utc_now


@provider
def pause() -> Callable[[float], None]:
    """Sleeps for a number of seconds."""
    return time.sleep


@provider
def meter() -> "Meter":
    from slipway.adapters.metrics import EmbeddedMetrics
    from slipway.cqrs.metrics import unmeasured

    given = settings()
    if given.stage == "local" or given.metrics_namespace is None:
        return unmeasured
    return EmbeddedMetrics(given.metrics_namespace, given.stage)


@provider
def message_meter() -> "Meter":
    """For commands and queries, which are counted only if that is configured."""
    from slipway.cqrs.metrics import unmeasured

    return meter() if settings().count_messages else unmeasured
