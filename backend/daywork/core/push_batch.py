"""A batch of operations before any of them counts: authenticated, and in the right place.

A batch is refused as a whole, before anything is changed, in this order: device,
signature and chain, fork, gap. What is wrong in one item is that item's affair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from daywork.core import schema
from daywork.core.errors import BadSignature, DeviceRetired, Forked, NotYourDevice, SequenceGap
from daywork.core.hash_chain import GENESIS, decode_well_formed_base64url
from daywork.core.ids import Actor, Dot, PersonId
from daywork.core.json_value import JsonValue
from daywork.core.operation import Operation, Reading, kept_reading, read_item
from daywork.core.working_set import DeviceHead, WorkingSet

Item: TypeAlias = Mapping[str, JsonValue]


class Purpose(StrEnum):
    """By which door a batch comes."""

    PUSH = "push"  # a session of the device's person
    DEPOSIT = "deposit"  # no session: the signature alone; a retired device's goes into quarantine
    RESCUE = "rescue"  # a session of the person or the office, for a device that is retired
    RELEASE = "release"  # from the log itself: what was stored without counting is judged again


@dataclass(frozen=True, slots=True)
class PushedBatch:
    """Decoded operations of one device, with its person's rights at receipt."""

    actor: Actor
    person_id: PersonId
    roles: frozenset[str]
    schema: int
    items: Sequence[Item]
    body_bytes: int
    received_at: int  # milliseconds since 1970
    purpose: Purpose = Purpose.PUSH
    # Held operations that a person wants to count without their missing causes.
    forced: frozenset[Dot] = frozenset()
    # How the items are kept while their schema is unknown: closed texts, in order.
    sealed: Sequence[str] = ()
    _readings: dict[int, Reading] = field(default_factory=dict, init=False, compare=False)

    def reading(self, position: int) -> Reading:
        """Return what the item at ``position`` says; each is read once, when asked for."""
        reading = self._readings.get(position)
        if reading is None:
            item = self.items[position]
            is_kept = self.purpose is Purpose.RELEASE
            reading = kept_reading(self.actor, item) if is_kept else read_item(self.actor, item)
            if isinstance(reading.operation, Operation) and schema.SHIPPED.knows(self.schema):
                current = schema.SHIPPED.current(reading.operation, self.schema)
                reading = Reading(reading.added, current)
            self._readings[position] = reading
        return reading


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """A batch that may be ingested."""

    batch: PushedBatch
    device: DeviceHead
    known: Sequence[Item]  # a prefix that the log has already
    new: Sequence[Item]
    hashes: Sequence[bytes]  # of the new items, as sent
    first_is_bad: bool  # the first new item does not fit, all behind it do

    @property
    def is_quarantined(self) -> bool:
        """Whether new items are kept aside until a person answers for them."""
        return self.device.is_retired and self.batch.purpose is Purpose.DEPOSIT


def checked_batch(working: WorkingSet, batch: PushedBatch, *, is_signed: bool) -> CheckedBatch:
    """Return the batch with its new items hashed, or refuse it whole.

    ``is_signed`` says that the signature over the last item's hash verifies
    under the device's key. Raises: NotYourDevice, BadSignature, DeviceRetired,
    Forked, SequenceGap; nothing of ``working`` has changed then.
    """
    device = working.devices.get(batch.actor)
    if device is None or device.person_id != batch.person_id:
        raise NotYourDevice
    if not is_signed:
        raise BadSignature
    sent = [_sent_hash(item) for item in batch.items]
    numbers = [sequence_number(item) for item in batch.items]
    if device.is_retired and batch.purpose is Purpose.PUSH:
        _refuse_new(device, numbers)
    last = device.last_sequence_number
    known_count = sum(1 for number in numbers if number <= last)
    new = batch.items[known_count:]
    fits: list[bool] = []
    for position in range(known_count, len(numbers)):
        previous = _previous_hash(device, numbers, sent, position)
        due = None if previous is None else batch.reading(position).chain_hash(previous)
        fits.append(due is None or due == sent[position])
    if not all(fits[1:]) or (len(fits) == 1 and not fits[0]):
        raise BadSignature
    _refuse_fork(working, batch, sent, numbers)
    _refuse_gap(last, numbers)
    return CheckedBatch(
        batch=batch,
        device=device,
        known=batch.items[:known_count],
        new=new,
        hashes=sent[known_count:],
        first_is_bad=bool(fits) and not fits[0],
    )


def sequence_number(item: Item) -> int:
    """Return the item's place in its actor's chain; the door has seen that it has one."""
    number = item["q"]
    assert isinstance(number, int), "the door refuses items without a number"
    return number


def _refuse_new(device: DeviceHead, numbers: Sequence[int]) -> None:
    """Take from a retired device what it had sent before: a server set back needs it again."""
    if numbers[-1] > device.retired_sequence_number:
        raise DeviceRetired


def _previous_hash(
    device: DeviceHead, numbers: Sequence[int], sent: Sequence[bytes], position: int
) -> bytes | None:
    """Return the hash in front of an item; None where a gap hides it."""
    if position > 0:
        return sent[position - 1] if numbers[position] == numbers[position - 1] + 1 else None
    is_next = numbers[0] == device.last_sequence_number + 1
    return device.last_chain_hash if is_next else None


def _refuse_fork(
    working: WorkingSet, batch: PushedBatch, sent: Sequence[bytes], numbers: Sequence[int]
) -> None:
    last = working.devices[batch.actor].last_sequence_number
    for position, (chain_hash, number) in enumerate(zip(sent, numbers, strict=True)):
        if number > last:
            return
        if working.chain_hash_at(batch.actor, number) == chain_hash:
            continue
        before = GENESIS if number == 1 else working.chain_hash_at(batch.actor, number - 1)
        fits = before is not None and batch.reading(position).chain_hash(before) == chain_hash
        raise Forked(actor=batch.actor, match_at=number - 1 if fits else None)


def _refuse_gap(last: int, numbers: Sequence[int]) -> None:
    if numbers[0] > last + 1:
        raise SequenceGap(need=last + 1)
    for before, number in pairwise(numbers):
        if number != before + 1:
            raise SequenceGap(need=before + 1)


def _sent_hash(item: Item) -> bytes:
    text = item["h"]
    assert isinstance(text, str), "the door refuses items without a hash"
    return decode_well_formed_base64url(text)
