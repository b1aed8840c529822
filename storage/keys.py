"""The data folder's key, and what is sealed with it.

Raw rows in quarantine are the only unmasked text the product keeps; they are encrypted with this key.
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import StorageError

_BYTES = 32


@dataclass(frozen=True, repr=False)
class DataKey:
    """32 secret bytes, from which one key per purpose is derived (HKDF-SHA256, RFC 5869)."""

    secret: bytes

    def derive(self, purpose: str) -> bytes:
        """The 32-byte key for one purpose; different purposes give unrelated keys."""
        return HKDF(SHA256(), _BYTES, salt=None, info=f"huiying:{purpose}".encode()).derive(self.secret)

    def seal(self, plain: bytes) -> bytes:
        """Encrypt and sign (Fernet)."""
        return self._fernet().encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """What `seal` was given.

        Raises:
            StorageError: sealed with another key, or damaged.
        """
        try:
            return self._fernet().decrypt(sealed)
        except InvalidToken as error:
            raise StorageError(
                "这份内容不是用当前密钥加密的，打不开。",
                mend="请把原来的 keys/data.key 放回数据目录。",
                code="key.wrong",
            ) from error

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self.derive("seal")))


def load_or_create_key(data_dir: Path) -> DataKey:
    """The key in `keys/data.key`; made on first use, readable by its owner alone.

    Raises:
        StorageError: the file stands but is no key.
    """
    path = data_dir / "keys" / "data.key"
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return _create(path)
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise StorageError(f"密钥文件 {path} 已损坏。", mend="请从备份恢复该文件。", code="key.damaged")
    return DataKey(secret)


def _create(path: Path) -> DataKey:
    """Write a new key; when two processes start at once, both end with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_bytes(_BYTES)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(base64.b64encode(secret).decode() + "\n")
    try:
        os.link(draft, path)  # fails when somebody was first, and never shows half a file
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return load_or_create_key(path.parent.parent)
