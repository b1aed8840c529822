"""Uploaded files and what became of them."""

from __future__ import annotations

from pydantic import Field

from api.schemas.shapes import InstantText, Shape


class CountsOut(Shape):
    """How the rows ended; `read` is the sum of stored, revised, duplicate and quarantined."""

    read: int
    stored: int
    revised: int
    duplicate: int
    quarantined: int
    ignored: int
    warnings: int


class RefusalOut(Shape):
    """Why a file could not be read as a whole."""

    code: str = Field(examples=["file.no_header"])
    message: str
    mend: str


class UploadOut(Shape):
    """One uploaded file."""

    id: int = Field(examples=[4])
    file: str = Field(examples=["十一月.xlsx"])
    kind: str = Field(examples=["hotline_12345"])
    source: str
    state: str = Field(
        description=(
            "uploaded 已收到 · previewed 等待确认 · waiting 等待导入 · running 导入中 · done 完成"
            " · refused 整份读不了 · discarded 已放弃"
        ),
        examples=["running"],
    )
    created_at: InstantText
    rows: int | None = Field(description="文件中的行数；还没有看完为null。")
    done_rows: int | None = Field(description="已处理到第几行。")
    import_: int | None = Field(alias="import", description="导入编号；还没有开始为null。")
    counts: CountsOut | None = Field(description="各行的去向；导入之前是预计的。")
    columns: dict[str, str] | None = Field(description="我们的字段←文件的表头。")
    unmapped: list[str] | None
    notes: list[str] | None
    error: RefusalOut | None
