"""An entry is lawfully erased: its id stays, so that nothing that comes late brings it back."""

from daywork.core.errors import NotFound, ValueRefused
from daywork.core.ids import OrganisationId, TimeEntryId
from daywork.store.unit_of_work import UnitOfWork


def erase_entry(unit: UnitOfWork, organisation_id: OrganisationId, entry_id: TimeEntryId) -> int:
    """Erase the entry everywhere but in the books; return how many operations were emptied.

    Raises: NotFound; ValueRefused while approved time of it is on its way to the
    ledger, since somebody would not be paid.
    """
    unit.organisations.lock(organisation_id)
    if unit.time_entries.owner(organisation_id, entry_id) is None:
        raise NotFound
    waiting = [
        posting.state
        for posting in unit.postings.of_entry(organisation_id, entry_id)
        if posting.state not in {"posted", "withdrawn"}
    ]
    if waiting:
        message = "Approved time of this entry is still on its way to the ledger."
        raise ValueRefused(message, "entry")
    return unit.erasure.erase(organisation_id, entry_id)
