"""Operations of a device that has no session: whose they are, and who may hand them in."""

from dataclasses import dataclass
from datetime import datetime

from daywork.core.errors import NotYourDevice
from daywork.core.ids import Actor, OrganisationId
from daywork.core.principal import Principal
from daywork.core.roles import Permission, member_of
from daywork.core.sync_question import Answer, possible_loss_id
from daywork.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Author:
    """The person of a device, with present rights, and the device's key."""

    principal: Principal
    public_key: str


def author_of(unit: UnitOfWork, actor: Actor) -> Author:
    """Return whose operations ``actor``'s are. Raises: NotYourDevice for no such device."""
    device = unit.devices.get(actor)
    person = None if device is None else unit.people.get(device.organisation_id, device.person_id)
    if device is None or person is None:
        raise NotYourDevice
    roles = frozenset(map(str, person.roles))
    principal = Principal(device.organisation_id, device.person_id, roles, device.actor)
    return Author(principal, device.public_key)


def rescued_author(principal: Principal, author: Author) -> None:
    """Let the person itself, or the office of the same organisation, hand the file in.

    Raises: NotYourDevice.
    """
    is_own = principal.person_id == author.principal.person_id
    me = member_of(principal)
    is_office = me.may(Permission.SEE_ALL) and me.may(Permission.EDIT_OTHERS)
    is_here = principal.organisation_id == author.principal.organisation_id
    if not is_here or not (is_own or is_office):
        raise NotYourDevice


def settle_loss(
    unit: UnitOfWork, organisation_id: OrganisationId, actor: Actor, now: datetime
) -> None:
    """What was feared lost has come: nobody needs to be asked about that device any more."""
    device = unit.devices.get(actor)
    if device is None:
        return
    question_id = possible_loss_id(device.person_id, actor)
    if unit.sync_questions.get(organisation_id, question_id) is not None:
        unit.sync_questions.answer(organisation_id, question_id, Answer.NOTHING_MISSING, now)
