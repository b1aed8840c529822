"""Passwords: hashed with argon2, compared at a steady cost."""

from __future__ import annotations

import secrets
import string
import threading

from pwdlib import PasswordHash

from core.errors import InvalidInput

_GROUPS, _GROUP_LENGTH = 3, 5
# Without the letters and digits that look alike on paper.
_ALPHABET = sorted(set(string.ascii_lowercase + string.digits) - set("il1o0"))

MIN_LENGTH = 8
MAX_LENGTH = 200

# Each hash takes 64 MiB and a processor for a moment; more at once would starve the rest of the server.
_TURN = threading.BoundedSemaphore(2)
_HASHES = PasswordHash.recommended()
# What an unknown login is compared with, so that it takes as long as a known one. No password gives it.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$a2VlcGluZ3RoZWNsb2Nrcw$b6mPp0zVt0bJmJ0m0w0m3T0o5l2gk0cJw0Yb5wYQx5A"


def hash_password(password: str) -> str:
    """The argon2id hash with a salt of its own."""
    with _TURN:
        return _HASHES.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Whether `password` gave the stored hash; None (nobody has this login) costs the same and is False."""
    with _TURN:
        return _HASHES.verify(password, stored if stored is not None else _NOBODY)


def check_new_password(password: str, login: str) -> None:
    """Accept a password somebody chooses.

    Raises:
        InvalidInput: it is too short, too long, only one character over and over, or holds the login.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise _refused(f"密码要有{MIN_LENGTH}到{MAX_LENGTH}个字符。")
    if len(set(password)) == 1 or (login and login.lower() in password.lower()):
        raise _refused("密码太容易猜到。")


def temporary_password(login: str) -> str:
    """Three groups of five, about 74 bits; drawn again when a short login happens to stand in it."""
    while True:
        groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
        password = "-".join(groups)
        if login not in password:
            return password


def _refused(message: str) -> InvalidInput:
    return InvalidInput(
        message, mend="请换一个，可以用几个不相干的词连成一句。", field="new_password", code="password.weak"
    )
