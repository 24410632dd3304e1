"""Translate errors of a registry, or of the network, to Rejected or Unavailable."""

from slipway.saga.errors import Rejected, StepError, Unavailable

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED, TOO_MANY = 401, 403, 404, 405, 429

# As the Docker Engine reports them: codes of the distribution specification, and its own errors.
_KNOWN = (
    *("unauthorized", "denied", "name unknown", "name invalid", "manifest invalid", "unsupported"),
    *("manifest unknown", "blob unknown", "digest invalid", "size invalid", "toomanyrequests"),
    *("no basic auth credentials", "connection refused", "no such host", "no route to host"),
    *("connection reset by peer", "broken pipe", "EOF"),
    *("i/o timeout", "TLS handshake timeout", "certificate signed by unknown authority"),
    *("certificate has expired", "server gave HTTP response to HTTPS client"),
)


def known_words(message: str) -> str:
    """Return the part of an error message that is safe to repeat: words from a fixed list.

    The message may quote the response of any host; a push to an internal address must not disclose
    it.
    """
    found = [words for words in _KNOWN if words in message]
    return ", ".join(found) or "for an unrecognized reason"


def denied(host: str, why: str) -> Rejected:
    return Rejected(
        "registry_denied",
        f"{host} refused the request: {why}",
        fix=f"docker login {host}, or correct the registry's secret",
    )


def unreachable(host: str, why: str) -> Unavailable:
    return Unavailable(
        "registry_unreachable",
        f"{host} does not respond: {why}",
        fix="check that the registry runs and that SLIPWAY_REGISTRY names it",
    )


def delete_disabled(host: str) -> Rejected:
    return Rejected(
        "registry_delete_disabled",
        f"{host} does not allow manifests to be deleted",
        fix="enable delete: REGISTRY_STORAGE_DELETE_ENABLED=true",
    )


def cut_off(host: str, listed: str) -> Unavailable:
    return Unavailable(
        "registry_failed", f"{host} returned an incomplete list of {listed}", fix="try again later"
    )


def endless(host: str, listed: str, pages: int) -> Rejected:
    return Rejected("registry_endless", f"{host} returned more than {pages} pages of {listed}")


def refused(host: str, status: int, asked: str) -> StepError:
    """`asked` is method and path, without the query."""
    if status in {UNAUTHORIZED, FORBIDDEN}:
        return denied(host, f"{status} for {asked}")
    if status == TOO_MANY or status >= 500:  # noqa: PLR2004  (RFC 9110: the server's own errors)
        return Unavailable(
            "registry_failed", f"{host} returned {status} for {asked}", fix="try again later"
        )
    return Rejected("registry_refused", f"{host} returned {status} for {asked}")
