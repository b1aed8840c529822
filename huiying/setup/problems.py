"""What is wrong with a set-up workbook, cell by cell."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that must be mended before anything is written.

    Attributes:
        row: the number a person sees beside the row; None for a sheet as a whole.
        column: the header; None for a row or a sheet as a whole.
        message: one Chinese sentence; never the content of a secret cell.
    """

    sheet: str
    row: int | None
    column: str | None
    message: str

    @property
    def place(self) -> str:
        """Where it stands, as a person reads it: `“人员”表，第 3 行，“角色”列`."""
        row = f"第 {self.row} 行" if self.row else ""
        column = f"“{self.column}”列" if self.column else ""
        return "，".join(part for part in (f"“{self.sheet}”表", row, column) if part)

    def as_json(self) -> dict[str, Any]:
        """The shape of the command's answer."""
        return asdict(self)
