"""Tests stay on this machine."""

from __future__ import annotations

import socket

import pytest

from tests.network import NetworkRefused, is_local


def test_connecting_to_another_machine_is_refused() -> None:
    with socket.socket() as connection, pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
        connection.connect(("192.0.2.1", 80))


def test_looking_up_another_machine_is_refused() -> None:
    with pytest.raises(NetworkRefused, match=r"office\.example"):
        socket.create_connection(("office.example", 80))


def test_a_server_on_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        server.accept()[0].close()


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        (b"localhost", True),
        ("10.0.0.7", False),
        ("office.example", False),
    ],
)
def test_only_this_machine_counts_as_local(host: object, local: bool) -> None:
    assert is_local(host) is local
