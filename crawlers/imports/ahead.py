"""Reading ahead: the next rows are read and masked in a process of their own while these are stored.

Reading a row of an export (dates, masking, hashing) costs about as much as storing it, and Python runs one
thread at a time. A forked child shares the opened file and the loaded workbook with its parent, uncopied.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from dataclasses import fields
from itertools import islice
from multiprocessing.connection import Connection as Pipe
from operator import attrgetter
from queue import Queue
from threading import Thread
from typing import Any

from core.errors import FileRefused, HuiyingError
from core.model import MessageRecord, ReplyRecord
from crawlers.imports.opening import Accepted, Ignored, Rejected

Outcome = Accepted | Rejected | Ignored
_ROWS_A_MESSAGE = 500
_MESSAGES_AHEAD = 8
_END = "end"

# Pickle writes a frozen dataclass field by field in Python; plain tuples go through at a fifth of the cost.
_Packed = tuple[type, tuple[Any, ...]]
_KINDS = (Accepted, Rejected, Ignored)
_GETTERS = {
    kind: attrgetter(*(f.name for f in fields(kind))) for kind in (*_KINDS, MessageRecord, ReplyRecord)
}
_RECORD = [f.name for f in fields(Accepted)].index("record")
_REPLIES = [f.name for f in fields(MessageRecord)].index("replies")


def read_ahead(rows: Callable[[], Iterator[Outcome]]) -> Iterator[Outcome]:
    """The same outcomes in the same order, read some thousand rows ahead by a child process.

    The child waits when storing is slower. Closing the iterator, or dying, ends the child.
    To be used from a process with one thread alone, since only that one survives a fork.

    Args:
        rows: begins reading; called in the child.

    Raises:
        HuiyingError: what reading raised in the child.
        FileRefused: the child died, for want of memory for example; what was stored stands.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(rows, theirs, ours), daemon=True)
    child.start()
    theirs.close()
    try:
        yield from _receive(ours)
    finally:
        ours.close()
        child.join()


def _send(rows: Callable[[], Iterator[Outcome]], pipe: Pipe, unused: Pipe) -> None:
    """What the child does: read in this thread, write to the pipe in another, so that neither waits."""
    unused.close()  # otherwise the child would hold its own pipe open when the parent is gone
    ready: Queue[Any] = Queue(_MESSAGES_AHEAD)
    writer = Thread(target=_write, args=(ready, pipe), daemon=True)
    writer.start()
    try:
        outcomes = rows()
        while some := list(islice(outcomes, _ROWS_A_MESSAGE)):
            ready.put([_pack(one) for one in some])
        ready.put(_END)
    except HuiyingError as error:
        ready.put(error)
    writer.join()


def _write(ready: Queue[Any], pipe: Pipe) -> None:
    try:
        while isinstance(message := ready.get(), list):
            pipe.send(message)
        pipe.send(message)
    except BrokenPipeError:
        os._exit(0)  # the parent went away: nobody wants the rest, and the reading thread may be waiting


def _receive(pipe: Pipe) -> Iterator[Outcome]:
    while True:
        try:
            message = pipe.recv()
        except EOFError:
            raise FileRefused(
                "",
                "读取文件的程序中途退出了。",
                mend="请再运行一次；已存入的内容不会重复。",
                code="file.reader_died",
            ) from None
        if isinstance(message, HuiyingError):
            raise message
        if message == _END:
            return
        yield from map(_unpack, message)


def _pack(outcome: Outcome) -> _Packed:
    values = _GETTERS[type(outcome)](outcome)
    if isinstance(outcome, Accepted):
        record = list(_GETTERS[MessageRecord](outcome.record))
        record[_REPLIES] = [_GETTERS[ReplyRecord](reply) for reply in outcome.record.replies]
        values = (*values[:_RECORD], record, *values[_RECORD + 1 :])
    return type(outcome), values


def _unpack(packed: _Packed) -> Outcome:
    kind, values = packed
    if kind is Accepted:
        record = values[_RECORD]
        record[_REPLIES] = tuple(ReplyRecord(*reply) for reply in record[_REPLIES])
        values = (*values[:_RECORD], MessageRecord(*record), *values[_RECORD + 1 :])
    outcome: Outcome = kind(*values)
    return outcome
