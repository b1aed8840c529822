"""What is said of a workbook that cannot be read, whatever its reader says."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from python_calamine import CalamineError, PasswordError

from core.errors import FileRefused


@contextmanager
def refusing_damage(name: str) -> Iterator[None]:
    """Turn whatever a reader of workbooks raises in the block into a refusal of the file `name`.

    Raises:
        FileRefused: the file is damaged or needs a password.
    """
    try:
        yield
    except PasswordError:
        raise encrypted(name) from None
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged(name) from error
    except BaseException as error:
        # A panic inside the reader arrives as an exception outside Exception; it means a damaged file.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(name) from error


def encrypted(name: str) -> FileRefused:
    """The refusal of a workbook with a password."""
    return FileRefused(name, f"{name} 设有打开密码。", mend="请取消密码另存后再导入。", code="file.encrypted")


def damaged(name: str) -> FileRefused:
    """The refusal of a workbook that breaks on the way."""
    return FileRefused(
        name,
        f"{name} 不完整或已损坏，打不开。",
        mend="请重新导出或重新拷贝后再导入。",
        code="file.incomplete",
    )
