"""A mapping file: what an office wrote down about the columns of its own export (TOML).

[columns]
created_at = "市民来信日"

[options]
month_first = true
best_first = true
channel = "message_board"
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import InvalidInput
from core.vocabulary import Channel
from crawlers.imports.fields import ColumnDictionary

_MEND = "请按说明改正列对应文件后再试。"


@dataclass(frozen=True)
class Mapping:
    """Which header stands for which of our fields; wins over the dictionary.

    Attributes:
        columns: our field to their header.
        month_first: `12/16/2016` is 16 December, without proof by the column.
        channel: the channel of the messages, or None for the kind's own.
        best_first: in a file of ratings 1 is the best grade; None where nobody has said.
    """

    columns: AnyMapping[str, str] = field(default_factory=dict)
    month_first: bool = False
    channel: Channel | None = None
    best_first: bool | None = None

    @property
    def fingerprint(self) -> str:
        """Hex sha256 of the content; the same file read with another mapping is another import."""
        facts: list[object] = [sorted(self.columns.items()), self.month_first, self.channel]
        if self.best_first is not None:
            facts.append(self.best_first)
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()

    def check_fields(self, dictionary: ColumnDictionary) -> None:
        """Refuse fields that this kind of file does not have.

        Raises:
            InvalidInput: a field is unknown; the message names the known ones.
        """
        for name in self.columns:
            if name not in dictionary.fields:
                known = "、".join(dictionary.fields)
                raise InvalidInput(
                    f"列对应文件中的字段“{name}”不认识，可用的有：{known}。",
                    mend=_MEND,
                    code="mapping.unknown_field",
                    field=name,
                )


def load_mapping(path: Path) -> Mapping:
    """Read the mapping file at `path`.

    Raises:
        InvalidInput: it cannot be read, is no TOML, or says something that no mapping says.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise _refused(f"列对应文件 {path.name} 打不开或不是 UTF-8 文本。") from None
    return parse_mapping(text)


def parse_mapping(text: str) -> Mapping:
    """Read a mapping.

    Raises:
        InvalidInput: no TOML, an unknown table or option, or a value of the wrong type.
    """
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(f"列对应文件不是有效的 TOML:{error}。") from None
    columns, options = read.pop("columns", {}), read.pop("options", {})
    if read or not isinstance(columns, dict) or not isinstance(options, dict):
        raise _refused("列对应文件只能有 [columns] 和 [options] 两节。")
    if not all(isinstance(header, str) and header.strip() for header in columns.values()):
        raise _refused("列对应文件 [columns] 中每个字段都要写成带引号的表头。")
    return Mapping(dict(columns), *_options(options))


def _options(options: dict[str, object]) -> tuple[bool, Channel | None, bool | None]:
    month_first = options.pop("month_first", False)
    best_first = options.pop("best_first", None)
    channel = options.pop("channel", None)
    if options:
        known = "month_first、best_first、channel"
        raise _refused(f"列对应文件的选项“{next(iter(options))}”不认识，可用的有：{known}。")
    if not isinstance(month_first, bool):
        raise _refused("列对应文件的选项 month_first 只能是 true 或 false。")
    if best_first is not None and not isinstance(best_first, bool):
        raise _refused("列对应文件的选项 best_first 只能是 true 或 false。")
    if channel is not None and channel not in list(Channel):
        raise _refused(f"列对应文件的渠道“{channel}”不认识，可用的有：{'、'.join(Channel)}。")
    return month_first, None if channel is None else Channel(str(channel)), best_first


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, mend=_MEND, code="mapping.invalid", field="mapping")
