"""The journals are read by hledger and beancount, add up, and are written whole or not at all."""

import re
import resource
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daywork.accounting.port import FrozenBatch
from daywork.accounting.vendors.plain_text import BEANCOUNT, HLEDGER, PlainTextLedger
from daywork.core.ids import BatchId, PersonId, ProjectId, TimeEntryId
from daywork.core.mapping import suggested_reference
from daywork.core.money import Money, earned
from daywork.core.posting import PostingLine
from support.journals import balances, check_beans, check_journal
from support.strategies import law

BATCH, OTHER_BATCH = BatchId(UUID(int=0xB1)), BatchId(UUID(int=0xB2))
SECOND_COMPANY = str(UUID(int=0xC2))
HOUR = Decimal(3600)
HOURS_LINE = re.compile(r"^    \(hours:\S+\)  ([0-9.]+) h$", re.MULTILINE)
HOSTILE_NAMES = (
    *("a:b", "a;b", "a|b", "a\nb", 'a"b', "a'b", "a  b", "  a", "a\tb", "a\\b", "(a)", "[a]"),
    *("; comment", "2026-03-02 * pay", "include /etc/passwd", "tag:value, x:y", "-1 EUR", "@ 2"),
    *(
        "Łódź",
        "Σίσυφος",
        "山田太郎",
        "🛠",
        "e\u0301",
        "é",
        "A",
        "a",
        "x" * 200,
        "\u202eabc",
        "\u2028",
        "",
    ),
)


def line(
    seconds: int,
    employee: str = "Ana",
    project: str = "Roof",
    *,
    number: int = 1,
    pay: Money | None = None,
    billing: Money | None = None,
) -> PostingLine:
    """Return a line of work, with what it costs and earns at rates an hour."""
    return PostingLine(
        entry_id=TimeEntryId(UUID(int=number)),
        digest="sha256:z1uq",
        person_id=PersonId(UUID(int=1)),
        project_id=ProjectId(UUID(int=2)),
        work_date=date(2026, 3, 2),
        worked_seconds=seconds,
        employee=employee,
        project=project,
        is_billable=billing is not None,
        labour=None if pay is None else earned(seconds, pay),
        billing=None if billing is None else earned(seconds, billing),
        mapping_version=9,
        trace={},
    )


def deliver(folder: Path, *lines: PostingLine, batch_id: BatchId = BATCH) -> FrozenBatch:
    ledger = PlainTextLedger(folder)
    batch = ledger.rendered("", batch_id, lines)
    ledger.deliver(batch)
    return batch


def check(folder: Path) -> None:
    check_journal(folder / HLEDGER)
    check_beans(folder / BEANCOUNT)


def test_hours_and_money_add_up(tmp_path: Path) -> None:
    eur = Money(3_150, "EUR")
    deliver(
        tmp_path,
        line(28_800, pay=eur, billing=Money(6_800, "EUR")),
        line(5_400, pay=eur),
        line(3_600),
    )
    check(tmp_path)

    assert balances(tmp_path / HLEDGER) == {
        "assets:unbilled:Roof": {"EUR": Decimal("544.00")},
        "expenses:labour:Ana:Roof": {"EUR": Decimal("252.00") + Decimal("47.25")},
        "hours:Ana:Roof": {"h": Decimal("10.5000")},
        "income:billable:Roof": {"EUR": Decimal("-544.00")},
        "liabilities:payroll:Ana": {"EUR": Decimal("-299.25")},
    }


def test_a_line_says_which_version_it_is_and_its_exact_seconds(tmp_path: Path) -> None:
    deliver(tmp_path, line(12_345))

    journal = (tmp_path / HLEDGER).read_text()
    beans = (tmp_path / BEANCOUNT).read_text()
    entry = str(UUID(int=1))
    assert f"; entry:{entry}, version:z1uq, seconds:12345, mapping:9\n" in journal
    assert f'  entry: "{entry}"\n  version: "sha256:z1uq"\n  seconds: 12345\n' in beans
    assert set(balances(tmp_path / HLEDGER, f"tag:entry={entry}")) == {"hours:Ana:Roof"}
    assert balances(tmp_path / HLEDGER, "tag:entry=another") == {}


@pytest.mark.parametrize(
    ("per_hour", "expected"),
    [
        # 1 h 40 min at 100 yen: 166.67, and a yen has no parts.
        (Money(100, "JPY"), "167"),
        # at 7.375 dinars, which have a thousand parts: 12.291666...
        (Money(7_375, "KWD"), "12.292"),
        (Money(3_150, "EUR"), "52.50"),
    ],
)
def test_each_currency_has_its_own_decimals(tmp_path: Path, per_hour: Money, expected: str) -> None:
    deliver(tmp_path, line(6_000, pay=per_hour))
    check(tmp_path)

    amount = {per_hour.currency: Decimal(expected)}
    assert balances(tmp_path / HLEDGER)["expenses:labour:Ana:Roof"] == amount
    assert f"{expected} {per_hour.currency}\n" in (tmp_path / BEANCOUNT).read_text()


