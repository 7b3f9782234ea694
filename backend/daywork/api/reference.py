"""GET /v1/reference: projects, and the people whose entries one sees."""

from typing import Any

import msgspec
from litestar import Request, Response, get

from daywork.api.auth import signed_in
from daywork.api.parts import parts_of
from daywork.core.roles import member_of, visible_owners
from daywork.store.unit_of_work import UnitOfWork


@get("/v1/reference")
async def show_reference(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return everything; ``rev`` tells whether it changed since."""
    parts = parts_of(request)
    principal = await signed_in(request)

    def read(unit: UnitOfWork) -> dict[str, object]:
        organisation_id = principal.organisation_id
        people = unit.people.all(organisation_id)
        visible = visible_owners(member_of(principal), [person.as_member() for person in people])
        approved = unit.time_entries.owners_seen(organisation_id, principal.person_id)
        return {
            "rev": unit.organisations.reference_revision(organisation_id),
            "projects": [
                {
                    "id": str(project.id),
                    "name": project.name,
                    "tasks": [{"id": str(task.id), "name": task.name} for task in project.tasks],
                    "billable": project.is_billable,
                    "closed": project.is_closed,
                }
                for project in unit.projects.all(organisation_id)
            ],
            "people": [
                {"id": str(person.id), "name": person.name}
                for person in people
                if visible is None or person.id in visible or person.id in approved
            ],
        }

    body = msgspec.json.encode(await parts.database.read(read))
    headers = {"Cache-Control": "no-store"}
    return Response(body, media_type="application/json", headers=headers)
