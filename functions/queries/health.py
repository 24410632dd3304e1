"""Whether the API is up, its stage, and whether it is a rehearsal. Needs no identity."""

from slipway.buses import query
from slipway.cqrs.request import Call
from slipway.messages.queries import GetHealth
from slipway.messages.views import Health
from slipway.settings import Settings
from slipway.wiring import settings


def health(_query: GetHealth, _call: Call, *, settings: Settings) -> Health:
    return Health(stage=settings.stage, rehearsal=settings.rehearsal)


handler = query(health, GetHealth, scope="public", settings=settings)
