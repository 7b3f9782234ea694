"""A batch is refused whole, in one order, or every item of it goes on."""

import pytest

from daywork.core.errors import (
    BadSignature,
    DeviceRetired,
    DomainError,
    Forked,
    NotYourDevice,
    SequenceGap,
)
from daywork.core.ids import Actor
from daywork.core.push_batch import Purpose, PushedBatch, checked_batch
from support.chain import Chain
from support.working import ANA, ANA_PHONE, BEN, NOW, Office, new_entry


def batch_of(chain: Chain, *numbers: int, purpose: Purpose = Purpose.PUSH) -> PushedBatch:
    items = [chain.items[number - 1] for number in numbers]
    roles = frozenset(("worker",))
    return PushedBatch(chain.actor, ANA, roles, 1, items, 0, NOW, purpose)


def written(count: int) -> Chain:
    chain = Chain(ANA_PHONE)
    for number in range(count):
        new_entry(chain, f"entry {number}")
    return chain


def refusal(office: Office, batch: PushedBatch, *, is_signed: bool = True) -> type[DomainError]:
    with pytest.raises(DomainError) as refused:
        checked_batch(office.working, batch, is_signed=is_signed)
    return type(refused.value)


def test_a_batch_is_split_into_what_is_known_and_what_is_new() -> None:
    office, chain = Office(), written(3)
    office.push(chain, chain.items[:1])

    checked = checked_batch(office.working, batch_of(chain, 1, 2, 3), is_signed=True)

    assert [item["q"] for item in checked.known] == [1]
    assert [item["q"] for item in checked.new] == [2, 3]
    assert not checked.first_is_bad


def test_refusals_come_in_their_order() -> None:
    office, chain = Office(), written(3)
    office.push(chain, chain.items[:1])
    stranger = PushedBatch(Actor("zzzzzzzzzz"), ANA, frozenset(), 1, chain.items, 0, NOW)
    others = PushedBatch(ANA_PHONE, BEN, frozenset(), 1, chain.items, 0, NOW)

    assert refusal(office, stranger, is_signed=False) is NotYourDevice
    assert refusal(office, others, is_signed=False) is NotYourDevice
    assert refusal(office, batch_of(chain, 3), is_signed=False) is BadSignature
    assert refusal(office, batch_of(chain, 3)) is SequenceGap
    office.working.devices[ANA_PHONE].is_retired = True
    assert refusal(office, batch_of(chain, 3), is_signed=False) is BadSignature
    assert refusal(office, batch_of(chain, 3)) is DeviceRetired


def test_another_history_under_known_numbers_is_a_fork() -> None:
    office, chain = Office(), written(2)
    office.push(chain)
    clone = Chain(ANA_PHONE)
    new_entry(clone, "entry 0")
    new_entry(clone, "something else")

    with pytest.raises(Forked) as forked:
        checked_batch(office.working, batch_of(clone, 1, 2), is_signed=True)

    assert forked.value.match_at == 1


def test_a_retired_device_sends_again_what_it_had_sent_and_nothing_more() -> None:
    office, chain = Office(), written(3)
    office.push(chain, chain.items[:2])
    device = office.working.devices[ANA_PHONE]
    device.is_retired, device.retired_sequence_number = True, 2

    again = checked_batch(office.working, batch_of(chain, 1, 2), is_signed=True)

    assert len(again.known) == 2
    assert refusal(office, batch_of(chain, 1, 2, 3)) is DeviceRetired


def test_only_a_deposit_of_a_retired_device_is_kept_aside() -> None:
    office, chain = Office(), written(1)
    device = office.working.devices[ANA_PHONE]

    for is_retired, purpose, is_aside in (
        (False, Purpose.DEPOSIT, False),
        (True, Purpose.DEPOSIT, True),
        (True, Purpose.RESCUE, False),
    ):
        device.is_retired = is_retired
        batch = batch_of(chain, 1, purpose=purpose)
        checked = checked_batch(office.working, batch, is_signed=True)
        assert checked.is_quarantined is is_aside
