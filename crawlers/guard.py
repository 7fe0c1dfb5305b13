"""Which machines may be spoken to: public addresses only, judged on the very address that will be connected."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

# NAT64 hides an IPv4 address in the last 32 bits; Python calls the prefix global.
NAT64 = "64:ff9b::"


def is_public(address: str) -> bool:
    """Whether an IP address (v4 or v6, also v4 inside v6) is one of the public internet."""
    try:
        found = ip_address(address.split("%")[0].strip("[]"))
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = (
            found.ipv4_mapped
            or found.sixtofour
            or (found.teredo[1] if found.teredo else None)
            or _nat64(found)
        )
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def _nat64(address: IPv6Address) -> Any:
    prefix = int(IPv6Address(NAT64))
    return ip_address(int(address) - prefix) if 0 <= int(address) - prefix < 2**32 else None


def literal(url: str) -> str | None:
    """Return the IP address a URL names outright, in any notation a resolver would accept, or None for a name."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return str(ip_address(host))
    except (ValueError, AddressValueError):
        return _odd_literal(host)


def _odd_literal(host: str) -> str | None:
    """Resolvers also take `0x7f.1` and `2130706433` for addresses; no newspaper is called so."""
    import socket

    last = host.rpartition(".")[2]
    if not last or not (last.isdigit() or last.startswith("0x")):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return "0.0.0.0"  # noqa: S104 - stands for "no public address", nothing is bound


class GuardedResolver(CachingThreadedResolver):
    """Resolves names and drops those that lead to a private, loopback, link-local or otherwise special address.

    The answer it gives is the one that is connected, so a name that changes its answer between check and use gains
    nothing. Names it dropped stay in `refused`.
    """

    def __init__(self, reactor: Any, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.allow_private = False
        self.trusted: set[str] = set()
        self.refused: set[str] = set()

    def trust(self, *, allow_private: bool, proxy: str | None) -> None:
        """Set what one crawl may reach: everything, or public addresses and its own proxy."""
        self.allow_private = allow_private
        self.trusted = {urlsplit(proxy).hostname or ""} if proxy else set()
        self.refused = set()

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802 - Twisted's name
        """Resolve as Twisted asks; fails with DNSLookupError for a refused address."""
        answer = super().getHostByName(name, timeout)
        return (
            answer if self.allow_private or name in self.trusted else answer.addCallback(self._checked, name)
        )

    def _checked(self, address: str, name: str) -> str:
        if not is_public(address):
            self.refused.add(name.lower())
            raise DNSLookupError(f"{name} leads to {address}, which is no public address")
        return address
