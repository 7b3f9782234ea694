"""A small company on a running server: its people, its projects, and links for their phones."""

from dataclasses import dataclass

from support.server import RunningServer


@dataclass(frozen=True)
class Company:
    """One organisation of a server."""

    server: RunningServer
    id: str

    def add_project(self, name: str) -> str:
        """Add a project and return its id."""
        answer = self.server.office(
            "project add", name=name, organisation=self.id, billable=None, number=None
        )
        return str(answer["id"])

    def invite(self, person: str, role: str = "worker", manager: str | None = None) -> str:
        """Return a link that makes a phone one of ``person``'s; makes the person if needed."""
        answer = self.server.office(
            "invite",
            person=person,
            person_id=None,
            role=role,
            manager=manager,
            manager_id=None,
            organisation=self.id,
        )
        return str(answer["url"])


def found_company(server: RunningServer, name: str, time_zone: str) -> Company:
    """Make an organisation on ``server``."""
    answer = server.office("org create", name=name, time_zone=time_zone, currency="EUR")
    return Company(server, str(answer["id"]))
