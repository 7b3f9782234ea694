"""What the command line may ask about the ledger: names in it, rates, postings, reasons."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from daywork.api.desk import Answer, Arguments, Desk, Handler
from daywork.api.wire.postings import POSTING_STATES, explanation_wire, posting_list_wire
from daywork.core.errors import NotFound, ValueRefused
from daywork.core.ids import OrganisationId, TimeEntryId
from daywork.core.instant import instant_text
from daywork.core.mapping import Subject
from daywork.core.money import amount_text, read_money
from daywork.store.row import milliseconds
from daywork.usecases.administer import find_organisation
from daywork.usecases.explain_posting import explain_entry, list_postings
from daywork.usecases.maintain_mappings import (
    RATE_SUBJECTS,
    find_subject,
    map_subject,
    mapping_history,
    set_rate,
    subjects,
)

POSTINGS_MAX = 500


def _mappings_show(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    history = mapping_history(desk.unit, organisation.id)
    present = {(row.subject, row.local_id): row for row in history}
    rows = []
    for subject, names in subjects(desk.unit, organisation.id).items():
        for local_id, name in names.items():
            row = present.get((subject, local_id))
            rows.append(
                {
                    "subject": str(subject),
                    "id": str(local_id),
                    "name": name,
                    "reference": None if row is None else row.reference,
                    "version": None if row is None else row.version,
                    "author": None if row is None else row.author,
                    "written_at": (
                        None if row is None else instant_text(milliseconds(row.written_at) // 1000)
                    ),
                }
            )
    return {"version": len(history), "mappings": rows}


def _mappings_set(desk: Desk, arguments: Arguments) -> Answer:
    """Map one or several ids in one transaction: all of them or, at the first fault, none."""
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    author = str(arguments["author"])
    written = []
    for number, wanted in enumerate(arguments["mappings"], 1):
        try:
            subject = _subject(wanted["subject"])
            local_id = find_subject(desk.unit, organisation.id, subject, wanted["id"])
            reference = map_subject(
                desk.unit,
                organisation.id,
                subject,
                local_id,
                wanted["reference"],
                author,
                desk.now,
            )
        except ValueRefused as refusal:
            if len(arguments["mappings"]) == 1:
                raise
            message = f"Row {number}: {refusal} Nothing was changed."
            raise ValueRefused(message, refusal.field) from refusal
        written.append({"subject": str(subject), "id": str(local_id), "reference": reference})
    return {"organisation": str(organisation.id), "mappings": written}


def _rates_show(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    names = subjects(desk.unit, organisation.id)
    return {
        "rates": [
            {
                "kind": rate.kind,
                "id": str(rate.subject_id),
                "name": names[RATE_SUBJECTS[rate.kind]].get(rate.subject_id, ""),
                "per_hour": amount_text(rate.per_hour),
                "currency": rate.per_hour.currency,
                "from": rate.from_date.isoformat(),
            }
            for rate in sorted(
                desk.unit.hourly_rates.all(organisation.id),
                key=lambda rate: (rate.kind, str(rate.subject_id), rate.from_date),
            )
        ]
    }


def _rates_set(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    kind = str(arguments["kind"])
    subject = RATE_SUBJECTS.get(kind)
    if subject is None:
        message = f"{kind} is no rate. Rates are pay (of an employee) and billing (of a project)."
        raise ValueRefused(message, "kind")
    local_id = find_subject(desk.unit, organisation.id, subject, str(arguments["id"]))
    currency = arguments.get("currency") or organisation.currency
    per_hour = read_money(str(arguments["per_hour"]), str(currency))
    rate = set_rate(
        desk.unit, organisation.id, kind, local_id, per_hour, _day(str(arguments["from"]))
    )
    return {"id": str(local_id), "per_hour": amount_text(rate.per_hour), "kind": kind}


def _postings(desk: Desk, arguments: Arguments) -> Answer:
    organisation = find_organisation(desk.unit, arguments.get("organisation"))
    states = POSTING_STATES[str(arguments["state"])]
    found = list_postings(desk.unit, organisation.id, states, POSTINGS_MAX)
    return posting_list_wire(found)


def _explain(desk: Desk, arguments: Arguments) -> Answer:
    text = str(arguments["entry"])
    try:
        entry_id = TimeEntryId(UUID(text.removeprefix("te:")))
    except ValueError as error:
        message = f"{text} is no id of a time entry."
        raise ValueRefused(message, "entry") from error
    return explanation_wire(explain_entry(desk.unit, _owning(desk, entry_id), entry_id))


def _owning(desk: Desk, entry_id: TimeEntryId) -> OrganisationId:
    """Return the organisation that has the entry. Raises: NotFound."""
    known: Sequence[OrganisationId] = [one.id for one in desk.unit.organisations.all()]
    for organisation_id in known:
        if desk.unit.time_entries.owner(organisation_id, entry_id) is not None:
            return organisation_id
    message = f"There is no time entry {entry_id}."
    raise NotFound(message)


def _subject(text: str) -> Subject:
    try:
        return Subject(text)
    except ValueError as error:
        message = f"{text} cannot be mapped. Mapped are: {', '.join(Subject)}."
        raise ValueRefused(message, "subject") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text} is no day. Write it like 2026-03-02."
        raise ValueRefused(message, "from") from error


LEDGER_COMMANDS: Mapping[str, Handler] = {
    "explain": _explain,
    "mappings set": _mappings_set,
    "mappings show": _mappings_show,
    "postings": _postings,
    "rates set": _rates_set,
    "rates show": _rates_show,
}

# What may let held work go on: the ledger is looked after at once.
RELEASING_COMMANDS = frozenset(("mappings set",))
