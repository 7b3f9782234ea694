"""Phones hand in what they recorded, and fetch what changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from daywork.core.completion import answered, finish
from daywork.core.errors import DomainError
from daywork.core.hash_chain import decode_base64url
from daywork.core.ids import PersonId
from daywork.core.ingestion import checked_batch, ingest
from daywork.core.json_value import JsonValue
from daywork.core.working_set import WorkingSet
from daywork.security.signatures import is_signed_by
from daywork.store.push_lane import Decided, SignedBatch


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """The answer to one push, and who has to be told that something waits or came back."""

    next_sequence_number: int
    results: Sequence[dict[str, JsonValue]]
    people_to_tell: frozenset[PersonId]
    has_approvals: bool


def decide_pushes(working: WorkingSet, group: Sequence[SignedBatch]) -> Decided:
    """Ingest a group of pushes in order; a refused one changes nothing."""
    results: list[list[dict[str, JsonValue]] | DomainError] = []
    for signed in group:
        try:
            checked = checked_batch(working, signed.batch, is_signed=_is_signed(working, signed))
        except DomainError as refusal:
            results.append(refusal)
        else:
            results.append(ingest(working, checked))
    changed = finish(working)
    tell = frozenset(working.people_to_tell)
    outcomes = [
        result
        if isinstance(result, DomainError)
        else PushOutcome(
            next_sequence_number=working.devices[signed.batch.actor].last_sequence_number + 1,
            results=answered(working, signed.batch.actor, result),
            people_to_tell=tell,
            has_approvals=bool(working.changed_postings),
        )
        for signed, result in zip(group, results, strict=True)
    ]
    return Decided(outcomes, changed)


def _is_signed(working: WorkingSet, signed: SignedBatch) -> bool:
    device = working.devices.get(signed.batch.actor)
    if device is None or signed.algorithm != "ES256":
        return False
    last_hash = signed.batch.items[-1]["h"]
    assert isinstance(last_hash, str), "the door refuses items without a hash"
    return is_signed_by(device.public_key, decode_base64url(last_hash), signed.signature)
