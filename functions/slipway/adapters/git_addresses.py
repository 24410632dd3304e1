"""Which addresses a Git server may have: protection against SSRF through a user's URL."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from slipway.containerize.cloud_metadata import RANGES_V4, RANGES_V6
from slipway.saga.errors import Rejected, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_METADATA = tuple(ipaddress.ip_network(network) for network in (*RANGES_V4, *RANGES_V6))
_NOT_FOR_HOSTS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # some systems treat it as this host
        "fec0::/10",  # site-local, withdrawn
        *("2001::/32", "2002::/16", "64:ff9b:1::/48"),  # tunnels to an embedded IPv4 address
    )
)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Reach:
    """Metadata, link-local, multicast, reserved and tunnelled addresses are always refused.

    `private`: such a range may contain a company's Git server, but also services that trust their
    network. The local system may connect to it, the functions of a stack may not.
    `loopback`: for the local system; in a Lambda function, loopback is the runtime API.
    """

    loopback: bool = False
    private: bool = False

    def check(self, host: str, address: str) -> Address:
        """Raises Rejected("git_address")."""
        given = ipaddress.ip_address(address.partition("%")[0])
        found = _unwrapped(given)
        if (given in _TRANSLATED and not found.is_global) or not self._allows(found):
            raise Rejected(
                "git_address",
                f"{host} resolves to {found}, an address range Slipway does not connect to",
                fix="give the URL of a Git server, or upload the source",
            )
        return found

    def _allows(self, address: Address) -> bool:
        if address.is_loopback:
            return self.loopback
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        if address.is_reserved or any(
            address in network for network in (*_METADATA, *_NOT_FOR_HOSTS)
        ):
            return False
        return self.private or address.is_global


def _unwrapped(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address embeds, else the address itself.

    An IPv6-only network reaches IPv4 servers through translated (NAT64) addresses.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address


def resolved(host: str, port: int) -> list[str]:
    """Raises Unavailable for an unknown name, as that may be the resolver's fault."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise Unavailable(
            "git_unreachable", f"the name {host} does not resolve", fix="check the URL for a typo"
        ) from error
    return [str(entry[4][0]) for entry in found]


def checked_url(url: str, reach: Reach) -> SplitResult:
    """Raises Rejected or Unavailable; the message never repeats a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _bad_url("it is not a URL") from error
    if parts.username is not None or parts.password is not None:
        raise Rejected(
            "git_credentials",
            "the URL contains credentials",
            fix="leave them out; upload the source of a private repository",
        )
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment:
        raise _bad_url("it is not https://host/path")
    addresses = resolved(parts.hostname, port or _PORTS[parts.scheme])
    found = [reach.check(parts.hostname, address) for address in addresses]
    if parts.scheme == "http" and not all(address.is_loopback for address in found):
        raise Rejected("git_plain_http", "the URL is not encrypted", fix="use https://")
    return parts


def _bad_url(why: str) -> Rejected:
    return Rejected("git_url", f"the Git URL cannot be used: {why}", fix="give https://host/path")


def origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
