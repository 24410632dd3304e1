"""Whether the API answers, and what kind of system it belongs to. Needs no identity."""

from slipway.cqrs import answers
from slipway.cqrs.http import endpoint
from slipway.cqrs.request import Call
from slipway.messages.queries import GetHealth
from slipway.messages.views import Health
from slipway.settings import Settings
from slipway.wiring import settings


def health(_query: GetHealth, _call: Call, *, settings: Settings) -> Health:
    return Health(stage=settings.stage, rehearsal=settings.rehearsal)


handler = endpoint(health, GetHealth, answers.ok, public=True, settings=settings)
