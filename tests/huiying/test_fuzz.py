"""Damaged files by the thousand: no crash, no hang, and every row that was read is accounted for."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import FileRefused
from core.vocabulary import ImportKind
from huiying.importing import Wish, import_file
from huiying.office import Office
from storage.tables import messages, quarantine
from tests.crawlers.imports.files import MAILBOX_HEADER, csv_bytes, letter, xlsx_bytes

# Small files; a reading that takes longer than this hangs.
_LONGEST_SECONDS = 20
_ORDINARY = 60
_THOROUGH = 2000
_ENCODINGS = ("utf-8", "gb18030", "utf-16", "utf-8-sig")
_ODD = (
    "",
    "\0",
    "=1+1",
    "2026-13-40",
    "９" * 30,
    "a\nb",
    '"',
    "\ufeff",
    "1e400",
    "#N/A",
    "长" * 3000,
    "2999-01-01",
)

Mutation = Callable[[random.Random, bytes], bytes]


def rows_of(chance: random.Random) -> list[list[object]]:
    """A letter file with some cells swapped and some rows cut."""
    rows: list[list[object]] = [
        letter(留言编号=f"M{chance.randrange(12)}", 留言详情=f"第{n}件,电话13800138000") for n in range(8)
    ]
    for row in rows:
        if chance.random() < 0.4:
            a, b = chance.randrange(len(row)), chance.randrange(len(row))
            row[a], row[b] = row[b], row[a]
        if chance.random() < 0.3:
            row[chance.randrange(len(row))] = chance.choice(_ODD)
        if chance.random() < 0.2:
            del row[chance.randrange(len(row)) :]
    if chance.random() < 0.2:
        rows.insert(chance.randrange(len(rows)), list(MAILBOX_HEADER))
    return rows


def flipped(chance: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw))]


def spliced(chance: random.Random, raw: bytes) -> bytes:
    """A stretch of the file in another encoding, as copied together from two systems."""
    start = chance.randrange(len(raw))
    end = min(len(raw), start + chance.randrange(200))
    return raw[:start] + "路灯不亮".encode(chance.choice(_ENCODINGS)) + raw[end:]


def untouched(_chance: random.Random, raw: bytes) -> bytes:
    return raw


def inner_flipped(chance: random.Random, raw: bytes) -> bytes:
    """A workbook whose zip is whole and whose XML is not."""
    buffer = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(buffer, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, flipped(chance, content) if name.endswith("sheet1.xml") else content)
    except zipfile.BadZipFile:
        return raw
    return buffer.getvalue()


def mutated(seed: int) -> bytes:
    chance = random.Random(seed)
    rows: list[list[object]] = [list(MAILBOX_HEADER), *rows_of(chance)]
    if chance.random() < 0.5:
        raw = csv_bytes(rows, encoding=chance.choice(_ENCODINGS), delimiter=chance.choice(",\t;"))
        return chance.choice((flipped, cut, spliced, untouched))(chance, raw)
    raw = xlsx_bytes([[_storable(cell) for cell in row] for row in rows])
    return chance.choice((flipped, cut, inner_flipped, untouched))(chance, raw)


def _storable(cell: object) -> object:
    return cell.replace("\0", "") if isinstance(cell, str) else cell


def _require_words(refusal: FileRefused, seed: int) -> None:
    assert refusal.message, seed
    assert refusal.mend, seed


def bring(office: Office, folder: Path, seed: int) -> None:
    """Import one damaged file twice: all rows are accounted for, and the second time stores nothing."""
    path = folder / f"{seed}.xlsx"
    path.write_bytes(mutated(seed))
    wish = Wish(ImportKind.MAILBOX, f"seed-{seed}", accept_rejected=True)
    began = time.monotonic()
    try:
        first = import_file(office, path, wish)
    except FileRefused as refusal:
        _require_words(refusal, seed)
        return
    again = import_file(office, path, wish)
    assert time.monotonic() - began < _LONGEST_SECONDS, seed
    c, second = first.counts, again.counts
    assert c.read == c.stored + c.revised + c.duplicate + c.quarantined, seed
    assert second.read == second.stored + second.revised + second.duplicate + second.quarantined, seed
    assert (second.read, second.quarantined, second.stored) == (c.read, c.quarantined, 0), seed
    with office.database.read() as connection:
        kept = (
            sa.select(sa.func.count())
            .select_from(quarantine)
            .where(quarantine.c.import_id == first.import_id)
        )
        new = sa.select(sa.func.count()).select_from(messages).where(messages.c.import_id == first.import_id)
        assert connection.execute(kept).scalar_one() == c.quarantined, seed
        assert connection.execute(new).scalar_one() == c.stored, seed
    path.unlink()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_damaged_files_are_refused_or_accounted_for(office: Office, tmp_path: Path) -> None:
    for seed in range(_ORDINARY):
        bring(office, tmp_path, seed)


@pytest.mark.thorough
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_thousand_damaged_files_are_refused_or_accounted_for(office: Office, tmp_path: Path) -> None:
    for seed in range(_ORDINARY, _THOROUGH):
        bring(office, tmp_path, seed)


def _package(**parts: bytes) -> bytes:
    """A workbook with some parts replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes([MAILBOX_HEADER, letter()]))) as old:
        content = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in (content | parts).items():
            new.writestr(name, data)
    return buffer.getvalue()


_ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
)
_OUTSIDE = _ENTITIES.replace(b'<!ENTITY a "aaaaaaaaaa">', b'<!ENTITY a SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize(
    "raw",
    [
        _package(**{"xl/worksheets/sheet1.xml": _ENTITIES}),
        _package(**{"xl/worksheets/sheet1.xml": _OUTSIDE}),
        _package(**{"xl/bomb.bin": bytes(300 << 20)}),
    ],
    ids=["entities", "an entity from outside", "a bomb of zeros"],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_malicious_workbook_is_refused_with_a_sentence(office: Office, tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(raw)
    with pytest.raises(FileRefused) as refused:
        import_file(office, path, Wish(ImportKind.MAILBOX))
    assert refused.value.mend


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_path_tricks_inside_a_workbook_write_nothing(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_package(**{"../huiying-escaped": b"x", "../../../huiying-escaped": b"x"}))
    import_file(office, path, Wish(ImportKind.MAILBOX))
    assert not list(tmp_path.parent.rglob("huiying-escaped"))
