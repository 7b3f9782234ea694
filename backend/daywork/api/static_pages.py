"""The built PWA, and the one page that plain http gets."""

import mimetypes
from importlib.resources import files
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from daywork.api.auth import is_https, is_loopback
from daywork.api.parts import parts_of
from daywork.core.errors import NotFound

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types svelte-trusted-html daywork-sw"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
ONE_YEAR = "public, max-age=31536000, immutable"
NO_HTTPS = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Daywork needs https</title>
<h1>Daywork needs https</h1>
<p>Over plain http anybody on the way could read and change working time, so nothing is
served here.</p>
<p>Give the server a certificate (<code>DAYWORK_TLS_CERT</code> and
<code>DAYWORK_TLS_KEY</code>), or put it behind a proxy that has one and name the proxy in
<code>DAYWORK_PROXIES</code>. On this machine itself, http://localhost works without.</p>
</html>
"""
ROBOTS = "User-agent: *\nDisallow: /\n"

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


def pages_folder() -> Path:
    """Return where the built PWA lies: in the wheel, or in the checkout."""
    packaged = Path(str(files("daywork"))) / "static"
    return packaged if packaged.is_dir() else Path(str(files("daywork"))).parents[1] / "pwa/dist"


@get(["/", "/{path:path}"])
async def page(request: Request[Any, Any, Any], path: FromPath[str] = "/") -> Response[bytes]:
    """Return a file of the PWA; any other address is a screen of it."""
    parts = parts_of(request)
    name = path.strip("/") or "index.html"
    if name == "v1" or name.startswith("v1/"):
        raise NotFound
    if name == "robots.txt":
        return Response(ROBOTS.encode(), media_type="text/plain", headers=HEADERS)
    file = _file_under(parts.pages, name)
    is_immutable = file is not None and name.startswith("assets/")
    if file is None:
        is_screen = "." not in name.rpartition("/")[2]
        file = _file_under(parts.pages, "index.html") if is_screen else None
    if file is None:
        raise NotFound
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if media_type.startswith("text/") or media_type.endswith(("json", "xml")):
        media_type += "; charset=utf-8"
    headers = HEADERS | {"Cache-Control": ONE_YEAR if is_immutable else "no-cache"}
    return Response(file.read_bytes(), media_type=media_type, headers=headers)


def _file_under(folder: Path, name: str) -> Path | None:
    """Return the file that ``name`` leads to, None if there is none or it lies outside."""
    try:
        file = (folder / name).resolve()
        is_ours = file.is_relative_to(folder.resolve()) and file.is_file()
    except (OSError, ValueError):  # Too long for a name, or with a NUL in it.
        return None
    return file if is_ours else None


async def refuse_plain_http(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Serve one page and nothing else over http, except on the machine itself."""
    is_health = request.scope["path"].startswith("/health/")
    if is_health or is_https(request) or is_loopback(request):
        return None
    return Response(NO_HTTPS.encode(), status_code=426, media_type="text/html; charset=utf-8")