def test_several_currencies_in_one_batch_do_not_mix(tmp_path: Path) -> None:
    deliver(
        tmp_path,
        line(3_600, pay=Money(1_000, "EUR"), billing=Money(1_500, "JPY")),
        line(3_600, employee="Ben", pay=Money(2_000, "KWD")),
    )
    check(tmp_path)

    found = balances(tmp_path / HLEDGER)
    assert found["expenses:labour:Ana:Roof"] == {"EUR": Decimal("10.00")}
    assert found["expenses:labour:Ben:Roof"] == {"KWD": Decimal("2.000")}
    assert found["assets:unbilled:Roof"] == {"JPY": Decimal(1500)}


@law
@given(st.lists(st.integers(1, 36_000_000), min_size=1, max_size=60))
def test_the_hours_of_a_batch_add_up_to_its_total(seconds: list[int]) -> None:
    batch = PlainTextLedger(Path()).rendered("", BATCH, [line(one) for one in seconds])
    hours = [Decimal(text) for text in HOURS_LINE.findall(dict(batch.documents)[HLEDGER])]

    unit = Decimal("0.0001")
    assert sum(hours) == (Decimal(sum(seconds)) / HOUR).quantize(unit, ROUND_HALF_UP)
    assert len(hours) == len(seconds)
    assert all(
        abs(shown - Decimal(exact) / HOUR) < unit
        for shown, exact in zip(hours, seconds, strict=True)
    )


def test_names_that_would_break_a_journal_do_not_and_stay_apart(tmp_path: Path) -> None:
    references: list[str] = []
    for name in HOSTILE_NAMES:
        references.append(suggested_reference(name, references))
    deliver(
        tmp_path,
        *(
            line(3_600 * number, reference, reference, number=number, pay=Money(100, "EUR"))
            for number, reference in enumerate(references, 1)
        ),
    )
    check(tmp_path)

    assert balances(tmp_path / HLEDGER, "hours") == {
        f"hours:{reference}:{reference}": {"h": Decimal(number)}
        for number, reference in enumerate(references, 1)
    }


def test_the_same_lines_give_the_same_bytes(tmp_path: Path) -> None:
    lines = [line(3_601), line(7_199)]

    first, second = (PlainTextLedger(tmp_path).rendered("", BATCH, lines) for _ in range(2))

    assert first == second
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_is_delivered_twice_is_in_each_document_once(tmp_path: Path) -> None:
    batch = deliver(tmp_path, line(3_600))
    deliver(tmp_path, line(7_200), batch_id=OTHER_BATCH)
    before = contents(tmp_path)

    PlainTextLedger(tmp_path).deliver(batch)

    assert contents(tmp_path) == before
    assert balances(tmp_path / HLEDGER)["hours:Ana:Roof"] == {"h": Decimal(3)}


def test_a_batch_that_reached_one_document_only_is_completed(tmp_path: Path) -> None:
    ledger = PlainTextLedger(tmp_path)
    batch = deliver(tmp_path, line(3_600))
    before = contents(tmp_path)
    (tmp_path / BEANCOUNT).unlink()
    assert not ledger.holds(batch)

    ledger.deliver(batch)

    assert ledger.holds(batch)
    assert contents(tmp_path) == before


def test_a_write_that_is_cut_leaves_the_old_books_whole(tmp_path: Path) -> None:
    ledger = PlainTextLedger(tmp_path)
    deliver(tmp_path, line(3_600))
    before = contents(tmp_path)
    batch = ledger.rendered("", OTHER_BATCH, [line(60, number=n) for n in range(50)])

    with at_most(2_000), pytest.raises(OSError, match="too large"):
        ledger.deliver(batch)
    after_the_cut = contents(tmp_path)
    held = ledger.holds(batch)
    ledger.deliver(batch)
    check(tmp_path)

    assert (after_the_cut, held) == (before, False)
    assert ledger.holds(batch)


def test_each_organisation_has_books_of_its_own(tmp_path: Path) -> None:
    ledger = PlainTextLedger(tmp_path / "ledger")
    first = ledger.rendered("", BATCH, [line(3_600)])
    second = ledger.rendered(SECOND_COMPANY, OTHER_BATCH, [line(7_200)])
    ledger.deliver(first)
    ledger.deliver(second)

    place = tmp_path / "ledger" / SECOND_COMPANY
    assert balances(tmp_path / "ledger" / HLEDGER)["hours:Ana:Roof"] == {"h": Decimal(1)}
    assert balances(place / HLEDGER)["hours:Ana:Roof"] == {"h": Decimal(2)}
    assert ledger.holds(first)
    assert ledger.holds(second)
    check(place)


def test_the_books_are_for_their_owner_only(tmp_path: Path) -> None:
    ledger = PlainTextLedger(tmp_path / "ledger")
    ledger.deliver(ledger.rendered(SECOND_COMPANY, BATCH, [line(3_600)]))

    for folder in (tmp_path / "ledger", tmp_path / "ledger" / SECOND_COMPANY):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def contents(folder: Path) -> Sequence[bytes]:
    return [(folder / name).read_bytes() for name in (HLEDGER, BEANCOUNT)]


@contextmanager
def at_most(file_bytes: int) -> Iterator[None]:
    """Let the system cut every file that this process writes at so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
