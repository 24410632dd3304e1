"""The composition root: which adapter implements which port, built on first use.

Nothing is built at import. Adapters are imported where they are built, because docker and
kubernetes cost a cold start that most functions never need.
"""

from slipway.scopes import use
from slipway.wiring.builds import build_context, build_settings, engine, outside_builds, scanner
from slipway.wiring.installation import (
    clock,
    here,
    instance,
    message_meter,
    meter,
    pause,
    settings,
    trust,
)
from slipway.wiring.looking import inspectors, managed_parts
from slipway.wiring.places import cluster, credentials, registry, target
from slipway.wiring.read_side import account_tables, account_views, read_tables, views
from slipway.wiring.sources import keepsakes, source, uploads, workspace
from slipway.wiring.state import accounts, claims, everything, executions, holds, store, tasks
from slipway.wiring.streams import aside, bus, stream_positions

__all__ = [
    "account_tables",
    "account_views",
    "accounts",
    "aside",
    "build_context",
    "build_settings",
    "bus",
    "claims",
    "clock",
    "cluster",
    "credentials",
    "engine",
    "everything",
    "executions",
    "here",
    "holds",
    "inspectors",
    "instance",
    "keepsakes",
    "managed_parts",
    "message_meter",
    "meter",
    "outside_builds",
    "pause",
    "read_tables",
    "registry",
    "scanner",
    "settings",
    "source",
    "store",
    "stream_positions",
    "target",
    "tasks",
    "trust",
    "uploads",
    "use",
    "views",
    "workspace",
]
