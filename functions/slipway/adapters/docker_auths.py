"""Parse the `auths` of a Docker configuration, from a file or a secret."""

from collections.abc import Mapping
from typing import Any

from docker.auth import AuthConfig
from docker.errors import DockerException

from slipway.containerize.ports import Credentials

SECTIONS: Mapping[str, type] = {"auths": dict, "credsStore": str, "credHelpers": dict}


def auth_config(document: Any) -> AuthConfig:
    """Raises ValueError for a document that is not a Docker configuration."""
    if not isinstance(document, dict):
        raise ValueError("not an object")  # noqa: TRY004  (one error for every wrong shape)
    found = {key: document[key] for key in SECTIONS if document.get(key)}
    for key, value in found.items():
        if not isinstance(value, SECTIONS[key]):
            raise ValueError(f"{key} has the wrong shape")  # noqa: TRY004  (same)
    if "auths" in found:
        found["auths"] = {host: _entry(host, entry) for host, entry in found["auths"].items()}
    # Without a configuration the SDK would read its default files.
    return AuthConfig(found)


def _entry(host: str, entry: Any) -> Mapping[str, Any]:
    """Accepts base64 `auth`, and `username` with `password` as in pull secrets."""
    if isinstance(entry, dict) and "auth" not in entry and "username" in entry:
        return {"username": str(entry["username"]), "password": str(entry.get("password", ""))}
    try:
        parsed: Mapping[str, Any] = AuthConfig.parse_auth({host: entry}, raise_on_error=True)[host]
    except (DockerException, TypeError, AttributeError):
        raise ValueError(f"the entry of {host} cannot be read") from None
    except ValueError:
        raise ValueError(f"auth of {host} is not base64 of name:password") from None
    return parsed


def credentials_in(entry: Mapping[str, Any] | None) -> Credentials | None:
    """Return None for an empty entry, as `docker logout` leaves it."""
    if not entry:
        return None
    token = entry.get("IdentityToken") or None
    username = entry.get("username") or entry.get("Username") or ""
    password = entry.get("password") or entry.get("Password") or ""
    if not (token or username):
        return None
    return Credentials(username or "<token>", password, token)
