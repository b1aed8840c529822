"""Files that people uploaded, encrypted in the data folder, outside the web root."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.errors import StorageError
from storage.keys import DataKey

STAGING, ATTACHMENTS = "staging", "attachments"
_CHUNK = 1 << 20


def stage(data_dir: Path, key: DataKey, stream: BinaryIO, within: str = STAGING) -> tuple[str, int]:
    """Keep a file encrypted; the name it is kept under, and its size in bytes.

    The name is random: nothing a stranger chose reaches the file system.
    """
    folder = data_dir / within
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{secrets.token_hex(16)}.sealed"
    draft = folder / f".{name}"
    size = 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sealed:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            sealed.write(key.seal(chunk) + b"\n")
    draft.replace(folder / name)
    return name, size


@contextmanager
def staged(data_dir: Path, key: DataKey, name: str, within: str = STAGING) -> Iterator[BinaryIO]:
    """The plain file, in a copy without a name, so that a killed process leaves nothing readable behind.

    Raises:
        StorageError: it is gone, or was sealed with another key.
    """
    try:
        sealed = (data_dir / within / name).open("rb")
    except FileNotFoundError as error:
        raise StorageError("上传的文件已经不在了。", mend="请重新上传。", code="staging.gone") from error
    with sealed, tempfile.TemporaryFile(dir=data_dir) as plain:
        for line in sealed:
            plain.write(key.open(line.rstrip(b"\n")))
        plain.seek(0)
        yield plain


def forget(data_dir: Path, name: str, within: str = STAGING) -> None:
    """Remove a kept file; nothing happens where it is gone."""
    if name:
        (data_dir / within / name).unlink(missing_ok=True)
