"""Whether the office's server may connect to an address: no private, link-local or metadata service.

The name is resolved once, here, and the connection goes to the address that was checked, so a name that
resolves differently a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket


class AddressRefused(Exception):
    """The name leads to a place a channel must not reach."""


def checked_address(host: str, port: int, *, allow_private: bool) -> str:
    """The address to connect to.

    Args:
        host: a name or a literal address, in any notation the system's resolver takes.
        allow_private: the administrator has said that this channel's service is inside the office.

    Raises:
        AddressRefused: one of the addresses is not public.
        OSError: the name does not resolve.
    """
    addresses = _literal(host) or [
        str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise AddressRefused(address)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address belongs to the public network.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64) is judged by both.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = _carried(parsed)
        if inner is not None:
            return parsed.ipv4_mapped is not None and _is_global(inner)
    return _is_global(parsed)


def _literal(host: str) -> list[str]:
    """The address that `host` is already, in any notation (decimal, hexadecimal, short), or nothing."""
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        pass
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except (OSError, UnicodeError):
        return []


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


def _is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved
