"""A person is judged by id, roles and manager alone."""

from uuid import UUID

from daywork.core.ids import OrganisationId, PersonId
from daywork.core.person import Person
from daywork.core.roles import Member, Role


def test_a_member_is_the_part_of_a_person_that_rights_are_judged_by() -> None:
    ana, max_ = PersonId(UUID(int=1)), PersonId(UUID(int=2))
    person = Person(OrganisationId(UUID(int=3)), ana, "Ana", None, frozenset((Role.WORKER,)), max_)

    assert person.as_member() == Member(ana, frozenset((Role.WORKER,)), max_)
