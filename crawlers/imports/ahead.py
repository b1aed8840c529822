"""Reading a file in a process of its own, while the office's process stores what came before.

Reading and masking a row takes about as long as storing it: on two cores both are done at once. The reading
process is forked, so that it has the open file and what was found out about it; it never touches the database
and ends with its parent.
"""

from __future__ import annotations

import fcntl
import gc
import pickle
import traceback
from collections.abc import Generator, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, Pipe
from typing import TypeVar

from core.errors import HuiyingError

Batch = TypeVar("Batch")

# One batch may lie in the pipe while the reader makes the next one.
_PIPE_BYTES = 1 << 20
_DONE, _BATCH, _ERROR = range(3)


def ahead(batches: Iterator[Batch]) -> Generator[Batch, None, None]:
    """The same batches in the same order, made by a reader that is up to two of them ahead.

    Closing the iterator stops the reader.

    Raises:
        HuiyingError: the reader was killed. What it raised itself is raised here, too.
    """
    here, there = Pipe(duplex=False)
    if hasattr(fcntl, "F_SETPIPE_SZ"):  # on Linux; elsewhere the reader is one batch ahead at most
        fcntl.fcntl(there.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    # What stands in memory now is shared with the reader, and stays so if nobody looks for cycles in it.
    gc.freeze()
    reader = get_context("fork").Process(target=_read, args=(batches, here, there), daemon=True)
    reader.start()
    there.close()
    try:
        yield from _received(here)
    finally:
        reader.kill()
        reader.join()
        here.close()
        gc.unfreeze()


def _received(here: Connection) -> Iterator[Batch]:
    while True:
        try:
            what, content = pickle.loads(here.recv_bytes())  # noqa: S301 - from our own fork
        except EOFError:
            raise HuiyingError(
                "读取文件的进程意外停止。",
                mend="请检查内存是否足够，再运行一次同样的命令；已写入的内容不会重复。",
                code="import.reader_stopped",
            ) from None
        if what == _DONE:
            return
        if what == _ERROR:
            raise content
        yield content


def _read(batches: Iterator[Batch], here: Connection, there: Connection) -> None:
    """The reader: ends when there is nothing more to read, or nobody to read it for."""
    here.close()
    try:
        for batch in batches:
            _send(there, (_BATCH, batch))
        _send(there, (_DONE, None))
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever asked for the rows
        error.add_note(traceback.format_exc())
        _send(there, (_ERROR, error))


def _send(there: Connection, what: tuple[int, object]) -> None:
    there.send_bytes(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))
