"""A file of named number columns, read by mapping it into memory: nothing is parsed, nothing is executed.

Layout: eight bytes of magic, the length of the head (4 bytes, little-endian), the head (JSON: what the file
is and where each column stands), padding to eight bytes, the columns. Their CRC-32 stands in the head.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import sys
import tempfile
import zlib
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import ModelError

_MAGIC = b"huiyingT"
_ALIGN = 8


def write_table_file(path: Path, about: Mapping[str, str], columns: Mapping[str, array[Any] | bytes]) -> None:
    """Write the file so that a reader sees the old one or the whole new one, never a part.

    Args:
        about: what the file is; `TableFile` compares it.
        columns: arrays of numbers, or bytes.
    """
    if sys.byteorder != "little":
        raise ModelError("情感数据表只支持小端序的处理器。", mend="请换一台机器。")
    body, places = bytearray(), {}
    for name, column in columns.items():
        content, kind = (column, "B") if isinstance(column, bytes) else (column.tobytes(), column.typecode)
        places[name] = (kind, len(body), len(content))
        body += content + bytes(-len(content) % _ALIGN)
    head = json.dumps({"about": dict(about), "columns": places, "crc32": zlib.crc32(body)}).encode()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".draft")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(_MAGIC + struct.pack("<I", len(head)) + head)
            file.write(bytes(-file.tell() % _ALIGN))
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


class TableFile:
    """An open table file; its columns are views into the mapped file."""

    def __init__(self, path: Path, about: Mapping[str, str]) -> None:
        """Map the file and check it.

        Raises:
            ModelError: it is damaged, or it is not what `about` says.
        """
        damaged = ModelError(f"情感数据表 {path.name} 已损坏或版本不符。", mend="请删除该文件，会自动重建。")
        try:
            with path.open("rb") as file:
                view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            length = struct.unpack_from("<I", view, len(_MAGIC))[0]
            start = len(_MAGIC) + 4
            head = json.loads(bytes(view[start : start + length]))
            body = view[start + length + (-(start + length) % _ALIGN) :]
            is_whole = view[: len(_MAGIC)] == _MAGIC and zlib.crc32(body) == head["crc32"]
            self._columns = {
                name: body[offset : offset + size].cast(kind)
                for name, (kind, offset, size) in head["columns"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise damaged from error
        if not is_whole or head["about"] != dict(about):
            raise damaged

    def numbers(self, name: str) -> memoryview[Any]:
        """A column as numbers of its own kind."""
        return self._columns[name]

    def content(self, name: str) -> bytes:
        """A column written as bytes."""
        return bytes(self._columns[name])
