"""The page 来源 and its routes: silence first, a run on request, only for those who may."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa

from core.vocabulary import Role, Scope
from storage import crawl_runs, source_states
from storage.keys import load_or_create_key
from storage.tables import events as events_table
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


def reachable(office: WebOffice) -> None:
    """The office says how a site's administrator reaches it."""
    crawl = office.services.settings.crawl.model_copy(update={"contact": "office@binhai.example"})
    settings = office.services.settings.model_copy(update={"crawl": crawl})
    object.__setattr__(office.services, "settings", settings)


def test_the_last_run_its_counts_against_expectation_and_the_next_are_shown(office: WebOffice) -> None:
    reachable(office)
    now = office.clock.now()
    ran(office, EXAMPLE, "ok", last_ok_at=now, last_news_at=now, next_run_at=now + timedelta(hours=1))
    page = office.signed_in("guanli", Role.ADMIN).get("/sources").text
    assert "<dt>最近一次</dt><dd>正常，2026-11-23 09:00</dd>" in page
    assert "0 件，新存 0 件（预期至少 1 件）" in page
    assert "这次读到 0 件，预期至少 1 件" in page, "fewer than expected is trouble"
    assert "<dt>下次采集</dt><dd>2026-11-23 10:00</dd>" in page


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


def acted(office: WebOffice) -> list[tuple[str, dict[str, object]]]:
    with office.database.read() as connection:
        rows = connection.execute(sa.select(events_table).order_by(events_table.c.seq)).mappings()
        return [(row["tag"], row["payload"]) for row in rows if row["tag"].startswith("source")]


def test_an_administrator_records_approval_and_credential_on_the_page(office: WebOffice) -> None:
    browser = office.signed_in("guanli", Role.ADMIN)
    form = {"csrf": csrf(browser.get("/sources").text), "key": "weibo_search"}
    said = "请写明批准依据"
    assert said in browser.post("/sources/approve", data={**form, "note": "好"}).text
    done = browser.post("/sources/approve", data={**form, "note": "局办公会2026-11-20同意"})
    assert done.status_code == 200
    assert "2026-11-23 张三：局办公会2026-11-20同意" in done.text
    secret = {"secret": "SUB=top-secret", "expires": "2027-01-31"}
    kept = browser.post("/sources/credential", data={**form, **secret})
    assert "2026-11-23 登记，2027-01-31 到期" in kept.text
    assert "top-secret" not in kept.text + browser.get("/sources").text
    with office.database.read() as connection:
        state = source_states.all_states(connection)["weibo_search"]
    assert load_or_create_key(office.services.data_dir).open(state["credential"]) == b"SUB=top-secret"
    assert state["is_enabled"] is True
    assert [tag for tag, _ in acted(office)] == ["source:approved", "source:credential_set"]
    assert "top-secret" not in str(acted(office))


WRONG_CREDENTIALS = [
    ({"key": EXAMPLE, "secret": "x"}, "不需要凭据"),
    ({"key": "weibo_mentions", "secret": "a\nb"}, "一行文字"),
    ({"key": "weibo_mentions", "secret": " "}, "一行文字"),
    ({"key": "weibo_mentions", "secret": "x", "expires": "2026-11-01"}, "到期日已经过了"),
    ({"key": "weibo_mentions", "secret": "x", "expires": "明年"}, "明年"),
    ({"key": "nothing", "secret": "x"}, "没有来源"),
]


def test_a_credential_that_cannot_be_kept_is_refused_in_a_sentence(office: WebOffice) -> None:
    browser = office.signed_in("guanli", Role.ADMIN)
    token = csrf(browser.get("/sources").text)
    for sent, said in WRONG_CREDENTIALS:
        answer = browser.post("/sources/credential", data={"csrf": token, **sent})
        assert (answer.status_code, said in answer.text) == (409, True), (sent, answer.text[:500])
    assert acted(office) == []


def test_only_an_administrator_approves(office: WebOffice) -> None:
    press = office.signed_in("xuanchuan", Role.PRESS)
    page = press.get("/sources").text
    assert "登记批准" not in page
    for place in ("approve", "credential"):
        form = {"csrf": csrf(page), "key": "weibo_search", "note": "我同意了", "secret": "x"}
        assert press.post(f"/sources/{place}", data=form).status_code == 403


def test_a_program_like_a_person_asks_for_a_run_and_for_one_only(office: WebOffice) -> None:
    with office.database.write() as connection:
        source_states.ensure(connection, EXAMPLE)
        source_states.change(connection, EXAMPLE, is_enabled=True)
    reachable(office)
    admin = office.sender("guanli", Role.ADMIN)
    first = admin.post(f"/api/v1/sources/{EXAMPLE}/run")
    assert (first.status_code, first.json()) == (200, {"run": 1, "source": EXAMPLE, "first": True})
    again = admin.post(f"/api/v1/sources/{EXAMPLE}/run")
    assert again.json() == {"run": 1, "source": EXAMPLE, "first": False}
    assert admin.post("/api/v1/sources/nothing/run").status_code == 404
    assert admin.post("/api/v1/sources/weibo_search/run").json()["code"] == "source.not_approved"
    assert office.sender("xuanchuan", Role.PRESS).post(f"/api/v1/sources/{EXAMPLE}/run").status_code == 403
    with office.database.read() as connection:
        assert crawl_runs.claimable(connection, office.clock.now(), 5) == [1]
