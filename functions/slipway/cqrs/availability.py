"""Refuse request fields that this installation does not support."""

from slipway.cqrs.problem import Refused
from slipway.errors import Rejected
from slipway.messages.requests import App


def check_available(on_failure: str | None, field: str) -> None:
    """Raises Refused("invalid_request")."""
    if on_failure == "advise":
        raise Refused(
            "invalid_request",
            f"{field}: advise is not available",
            field=field,
            fix='send "rollback", or leave it out',
        )


def check_port(app: App) -> None:
    """A pod has one port, which is set as PORT. Raises Refused for a PORT that may differ."""
    if app.env.get("PORT", str(app.port)) != str(app.port):
        raise Refused(
            "invalid_request",
            "app.env.PORT: the port of an app is not set by its environment",
            field="app.env.PORT",
            fix="leave PORT out, and give app.port (--port): PORT is then set to it",
        )


def of_field(error: Rejected, field: str) -> Exception:
    """Turn a registry that is not allowed into a refusal of the field; keep other errors."""
    if error.code != "registry_not_allowed":
        return error
    return Refused("invalid_request", error.message, field=field, fix=error.fix)
