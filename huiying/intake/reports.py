"""What is said beside a file that was put into the watched folder, in words an official reads."""

from __future__ import annotations

from datetime import datetime

from core.clock import shanghai
from core.errors import HuiyingError
from core.labels import label
from huiying.importing import Imported


def success_report(done: Imported, now: datetime) -> str:
    """The counts of an import, the columns it found, and how to open what it could not read."""
    c = done.counts
    lines = [
        f"导入 {done.import_id}({label(done.wish.kind)}),{_when(now)}完成。",
        f"读入 {c.read} 行：新存 {c.stored}，更新 {c.revised}，重复 {c.duplicate}，隔离 {c.quarantined}。",
        f"另略过 {c.ignored} 行，警告 {c.warnings} 处。",
        "识别的列:" + "、".join(f"{ours}←{theirs}" for ours, theirs in done.columns.items()),
    ]
    if done.unmapped:
        lines.append("原样保留的列:" + "、".join(done.unmapped))
    lines += [f"注意：{note}" for note in done.notes]
    if done.earlier is not None:
        lines.append(f"这个文件以前导入过(导入 {done.earlier}),没有重复存入。")
    if c.quarantined:
        opening = f"huiying quarantine export {done.import_id}"
        lines.append(f"有 {c.quarantined} 行读不了，已隔离。请用 {opening} 打开，改好后再放进来。")
    lines.append(f"导错了可以用 huiying import undo {done.import_id} 撤销。")
    return "\n".join(lines) + "\n"


def refusal_report(name: str, error: HuiyingError, now: datetime) -> str:
    """Why a file was not imported and what to do."""
    return f"{name} 没有导入({_when(now)})。\n{error.message}\n{error.mend}\n"


def _when(now: datetime) -> str:
    return f"{shanghai(now):%Y年%m月%d日%H:%M}"
