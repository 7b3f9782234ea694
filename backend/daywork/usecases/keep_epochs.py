"""A history that was set back gets a new name, so that no cursor passes over a row."""

from collections.abc import Mapping

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


def begin_epochs(unit: UnitOfWork) -> Mapping[OrganisationId, Mark]:
    """Give every organisation a new epoch: the database is a backup that was restored."""
    kept: dict[OrganisationId, Mark] = {}
    for organisation in unit.organisations.all():
        _, revision = unit.organisations.progress(organisation.id)
        epoch = new_epoch()
        unit.organisations.begin_epoch(organisation.id, epoch)
        kept[organisation.id] = Mark(epoch, revision)
    return kept
