"""The page 来源 and its routes: silence first, a run on request, only for those who may."""

from __future__ import annotations

import re
from datetime import timedelta

from core.vocabulary import Role, Scope
from storage import crawl_runs, source_states
from tests.api.office import WebOffice

EXAMPLE = "example_mailbox"


def csrf(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def ran(office: WebOffice, key: str, verdict: str, message: str = "", **state: object) -> None:
    """A source that was run once."""
    now = office.clock.now()
    with office.database.write() as connection:
        source_states.ensure(connection, key)
        source_states.change(connection, key, is_enabled=True, **state)
        run_id, _ = crawl_runs.ask_for(connection, key, now, trigger="schedule", by="定时", watermark={})
        claim = crawl_runs.claim(connection, run_id, "here/1", now, now + timedelta(minutes=2))
        assert claim is not None
        values = {"ended_at": now, "verdict": verdict, "message": message, "verdicts": {}, "seconds": 1.0}
        crawl_runs.finish(connection, claim, values)


def test_a_source_in_trouble_stands_first_with_its_reason(office: WebOffice) -> None:
    now = office.clock.now()
    ran(office, "weibo_hot", "ok", last_ok_at=now, last_news_at=now, failures=0)
    ran(office, EXAMPLE, "blocked_waf", "网站的防火墙要求运行脚本", failures=2)
    page = office.signed_in("guanli", Role.ADMIN).get("/sources").text
    assert page.index("范例信箱") < page.index("微博热搜榜")
    assert "被对方防火墙拦截，已连续 2 次" in page
    assert "crawl.contact" in page


def test_silence_is_said_though_every_run_is_well(office: WebOffice) -> None:
    long_ago = office.clock.now() - timedelta(hours=100)
    ran(office, EXAMPLE, "ok", last_ok_at=office.clock.now(), last_news_at=long_ago, failures=0)
    page = office.signed_in("guanli", Role.ADMIN).get("/sources").text
    assert "没有新内容，超过 72 小时" in page


def test_a_run_is_refused_in_a_sentence_where_the_site_may_not_be_asked(office: WebOffice) -> None:
    browser = office.signed_in("guanli", Role.ADMIN)
    form = {"csrf": csrf(browser.get("/sources").text), "key": EXAMPLE}
    answer = browser.post("/sources/run", data=form)
    assert answer.status_code == 409
    assert "已停用" in answer.text


def test_switching_leaves_a_trace_and_needs_an_administrator(office: WebOffice) -> None:
    browser = office.signed_in("guanli", Role.ADMIN)
    form = {"csrf": csrf(browser.get("/sources").text), "key": EXAMPLE, "on": "true"}
    assert browser.post("/sources/switch", data=form).status_code in {200, 303}
    with office.database.read() as connection:
        assert source_states.all_states(connection)[EXAMPLE]["is_enabled"] is True
    press = office.signed_in("xuanchuan", Role.PRESS)
    assert "立即采集" not in press.get("/sources").text
    form["csrf"] = csrf(press.get("/sources").text)
    assert press.post("/sources/switch", data=form).status_code == 403
    assert office.signed_in("chengban", Role.HANDLER, section="一科").get("/sources").status_code == 403


def test_a_login_source_cannot_be_switched_on_without_approval(office: WebOffice) -> None:
    browser = office.signed_in("guanli", Role.ADMIN)
    form = {"csrf": csrf(browser.get("/sources").text), "key": "weibo_search", "on": "true"}
    answer = browser.post("/sources/switch", data=form)
    assert answer.status_code == 409
    assert "还没有批准" in answer.text


def test_programs_read_the_same_list(office: WebOffice) -> None:
    answer = office.browser().get("/api/v1/sources", headers=office.token(Scope.ADMIN))
    assert answer.status_code == 200
    keys = {one["key"] for one in answer.json()["items"]}
    assert {"people_board", "weibo_mentions", "weibo_search", "gd_hdjlpt"} <= keys
