"""The ASGI application: routes, guards and how refusals are told."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from daywork.api.auth import refuse_other_sites
from daywork.api.devices import branch, enrol, list_devices, retire, team_sync
from daywork.api.health import live, ready
from daywork.api.metrics import show_metrics
from daywork.api.parts import Parts
from daywork.api.postings import explain, list_postings
from daywork.api.problem_details import tell_bug, tell_framework_refusal, tell_refusal
from daywork.api.reference import show_reference
from daywork.api.session import challenge, show_session, sign_in, sign_out
from daywork.api.static_pages import page, refuse_plain_http
from daywork.api.sync import hello, history, pull, push
from daywork.api.sync_events import events
from daywork.api.sync_recovery import answer, deposit, rescue
from daywork.api.web_push import forget_subscription, keep_subscription, show_key
from daywork.core.errors import DomainError

BODY_BYTES_MAX = 1_048_576
COMPRESSED_BYTES_MIN = 1_000

ROUTES: Sequence[ControllerRouterHandler] = (
    answer,
    branch,
    challenge,
    deposit,
    enrol,
    events,
    explain,
    forget_subscription,
    hello,
    history,
    list_devices,
    keep_subscription,
    list_postings,
    live,
    page,
    pull,
    push,
    ready,
    rescue,
    retire,
    show_key,
    show_metrics,
    show_reference,
    show_session,
    sign_in,
    sign_out,
    team_sync,
)

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(parts: Parts, lifespan: Sequence[Lifespan] = ()) -> Litestar:
    """Return the application that serves ``parts``."""
    return Litestar(
        list(ROUTES),
        state=State({"parts": parts}),
        before_request=_guard,
        exception_handlers={
            DomainError: tell_refusal,
            HTTPException: tell_framework_refusal,
            Exception: tell_bug,
        },
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=COMPRESSED_BYTES_MIN,
            gzip_compress_level=1,
            exclude_opt_key="sent_as_it_comes",
        ),
        lifespan=list(lifespan),
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=None,
        logging_config=None,
    )


async def _guard(request: Request[Any, Any, Any]) -> Response[Any] | None:
    return await refuse_plain_http(request) or await refuse_other_sites(request)
