"""Phones hand in what they recorded, and fetch what changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daywork.core.alarm import alarm_of
from daywork.core.completion import answered, finish
from daywork.core.errors import DomainError
from daywork.core.hash_chain import decode_base64url
from daywork.core.ids import PersonId
from daywork.core.ingestion import ingest, release
from daywork.core.json_value import JsonValue
from daywork.core.push_batch import Purpose, checked_batch
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
    alarms: Mapping[str, int]  # kind -> items that look forged or broken


def decide_pushes(working: WorkingSet, group: Sequence[SignedBatch]) -> Decided:
    """Ingest a group of pushes in order; a refused one changes nothing."""
    results: list[list[dict[str, JsonValue]] | DomainError] = []
    for signed in group:
        if signed.batch.purpose is Purpose.RELEASE:
            results.append(release(working, signed.batch))
            continue
        try:
            checked = checked_batch(
                working, signed.batch, is_signed=_is_signed_by_device(working, signed)
            )
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
            next_sequence_number=_next_sequence_number(working, signed),
            results=answered(working, signed.batch.actor, result),
            people_to_tell=tell,
            has_approvals=bool(working.changed_postings),
            alarms=Counter(filter(None, map(alarm_of, result))),
        )
        for signed, result in zip(group, results, strict=True)
    ]
    return Decided(outcomes, changed)


def is_signed(public_key: str, signed: SignedBatch) -> bool:
    """Whether the batch's signature over its last hash verifies under ``public_key`` (a JWK)."""
    if signed.algorithm != "ES256":
        return False
    last_hash = signed.batch.items[-1]["h"]
    assert isinstance(last_hash, str), "the door refuses items without a hash"
    return is_signed_by(public_key, decode_base64url(last_hash), signed.signature)


def _next_sequence_number(working: WorkingSet, signed: SignedBatch) -> int:
    device = working.devices.get(signed.batch.actor)
    return 1 if device is None else device.last_sequence_number + 1


def _is_signed_by_device(working: WorkingSet, signed: SignedBatch) -> bool:
    device = working.devices.get(signed.batch.actor)
    return device is not None and is_signed(device.public_key, signed)
