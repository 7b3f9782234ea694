"""People and organisations as phones read them."""

from daywork.core.json_value import JsonValue
from daywork.core.organisation import Organisation
from daywork.core.person import Person


def person_wire(person: Person) -> dict[str, JsonValue]:
    """Return id, name and roles."""
    return {
        "id": str(person.id),
        "name": person.name,
        "roles": [str(role) for role in sorted(person.roles)],
    }


def organisation_wire(organisation: Organisation) -> dict[str, JsonValue]:
    """Return id, name, zone, currency and whether it is for practice."""
    return {
        "id": str(organisation.id),
        "name": organisation.name,
        "time_zone": organisation.time_zone,
        "currency": organisation.currency,
        "practice": organisation.is_practice,
    }
