"""A true .xls of one sheet: BIFF8 records inside a compound file, as small as both formats allow.

Source: [MS-XLS] 2.4 (BOF, BOUNDSHEET8, DIMENSIONS, LABEL, NUMBER, EOF) and [MS-CFB] 2.2–2.6.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# A shorter stream would have to lie in the mini stream.
_CUTOFF = 4096
_GLOBALS, _SHEET = 0x0005, 0x0010


def xls_bytes(rows: Sequence[Sequence[str | float]], *, sheet: str = "Sheet1") -> bytes:
    """The workbook; texts become LABEL cells, numbers NUMBER cells, empty texts no cell."""
    name = struct.pack("<BB", len(sheet), 1) + sheet.encode("utf-16-le")
    head, tail = _bof(_GLOBALS) + _record(0x0042, struct.pack("<H", 1200)), _record(0x000A)
    place = len(head) + 4 + 6 + len(name) + len(tail)
    bound = _record(0x0085, struct.pack("<IBB", place, 0, 0) + name)
    return _compound(head + bound + tail + _cells(rows))


def _cells(rows: Sequence[Sequence[str | float]]) -> bytes:
    width = max(len(row) for row in rows)
    parts = [_bof(_SHEET), _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))]
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            where = struct.pack("<HHH", at, column, 15)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                if text:
                    parts.append(_record(0x0204, where + struct.pack("<HB", len(text) // 2, 1) + text))
            else:
                parts.append(_record(0x0203, where + struct.pack("<d", value)))
    return b"".join([*parts, _record(0x000A)])


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _compound(stream: bytes) -> bytes:
    """A compound file: sector 0 the allocation table, sector 1 the directory, then the stream."""
    stream = stream.ljust(max(_CUTOFF, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    chain = [*range(3, 2 + count), _END]
    table = struct.pack(f"<{_SECTOR // 4}I", *[_FAT, _END, *chain, *[_FREE] * (_SECTOR // 4 - 2 - count)])
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, _CUTOFF, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    return header + table + entries.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    return head + struct.pack("<III", _FREE, _FREE, child) + bytes(36) + struct.pack("<IQ", start, size)
