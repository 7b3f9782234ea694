"""GET /metrics: figures for whoever runs the server, in the form that Prometheus reads.

They are told to this machine only; nothing in them is about a person.
"""

from typing import Any

from litestar import Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from daywork.api.auth import LOOPBACK_HOSTS
from daywork.api.parts import parts_of
from daywork.core.errors import NotFound


@get("/metrics")
async def show_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the last nightly count of where every recorded hour is. Raises: NotFound."""
    parts = parts_of(request)
    client = request.client.host if request.client is not None else ""
    if client not in LOOPBACK_HOSTS or client in parts.proxies:
        raise NotFound
    tallies = await parts.database.read(lambda unit: unit.conservation_tallies.all())
    registry = CollectorRegistry()
    labels = ("organisation", "bucket")
    operations = Gauge(
        "daywork_conservation_operations",
        "Operations that write a time, by where they are; unaccounted and wrong_rows must be 0",
        labels,
        registry=registry,
    )
    seconds = Gauge(
        "daywork_conservation_worked_seconds",
        "Worked seconds of those operations, by where they are",
        labels,
        registry=registry,
    )
    for tally in tallies:
        place = (str(tally.organisation_id), tally.bucket)
        operations.labels(*place).set(tally.operations)
        seconds.labels(*place).set(tally.worked_seconds)
    return Response(
        generate_latest(registry),
        media_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )
