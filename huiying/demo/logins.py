"""The passwords of the demo's people: random for each installation, kept so that they can be shown again."""

from __future__ import annotations

import json
import os
import secrets
import string
from collections.abc import Iterable
from pathlib import Path

from core.errors import StorageError

FILE_NAME = "demo-logins.json"
_GROUPS, _GROUP_LENGTH = 3, 5
# Without the letters and digits that look alike on a projector.
_ALPHABET = "".join(set(string.ascii_lowercase + string.digits) - set("il1o0"))


def is_demo_folder(data_dir: Path) -> bool:
    """Whether a demo was loaded into this data folder."""
    return (data_dir / FILE_NAME).is_file()


def passwords(data_dir: Path, logins: Iterable[str]) -> dict[str, str]:
    """The password of each login; drawn on the first call, the same on every later one.

    They stand in a file of the data folder that only its owner can read.

    Raises:
        StorageError: the file stands but cannot be read.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        _write(path, {login: _draw() for login in logins})
    try:
        found: dict[str, str] = json.loads(path.read_text("utf-8"))
        return {login: found[login] for login in logins}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"演示口令文件 {path} 已损坏。",
            mend="请运行 huiying demo --fresh 重新装入演示数据。",
            code="demo.damaged",
        ) from error


def _draw() -> str:
    """Three groups of five, about 74 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def _write(path: Path, content: dict[str, str]) -> None:
    """Appears whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
    draft.rename(path)
