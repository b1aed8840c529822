"""Import of a large 12345 export against merely reading it with the same reader.

    .venv/bin/python -m bench.import_throughput [--rows 300000] [--repeat 1]

Makes an invented workbook and a GB18030 csv of ROWS × 20 columns in a temporary folder, then, each in a
process of its own: reads it (python-calamine's rows, or the standard csv reader) and imports it into a fresh
data folder: masking, hashing, cases, clocks, the audit chain, SQLite writes. Prints rows/s, peak memory
and the ratio. Memory is that of the command with the reading process it starts; what they share counts once.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

HEADERS = (
    "工单编号",
    "诉求标题",
    "诉求内容",
    "来电时间",
    "派单时间",
    "诉求类型",
    "承办单位",
    "所属区域",
    "事发地址",
    "来电人",
    "联系电话",
    "受理渠道",
    "一级分类",
    "二级分类",
    "工单状态",
    "答复内容",
    "答复时间",
    "是否满意",
    "标签",
    "备注",
)
WORDS = [
    "小区",
    "物业",
    "电梯",
    "停车",
    "噪音",
    "路灯",
    "公交",
    "学校",
    "超市",
    "食品",
    "退款",
    "发票",
    "施工",
    "扬尘",
    "供水",
    "供暖",
    "漏水",
    "垃圾",
    "占道",
    "夜间",
]
NOW = "2026-11-20T09:00:00+08:00"
_BETWEEN_LOOKS = 0.1

READ_XLSX = """
import sys
from python_calamine import CalamineWorkbook
sheet = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)
print(sum(1 for row in sheet.iter_rows()) - 1)
"""
READ_CSV = """
import csv, sys
with open(sys.argv[1], encoding="gb18030", newline="") as file:
    print(sum(1 for row in csv.reader(file)) - 1)
"""


def rows(count: int) -> Iterator[list[str]]:
    """Invented orders, the same ones each time."""
    chance = random.Random(1)  # noqa: S311 - invented test data
    start = datetime(2025, 1, 1, 8, 0)  # noqa: DTZ001 - becomes the text of a cell
    for number in range(count):
        came = start + timedelta(minutes=number)
        replied = came + timedelta(hours=chance.randrange(1, 400))
        words = [chance.choice(WORDS) for _ in range(30)]
        phone = f"13{chance.randrange(10**9):09d}"
        yield [
            f"{came:%y%m%d%H%M%S}{number % 1000000:06d}",
            f"反映{words[0]}{words[1]}问题",
            f"来电人反映{'、'.join(words)}等问题,请尽快处理,电话{phone}。",
            f"{came:%Y-%m-%d %H:%M:%S}",
            f"{came + timedelta(minutes=9):%Y-%m-%d %H:%M:%S}",
            chance.choice(("投诉", "咨询", "求助", "建议")),
            chance.choice(("第一科", "第二科", "第三科", "第四科")),
            chance.choice(("东区", "西区", "南区")),
            f"和平路{number % 300}号",
            "张先生",
            phone,
            "电话",
            "城乡建设",
            words[2],
            "已办结",
            f"您好,关于{words[0]}的问题已派人到现场查看并处理完毕,感谢您的监督。",
            f"{replied:%Y-%m-%d %H:%M:%S}",
            chance.choice(("是", "否")),
            words[3],
            "",
        ]


def make_xlsx(path: Path, count: int) -> None:
    """The workbook, written row by row."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for line, cells in enumerate([list(HEADERS)]):
        sheet.write_row(line, 0, cells)
    for line, cells in enumerate(rows(count), start=1):
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell)
    book.close()


def make_csv(path: Path, count: int) -> None:
    """The csv as hotline systems export it."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(rows(count))


def timed(command: list[str], data_dir: Path | None = None) -> tuple[float, float, str]:
    """Seconds, peak MB and output of one command in a process of its own."""
    environment = {**os.environ, "HUIYING_NOW": NOW}
    if data_dir is not None:
        environment["HUIYING_DATA_DIR"] = str(data_dir)
    # An installed program has its modules compiled.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        peak = 0
        while True:
            try:
                output, _ = process.communicate(timeout=_BETWEEN_LOOKS)
                break
            except subprocess.TimeoutExpired:
                peak = max(peak, sum(map(_held, _family(process.pid))))
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{output}")
    return seconds, peak / 1024, output


def _family(pid: int) -> list[int]:
    """A process and its children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    return [pid, *(int(child) for child in children.split())]


def _held(pid: int) -> int:
    """KiB in memory, its share of what it shares with others; 0 when it has ended meanwhile."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def measure(form: str, path: Path, count: int, reader: str, folder: Path, turn: int) -> None:
    """Print one line: reading, importing, ratio, peak memory."""
    read_seconds, read_mb, output = timed([sys.executable, "-c", reader, str(path)])
    if int(output) != count:
        raise SystemExit(f"the reader saw {output} rows, not {count}")
    command = [sys.executable, "-m", "huiying", "import", str(path), "--as", "hotline_12345", "--json"]
    seconds, peak_mb, output = timed(command, folder / f"data-{form}-{turn}")
    stored = json.loads(output)["total"]["stored"]
    if stored != count:
        raise SystemExit(f"stored {stored} of {count}")
    print(
        f"{form}: reading {count / read_seconds:,.0f} rows/s ({read_mb:,.0f} MB), "
        f"importing {count / seconds:,.0f} rows/s ({peak_mb:,.0f} MB), ratio {read_seconds / seconds:.3f}"
    )


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--form", choices=("xlsx", "csv"), action="append")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for form in wish.form or ("xlsx", "csv"):
            path = folder / f"orders.{form}"
            (make_xlsx if form == "xlsx" else make_csv)(path, wish.rows)
            for turn in range(wish.repeat):
                measure(form, path, wish.rows, READ_XLSX if form == "xlsx" else READ_CSV, folder, turn)


if __name__ == "__main__":
    main()
