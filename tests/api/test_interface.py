"""The JSON interface: who may ask, what comes back, and how errors look."""

from __future__ import annotations

import pytest

from core.vocabulary import Role, Scope
from tests.api.office import PASSWORD, WebOffice
from tests.factories import make_record

DUE = "/api/v1/rules/message.first_reply/due"


def test_a_program_signs_in_reads_and_signs_out(office: WebOffice) -> None:
    office.person("duban")
    client = office.browser()
    opened = client.post("/api/v1/session", json={"login": "duban", "password": PASSWORD})
    assert opened.status_code == 201
    assert opened.json()["person"] == {"login": "duban", "name": "张三", "role": "manager", "section": None}
    assert client.get("/api/v1/deadlines").json() == {"items": [], "next": None, "total": 0}
    assert client.delete("/api/v1/session").status_code == 403
    csrf = {"X-CSRF-Token": opened.json()["csrf_token"]}
    assert client.delete("/api/v1/session", headers=csrf).status_code == 204
    assert client.get("/api/v1/deadlines").status_code == 401


def test_a_stranger_gets_a_problem_and_not_a_page(office: WebOffice) -> None:
    answer = office.browser().get("/api/v1/deadlines")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= {"type", "title", "status", "detail", "code", "mend"}


def test_a_token_opens_what_its_scope_says(office: WebOffice) -> None:
    client = office.browser()
    assert client.get("/api/v1/deadlines", headers=office.token(Scope.READ)).status_code == 200
    refused = client.get("/api/v1/deadlines", headers=office.token(Scope.INTAKE))
    assert (refused.status_code, refused.json()["code"]) == (403, "token.scope")
    unknown = client.get("/api/v1/deadlines", headers={"Authorization": "Bearer nonsense"})
    assert (unknown.status_code, unknown.json()["code"]) == (401, "token.invalid")
    expiring = office.token(Scope.READ, days=1)
    office.clock.advance(days=1)
    assert client.get("/api/v1/deadlines", headers=expiring).status_code == 401


def test_a_bad_token_is_not_rescued_by_a_good_session(office: WebOffice) -> None:
    browser = office.signed_in("duban")
    assert browser.get("/api/v1/rules", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_deadlines_come_page_by_page_in_order_of_due(office: WebOffice) -> None:
    office.receive(*(make_record(f"2026-11-{day:02}T09:00", title=f"{day}日") for day in (20, 9, 16)))
    browser = office.signed_in("duban")
    first = browser.get("/api/v1/deadlines?limit=2").json()
    rest = browser.get("/api/v1/deadlines", params={"limit": 2, "cursor": first["next"]}).json()
    found = [*first["items"], *rest["items"]]
    assert [(one["title"], one["state"]) for one in found] == [
        ("9日", "overdue"),
        ("16日", "due_soon"),
        ("20日", "running"),
    ]
    assert (first["total"], rest["next"]) == (3, None)
    overdue = browser.get("/api/v1/deadlines?state=overdue").json()
    assert [one["title"] for one in overdue["items"]] == ["9日"]


def test_a_deadline_gives_its_clause_and_its_days(office: WebOffice) -> None:
    office.receive(make_record("2026-09-30T09:00"))
    browser = office.signed_in("duban")
    (item,) = browser.get("/api/v1/deadlines").json()["items"]
    one = browser.get(f"/api/v1/deadlines/{item['deadline']}").json()
    assert one["due_at"] == "2026-10-14T00:00:00+08:00"
    assert one["citation"]["quote"] == "要在5个工作日内作出首次回复"
    assert one["explanation"][0] == {"day": "2026-09-30", "kind": "day_zero", "number": None, "name": None}
    assert [day["number"] for day in one["explanation"] if day["number"]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "MjAyNi0xMS0yMyA5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "é"])
def test_a_cursor_that_is_not_ours_is_refused(office: WebOffice, cursor: str) -> None:
    answer = office.signed_in("duban").get("/api/v1/deadlines", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


def test_due_answers_as_the_command_line_does(office: WebOffice) -> None:
    answer = office.signed_in("duban").get(DUE, params={"from": "2026-09-30T09:00+08:00"}).json()
    assert (answer["due_at"], answer["due_day"]) == ("2026-10-14T00:00:00+08:00", "2026-10-13")
    assert answer["from"] == "2026-09-30T09:00:00+08:00"
    assert not answer["provisional"]
    provisional = office.signed_in("er-hao").get(DUE, params={"from": "2026-12-30T09:00"}).json()
    assert provisional["provisional"]


@pytest.mark.parametrize("start", ["yesterday", "0001-01-01", "9999-12-31T23:59", ""])
def test_an_instant_that_cannot_be_counted_from_is_refused(office: WebOffice, start: str) -> None:
    answer = office.signed_in("duban").get(DUE, params={"from": start})
    assert (answer.status_code, answer.json()["field"]) == (422, "from")


def test_an_unknown_rule_is_not_found(office: WebOffice) -> None:
    answer = office.signed_in("duban").get("/api/v1/rules/no.such/due?from=2026-09-30")
    assert (answer.status_code, answer.json()["code"]) == (404, "rule.not_found")


def test_every_rule_comes_with_its_clause(office: WebOffice) -> None:
    rules = office.signed_in("duban").get("/api/v1/rules").json()
    assert rules["total"] == len(rules["items"]) == len(office.law.rulebook.rules())
    assert all(rule["citation"]["quote"] for rule in rules["items"])


def test_only_an_administrator_sees_the_people(office: WebOffice) -> None:
    refused = office.signed_in("duban").get("/api/v1/people")
    assert (refused.status_code, refused.json()["code"]) == (403, "role.refused")
    listed = office.signed_in("guanli", Role.ADMIN).get("/api/v1/people")
    assert [one["login"] for one in listed.json()["items"]] == ["duban", "guanli"]
    assert "argon2" not in listed.text


def test_health_needs_no_sign_in(office: WebOffice) -> None:
    answer = office.browser().get("/api/v1/health")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)


def test_a_body_that_is_no_json_is_named(office: WebOffice) -> None:
    client = office.browser()
    assert client.post("/api/v1/session", content=b"login=a").status_code == 415
    broken = client.post("/api/v1/session", content=b"{", headers={"Content-Type": "application/json"})
    assert broken.status_code == 422
    wrong = client.post("/api/v1/session", json={"login": "a", "password": "b", "admin": True})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "admin")
    assert client.post("/api/v1/session", json={"login": "a" * 2_000_000}).status_code == 413


def test_an_address_with_a_nul_is_refused_on_both_databases(office: WebOffice) -> None:
    browser = office.signed_in("duban")
    assert browser.get("/api/v1/deadlines?section=%00").status_code == 422
    assert browser.get("/desk?channel=a%00b").status_code == 422


def test_the_interface_describes_itself_and_every_field_of_an_error(office: WebOffice) -> None:
    described = office.browser().get("/openapi.json").json()
    paths = described["paths"]
    assert set(paths) >= {
        "/api/v1/session",
        "/api/v1/deadlines",
        "/api/v1/deadlines/{deadline_id}",
        "/api/v1/reports/response-times",
        "/api/v1/reports/response-times/rows",
        "/api/v1/reports/response-times/export.xlsx",
        "/api/v1/rules",
        "/api/v1/rules/{key}/due",
        "/api/v1/health",
    }
    assert not any(not path.startswith("/api/v1/") for path in paths)
    problem = paths["/api/v1/deadlines"]["get"]["responses"]["401"]["content"]["application/problem+json"]
    assert set(problem["schema"]["properties"]) >= {"title", "status", "detail", "code", "mend"}
