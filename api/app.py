"""The web application, put together from its services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from api import problems, styles
from api.body_limit import LimitedApp
from api.headers import SecurityHeaders
from api.pages import (
    account,
    accuracy,
    ack,
    alerts,
    audit,
    cases,
    channels,
    concentrated,
    deadlines,
    desk,
    documents,
    grave,
    group_reply,
    guidance,
    imports,
    inbox,
    incident_opening,
    incidents,
    interface,
    openness,
    paper_schedules,
    papers,
    people,
    periods,
    prove,
    registering,
    report_rows,
    reports,
    roster,
    rules,
    search,
    setup,
    sign_in,
    sources,
    tasks,
    wall,
    watches,
)
from api.pages.rendering import STATIC
from api.routes import alerts as alert_routes
from api.routes import audit as audit_routes
from api.routes import cases as case_routes
from api.routes import channels as channel_routes
from api.routes import concentrated as concentrated_routes
from api.routes import deadlines as deadline_routes
from api.routes import health as health_routes
from api.routes import imports as import_routes
from api.routes import incidents as incident_routes
from api.routes import joint as joint_routes
from api.routes import messages as message_routes
from api.routes import papers as paper_routes
from api.routes import periods as period_routes
from api.routes import procedures as procedure_routes
from api.routes import receipts as receipt_routes
from api.routes import reports as report_routes
from api.routes import roster as roster_routes
from api.routes import rules as rule_routes
from api.routes import session as session_routes
from api.routes import sources as source_routes
from api.routes import stream as stream_routes
from api.routes import tasks as task_routes
from api.routes import timing as timing_routes
from api.routes import together as together_routes
from api.routes import wechat as wechat_routes
from api.security.addresses import require_clean_address
from api.services import Services
from storage.database import CONNECTIONS

# Forms and JSON are small; uploads of files will raise the limit for their own route.
_BODY_BYTES = 1 << 20
# At the library's own level a long list takes three times as long to press, and is hardly shorter.
_PRESSED = 4
# Requests worked on at once: fewer than the connections to the database. More would only take turns.
_THREADS = CONNECTIONS * 2 // 3
PAGES = (
    sign_in,
    ack,
    desk,
    wall,
    grave,
    alerts,
    inbox,
    group_reply,  # before the page whose address has a command there
    cases,
    incident_opening,  # before the page whose address has a number there
    incidents,
    deadlines,
    roster,
    search,
    watches,
    reports,
    paper_schedules,  # before the page whose address has a number there
    papers,
    periods,
    report_rows,
    prove,
    concentrated,
    openness,
    accuracy,
    rules,
    channels,
    registering,
    tasks,
    documents,
    imports,
    sources,
    audit,
    people,
    setup,
    account,
    guidance,
    interface,
)


@asynccontextmanager
async def _few_threads(_app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = _THREADS
    yield


def create_app(services: Services) -> FastAPI:
    """The application over one office; nothing is read or opened until a request comes."""
    app = LimitedApp(
        title="回应",
        summary="政务舆情监测与回应：时限、时效报告、规则。",
        version="1",
        docs_url=None,  # its page loads a script from another machine; ours is api.pages.interface
        redoc_url=None,
        max_body_size=_BODY_BYTES,
        lifespan=_few_threads,
        dependencies=[Depends(require_clean_address)],
    )
    app.state.services = services
    # Event streams pass as they are. The cookie goes with no request that another site sends (SameSite), so
    # nobody can measure our tokens by the size of what comes back.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=_PRESSED)
    app.add_middleware(SecurityHeaders)
    problems.install(app)
    app.include_router(_interface(), prefix="/api/v1")
    app.include_router(wechat_routes.router, include_in_schema=False)
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    app.include_router(styles.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _interface() -> APIRouter:
    router = APIRouter()
    for routes in (
        session_routes,
        message_routes,
        import_routes,
        stream_routes,
        alert_routes,
        incident_routes,
        together_routes,  # before the routes whose address has a number there
        case_routes,
        timing_routes,
        task_routes,
        procedure_routes,
        joint_routes,
        roster_routes,
        deadline_routes,
        concentrated_routes,
        report_routes,
        period_routes,
        paper_routes,
        rule_routes,
        channel_routes,
        source_routes,
        receipt_routes,
        audit_routes,
        health_routes,
    ):
        router.include_router(routes.router)
    return router
