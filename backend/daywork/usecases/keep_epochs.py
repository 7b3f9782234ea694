"""A history that was set back gets a new name, so that no cursor passes over a row."""

from collections.abc import Mapping

from daywork.core.cursor import Cursor
from daywork.core.ids import OrganisationId
from daywork.security.secrets import new_epoch
from daywork.store.epoch_marker import Mark
from daywork.store.unit_of_work import UnitOfWork


def keep_epochs(
    unit: UnitOfWork, marks: Mapping[OrganisationId, Mark]
) -> Mapping[OrganisationId, Mark]:
    """Compare each organisation's history with its mark; return the marks to be written.

    A database behind its mark, or with another epoch, is a copy of earlier days: it
    gets a new epoch, and every phone pulls from the beginning and sends again what
    the copy lacks.
    """
    kept: dict[OrganisationId, Mark] = {}
    for organisation in unit.organisations.all():
        epoch, revision = unit.organisations.progress(organisation.id)
        mark = marks.get(organisation.id)
        if mark is not None and (mark.epoch != epoch or mark.revision > revision):
            epoch = new_epoch()
            unit.organisations.begin_epoch(organisation.id, epoch)
        kept[organisation.id] = Mark(epoch, revision)
    return kept


def begin_epoch_behind(unit: UnitOfWork, cursor: Cursor) -> None:
    """Begin a new epoch if ``cursor`` shows that this history once went further.

    Only the server seals cursors. It was set back while it ran, as when a standby takes
    over that lacked the last commits: other phones' cursors may lie where the history
    comes to again, with other rows, so all of them begin anew.
    """
    organisation_id = cursor.organisation_id
    unit.organisations.lock(organisation_id)
    epoch, revision = unit.organisations.progress(organisation_id)
    reference_revision = unit.organisations.reference_revision(organisation_id)
    is_behind = revision < cursor.revision or reference_revision < cursor.sight_revision
    if epoch == cursor.epoch and is_behind:
        unit.organisations.begin_epoch(organisation_id, new_epoch())


def begin_epochs(unit: UnitOfWork) -> Mapping[OrganisationId, Mark]:
    """Give every organisation a new epoch: the database is a backup that was restored."""
    kept: dict[OrganisationId, Mark] = {}
    for organisation in unit.organisations.all():
        _, revision = unit.organisations.progress(organisation.id)
        epoch = new_epoch()
        unit.organisations.begin_epoch(organisation.id, epoch)
        kept[organisation.id] = Mark(epoch, revision)
    return kept
