"""From a request to a principal, and the defence against requests from other sites."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response

from daywork.api.parts import Parts, parts_of
from daywork.core.errors import AuthExpired, CrossSite, RoleMissing
from daywork.core.principal import Principal
from daywork.core.roles import PERMISSIONS, Permission, Role
from daywork.security.secrets import hashed_secret
from daywork.store.session_lookup import FoundSession

IDLE_DAYS_MAX = 14
AGE_DAYS_MAX = 90
TOUCH_MINUTES = 60  # a session's last use is written at most this often
TOKEN_CHARACTERS_MAX = 64

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
LOOPBACK_HOSTS = frozenset(("localhost", "127.0.0.1", "::1"))


async def signed_in(request: Request[Any, Any, Any]) -> Principal:
    """Return who is asking. Raises: AuthExpired."""
    return (await signed_in_session(request)).principal


async def signed_in_session(request: Request[Any, Any, Any]) -> FoundSession:
    """Return the request's session, with rights read just now. Raises: AuthExpired."""
    parts = parts_of(request)
    token = request.cookies.get(cookie_name(request), "")
    if not token or len(token) > TOKEN_CHARACTERS_MAX:
        raise AuthExpired
    token_hash = hashed_secret(token)
    found = await parts.database.find_session(token_hash)
    now = parts.clock()
    if found is None or found.is_retired or now >= expires_at(found):
        raise AuthExpired
    if now - found.last_used_at > timedelta(minutes=TOUCH_MINUTES):
        await parts.database.write(lambda unit: unit.devices.used_session(token_hash, now))
    return found


def expires_at(found: FoundSession) -> datetime:
    """Return when the session ends if it is not used again."""
    return min(
        found.created_at + timedelta(days=AGE_DAYS_MAX),
        found.last_used_at + timedelta(days=IDLE_DAYS_MAX),
    )


def require(principal: Principal, permission: Permission) -> None:
    """Go on only if one of the principal's roles allows it. Raises: RoleMissing."""
    if not any(permission in PERMISSIONS[Role(role)] for role in principal.roles):
        raise RoleMissing


def session_cookie(request: Request[Any, Any, Any], token: str, days: int = AGE_DAYS_MAX) -> str:
    """Return the header that gives the session to the browser; no days take it back."""
    secure = "; Secure" if is_https(request) else ""
    return (
        f"{cookie_name(request)}={token}; Path=/; HttpOnly; SameSite=Strict"
        f"; Max-Age={days * 86_400}{secure}"
    )


def cookie_name(request: Request[Any, Any, Any]) -> str:
    """Return the session cookie's name: bound to the host wherever there is TLS."""
    return "__Host-sid" if is_https(request) else "sid"


def is_https(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser speaks TLS with us, or with a proxy that we know."""
    parts = parts_of(request)
    client = request.client.host if request.client is not None else ""
    if client in parts.proxies:
        return request.headers.get("x-forwarded-proto", "").lower() == "https"
    return request.scope["scheme"] == "https"


def is_loopback(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser looks at this machine itself."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    return host in LOOPBACK_HOSTS


async def refuse_other_sites(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Let an unsafe request through only from our own pages or a named client.

    A browser cannot set ``X-Daywork-Client`` on a request to another site without
    asking that site first. Raises: CrossSite.
    """
    if request.method in SAFE_METHODS or not request.scope["path"].startswith("/v1/"):
        return None
    origin = request.headers.get("origin")
    if origin is not None:
        if origin in _own_origins(request, parts_of(request)):
            return None
        raise CrossSite
    is_own_page = request.headers.get("sec-fetch-site") == "same-origin"
    if is_own_page or request.headers.get("x-daywork-client"):
        return None
    raise CrossSite


def _own_origins(request: Request[Any, Any, Any], parts: Parts) -> frozenset[str]:
    scheme = "https" if is_https(request) else "http"
    own = {parts.public_url}
    if is_loopback(request):
        own.add(f"{scheme}://{request.headers.get('host', '')}")
    return frozenset(own)
