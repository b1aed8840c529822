"""Keeps tests off the network: only this machine may be connected to or looked up."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any

_LOCAL_NAMES = {"", "localhost", "localhost.localdomain"}


class NetworkRefused(RuntimeError):
    """A test tried to reach another machine."""


def refuse_other_machines() -> None:
    """Make every later connection or look-up outside this machine raise, until the process ends.

    An audit hook also sees libraries that keep their own reference to `socket.connect`; it does not see
    connections made in C, which in our tests is only libpq's to the test server.

    Raises:
        NetworkRefused: later, in the code that connects.
    """
    sys.addaudithook(_audit)


def is_local(host: object) -> bool:
    """Whether `host` (a name or an address) is this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in _LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        connection, address = arguments
        if connection.family in {socket.AF_INET, socket.AF_INET6} and not is_local(address[0]):
            raise NetworkRefused(f"a test connects to {address!r}")
    elif event == "socket.getaddrinfo" and not is_local(arguments[0]):
        raise NetworkRefused(f"a test looks up {arguments[0]!r}")
