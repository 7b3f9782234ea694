"""The application has the routes of the protocol and no other door."""

from datetime import datetime
from pathlib import Path

from daywork.app import create_app
from daywork.composition import World, composed
from daywork.settings import read_settings

PATHS = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("POST", "/v1/devices"),
    ("POST", "/v1/sessions"),
    ("POST", "/v1/sessions/challenge"),
    ("POST", "/v1/sync/hello"),
    ("POST", "/v1/sync/push"),
    ("GET", "/v1/sync/pull"),
    ("GET", "/v1/reference"),
    ("GET", "/v1/entries/{entry}/history"),
}


async def test_every_route_of_the_protocol_is_served(tmp_path: Path, now: datetime) -> None:
    settings = read_settings({"DAYWORK_HOME": str(tmp_path)})
    async with composed(settings, World(clock=lambda: now)) as parts:
        app = create_app(parts)
        served = {
            (method, route.path_format)
            for route in app.routes
            for method in getattr(route, "methods", ())
        }
        state = app.state.parts

    assert served >= PATHS
    assert state is parts
    # Nothing describes the inside to strangers.
    assert not [path for _, path in served if "schema" in path or "docs" in path]
