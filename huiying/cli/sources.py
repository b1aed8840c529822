"""`huiying sources`: how the sources stand, a look through the selectors of one, approval and credential."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from core.clock import day_end, shanghai
from core.errors import InvalidInput, NotFound
from core.labels import label
from core.vocabulary import Tag, Verdict
from crawlers import consent
from crawlers.catalog import Source
from crawlers.health import Standing, as_object, standing_word, standings
from crawlers.launching import run_process
from crawlers.run_log import GOOD
from huiying.cli.gathering import BaseUrl, Json, at_base, paced
from huiying.gathering import catalog_of, job_of, refuse_unless_allowed
from huiying.office import Office, open_office
from huiying.output import command, console, print_json, print_table, stderr
from storage import crawl_runs, events
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

sources_app = typer.Typer(help="来源：网站、接口和它们的采集情况。", no_args_is_help=True)
Key = Annotated[str, typer.Argument(metavar="来源", help="来源的名称，见 huiying sources list。")]


@sources_app.command("list")
@command
def list_command(as_json: Json = False) -> None:
    """列出全部来源：最近一次成功、件数、结果、下次采集。"""
    with open_office() as office:
        found = _standings(office)
    if as_json:
        print_json({"sources": [as_object(one) for one in found]})
        return
    table = Table("来源", "名称", "渠道", "方式", "状态", "最近成功", "结果", "读入", "新存", "下次")
    for one in found:
        run, state = one.run, one.state or {}
        table.add_row(
            one.source.key,
            one.source.name,
            label(one.source.channel),
            one.source.route.value,
            standing_word(one),
            _minute(state.get("last_ok_at")),
            label(Verdict(run["verdict"])) if run and run["verdict"] else "",
            f"{run['read']:,}" if run else "",
            f"{run['stored']:,}" if run else "",
            _minute(state.get("next_run_at")) if one.is_on and one.refusal is None else "",
        )
    print_table(table)
    for one in found:
        for trouble in one.troubles:
            stderr.print(f"{one.source.key}:{trouble.message}", style="red", markup=False, highlight=False)


@sources_app.command("check")
@command
def check_command(
    key: Key,
    base_url: BaseUrl = None,
    delay: Annotated[float | None, typer.Option(min=0, help="访问间隔（秒），只用于本机副本。")] = None,
    as_json: Json = False,
) -> None:
    """取一页列表和一封信，看每个选择器找到了什么；什么也不存。"""
    with open_office() as office:
        source = paced(at_base(catalog_of(office).get(key), base_url), delay)
        _refuse_check(office, source)
        lines = list(run_process(job_of(office, source, check=True)))
    end, found = lines[-1], [line for line in lines if line["t"] == "found"]
    records = [line["r"] for line in lines if line["t"] == "record"]
    rejected = [line for line in lines if line["t"] == "rejected"]
    answer = {
        "source": key,
        "verdict": end["verdict"],
        "message": end["message"] or None,
        "steps": [{name: value for name, value in line.items() if name != "t"} for line in found],
        "record": records[0] if records else None,
        "rejected": [{"column": one["column"], "reason": one["reason"]} for one in rejected],
    }
    if as_json:
        print_json(answer)
    else:
        _show_check(answer)
    if Verdict(end["verdict"]) not in GOOD or not records:
        raise typer.Exit(1)


def _refuse_check(office: Office, source: Source) -> None:
    """A check may look at a source that is still switched off, once, but never past a missing approval."""
    refuse_unless_allowed(office, source.model_copy(update={"enabled": True}))


def _show_check(answer: dict[str, Any]) -> None:
    for step in answer["steps"]:
        if step["step"] == "页面":
            word = label(Verdict(step["verdict"]))
            console.print(f"访问 {step['url']}", markup=False, highlight=False)
            console.print(f"  HTTP {step['status']}，{word} {step['reason']}", markup=False, highlight=False)
            continue
        rows = f"（共 {step['rows']} 行，这是第一行）" if "rows" in step else ""
        console.print(f"{step['step']}读到{rows}：", markup=False)
        for name in step["wanted"]:
            text = str(step["fields"].get(name, "")).replace("\n", " ")[:60]
            missing = "没有（还没有答复时正常）" if name.startswith("reply") else "没有找到，请检查选择器"
            console.print(f"  {name:<12} {text or missing}", markup=False, highlight=False)
    for one in answer["rejected"]:
        stderr.print(f"读不了：{one['column']} {one['reason']}", style="red", markup=False)
    if answer["record"]:
        record = answer["record"]
        console.print("存下来会是（已脱敏）：")
        for name in ("native_id", "title", "received_at", "author_display", "status_src", "body"):
            text = str(record.get(name, "")).replace("\n", " ")[:80]
            console.print(f"  {name:<14} {text}", markup=False, highlight=False)
    word = label(Verdict(answer["verdict"]))
    ok = answer["record"] is not None and Verdict(answer["verdict"]) in GOOD
    console.print(
        f"结论：{'可以使用。' if ok else '还不能使用。'}{word} {answer['message'] or ''}", markup=False
    )


@sources_app.command("approve")
@command
def approve_command(
    key: Key,
    note: Annotated[str, typer.Option("--note", help="批准依据：谁、何时、哪份文件。")],
    as_json: Json = False,
) -> None:
    """登记对一个需要登录的来源的批准（会留痕）。"""
    with open_office() as office:
        source = catalog_of(office).get(key)
        with office.database.write() as connection:
            consent.approve(connection, source, note, _decider(office))
    _done(key, f"已登记批准：{source.name}。", as_json=as_json)


@sources_app.command("enable")
@command
def enable_command(key: Key, as_json: Json = False) -> None:
    """启用一个来源。"""
    _switch(key, on=True, as_json=as_json)


@sources_app.command("disable")
@command
def disable_command(key: Key, as_json: Json = False) -> None:
    """停用一个来源。"""
    _switch(key, on=False, as_json=as_json)


def _switch(key: str, *, on: bool, as_json: bool) -> None:
    with open_office() as office:
        source = catalog_of(office).get(key)
        with office.database.write() as connection:
            consent.switch(connection, source, on=on, by=_decider(office))
    _done(key, f"已{'启用' if on else '停用'}：{source.name}。", as_json=as_json)


@sources_app.command("credential")
@command
def credential_command(
    key: Key,
    expires: Annotated[str | None, typer.Option("--expires", help="到期日，例如 2027-01-31。")] = None,
    as_json: Json = False,
) -> None:
    """登记登录凭据（令牌或 Cookie），从标准输入读，加密保存。"""
    until = _day_end(expires) if expires else None
    if sys.stdin.isatty():
        secret = getpass.getpass("请粘贴凭据（不显示）：").strip()
    else:
        secret = sys.stdin.read().strip()
    with open_office() as office:
        source = catalog_of(office).get(key)
        with office.database.write() as connection:
            consent.keep_credential(connection, office.key, source, secret, until, _decider(office))
    _done(key, f"已登记凭据：{source.name}。", as_json=as_json)


@sources_app.command("page")
@command
def page_command(
    run_id: Annotated[int, typer.Argument(metavar="采集编号")],
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件。")],
) -> None:
    """取出让某次采集停下来的那个页面，看对方改了什么（会留痕）。"""
    with open_office() as office, office.database.write() as connection:
        pages = crawl_runs.kept_pages(connection, run_id)
        if not pages:
            raise NotFound(
                f"采集 {run_id} 没有留下页面。", mend="只有中断的采集才留页面，留三十天。", code="page.none"
            )
        _trail(office, connection, Tag.QUARANTINE_OPENED, {"run": run_id, "file": out.name})
        content = office.key.open(pages[-1]["sealed"])
    out.touch(mode=0o600)
    out.write_bytes(content)
    console.print(f"已写到 {out}({pages[-1]['url']})。内含未脱敏的内容，用完请删除。", markup=False)


def _standings(office: Office) -> list[Standing]:
    with office.database.read() as connection:
        return standings(connection, catalog_of(office), office.settings.crawl.contact, office.clock.now())


def _decider(office: Office) -> consent.Decider:
    return consent.Decider(getpass.getuser(), office.clock.now())


def _trail(office: Office, connection: Connection, tag: Tag, facts: dict[str, Any]) -> None:
    now = office.clock.now()
    events.append(connection, [Draft(OFFICE_STREAM, tag, "human", getpass.getuser(), now, facts)], now)


def _day_end(text: str) -> datetime:
    try:
        return day_end(datetime.strptime(text, "%Y-%m-%d").date())  # noqa: DTZ007 - a day of the office
    except ValueError as error:
        raise InvalidInput(f"日期“{text}”不对。", mend="请写成 2027-01-31。", field="expires") from error


def _done(key: str, said: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"source": key, "message": said})
    else:
        console.print(said)


def _minute(at: datetime | None) -> str:
    return shanghai(at).strftime("%m-%d %H:%M") if at else ""
