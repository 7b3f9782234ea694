"""Journals for hledger and beancount: books that anybody can read without us.

``daywork.journal`` carries hours as unbalanced virtual postings, so that
``hledger -f daywork.journal bal hours`` adds them up; ``daywork.beancount``
carries them as the commodity HOUR. Money is there where a dated rate is. Hours
have four decimals, spread so that a batch adds up; ``seconds`` is exact and is
what a reconciliation sums. hledger 1.25 and beancount 3 read what is written.
"""

import fcntl
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from daywork.accounting.port import FrozenBatch
from daywork.core.ids import BatchId
from daywork.core.money import (
    SECONDS_PER_HOUR,
    Money,
    amount_text,
    decimal_text,
    rounded_together,
)
from daywork.core.posting import PostingLine

HLEDGER, BEANCOUNT = "daywork.journal", "daywork.beancount"
TEN_THOUSANDTHS = 10_000

_HEADS = {
    HLEDGER: (
        "; Daywork writes this file. One block a batch; a block is written whole or not at all.\n"
        "commodity 1000.0000 h\n\n"
    ),
    BEANCOUNT: (
        "; Daywork writes this file. One block a batch; a block is written whole or not at all.\n"
        'option "title" "Daywork"\n'
        'plugin "beancount.plugins.auto_accounts"\n'
        "2000-01-01 commodity HOUR\n\n"
    ),
}


class PlainTextLedger:
    """Two journals for each organisation's books, all in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rendered(self, books: str, batch_id: BatchId, lines: Sequence[PostingLine]) -> FrozenBatch:
        """Return both documents' blocks of the batch; named books have a folder of their own."""
        place = f"{books}/" if books else ""
        hours = _hours(lines)
        blocks = {
            HLEDGER: [_hledger(line, part) for line, part in zip(lines, hours, strict=True)],
            BEANCOUNT: [_beancount(line, part) for line, part in zip(lines, hours, strict=True)],
        }
        return FrozenBatch(
            batch_id,
            [
                (f"{place}{name}", f"{_begin(batch_id)}\n{''.join(parts)}{_end(batch_id)}\n\n")
                for name, parts in blocks.items()
            ],
        )

    def deliver(self, batch: FrozenBatch) -> None:
        """Write the block into each document that does not have it yet."""
        _make_folder(self._folder)
        with (self._folder / ".lock").open("w") as lock:
            # Several processes may post on PostgreSQL; each sees what the last one wrote.
            fcntl.flock(lock, fcntl.LOCK_EX)
            for name, block in batch.documents:
                file = self._folder / name
                present = file.read_bytes() if file.is_file() else _HEADS[file.name].encode()
                if _begin(batch.id).encode() not in present:
                    _make_folder(file.parent)
                    _write_whole(file, present + block.encode())

    def holds(self, batch: FrozenBatch) -> bool:
        """Whether each document has the block."""
        return all(
            (file := self._folder / name).is_file()
            and _begin(batch.id).encode() in file.read_bytes()
            for name, _ in batch.documents
        )


def _hours(lines: Sequence[PostingLine]) -> list[int]:
    """Return each line's hours in ten-thousandths, adding up to the batch's total."""
    return rounded_together(
        [Fraction(line.worked_seconds * TEN_THOUSANDTHS, SECONDS_PER_HOUR) for line in lines]
    )


def _hledger(line: PostingLine, hours: int) -> str:
    parts = [
        f"{line.work_date} {line.employee} | {line.project}  ; {_tags(line)}\n",
        f"    (hours:{line.employee}:{line.project})  {decimal_text(hours, 4)} h\n",
    ]
    if line.labour is not None:
        amount = _amount(line.labour)
        parts.append(f"    expenses:labour:{line.employee}:{line.project}  {amount}\n")
        parts.append(f"    liabilities:payroll:{line.employee}  -{amount}\n")
    if line.billing is not None:
        amount = _amount(line.billing)
        parts.append(f"    assets:unbilled:{line.project}  {amount}\n")
        parts.append(f"    income:billable:{line.project}  -{amount}\n")
    return "".join(parts) + "\n"


def _beancount(line: PostingLine, hours: int) -> str:
    amount = decimal_text(hours, 4)
    parts = [
        f'{line.work_date} * "{line.employee}" "{line.project}"\n',
        f'  entry: "{line.entry_id}"\n',
        f'  version: "{line.digest}"\n',
        f"  seconds: {line.worked_seconds}\n",
        f"  Expenses:Hours:{line.employee}:{line.project}  {amount} HOUR\n",
        f"  Equity:Hours  -{amount} HOUR\n",
    ]
    if line.labour is not None:
        money = _amount(line.labour)
        parts.append(f"  Expenses:Labour:{line.employee}:{line.project}  {money}\n")
        parts.append(f"  Liabilities:Payroll:{line.employee}  -{money}\n")
    if line.billing is not None:
        money = _amount(line.billing)
        parts.append(f"  Assets:Unbilled:{line.project}  {money}\n")
        parts.append(f"  Income:Billable:{line.project}  -{money}\n")
    return "".join(parts) + "\n"


def _tags(line: PostingLine) -> str:
    return (
        f"entry:{line.entry_id}, version:{line.digest.removeprefix('sha256:')},"
        f" seconds:{line.worked_seconds}, mapping:{line.mapping_version}"
    )


def _amount(money: Money) -> str:
    return f"{amount_text(money)} {money.currency}"


def _begin(batch_id: BatchId) -> str:
    return f"; begin batch {batch_id}"


def _end(batch_id: BatchId) -> str:
    return f"; end batch {batch_id}"


def _write_whole(file: Path, content: bytes) -> None:
    """Replace the file in one step: a reader sees the old one or the new one."""
    beside = file.with_name(f".{file.name}.new")
    with beside.open("wb") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    beside.replace(file)
    _keep_names(file.parent)


def _make_folder(folder: Path) -> None:
    """Make the folder for its owner only, so that it is there after a power cut."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep_names(folder.parent)


def _keep_names(folder: Path) -> None:
    """Bring to the disk which names a folder has: syncing a file does not do that."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
