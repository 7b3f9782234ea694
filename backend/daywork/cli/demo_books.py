"""Do the books say what was approved? Asked of everything that can add here.

The journal's own tags always; hledger and bean-check, which know nothing of us,
where they are installed.
"""

import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Final

from daywork.cli.demo_week import expect
from daywork.core.duration import duration_text

ANSWER_SECONDS_MAX: Final = 60

_SECONDS = re.compile(r"seconds:([0-9]+)")
_ENTRY = re.compile(r"entry:([0-9a-f-]{36})")
_HOURS = re.compile(r"^\s*([0-9.]+) h\s*$", re.MULTILINE)


def check_books(folder: Path, entries: int, worked_seconds: int) -> str:
    """Compare the journals with what was approved and mapped; return a sentence.

    Raises: StoryDiffers with what is wrong.
    """
    journal, beans = folder / "daywork.journal", folder / "daywork.beancount"
    text = journal.read_text("utf-8")
    found = _ENTRY.findall(text)
    expect(len(found) == len(set(found)) == entries, f"{len(found)} entries are in the journal")
    booked_seconds = sum(int(seconds) for seconds in _SECONDS.findall(text))
    expect(booked_seconds == worked_seconds, f"{booked_seconds} s are booked, not {worked_seconds}")
    told = [f"{entries} entries, {duration_text(worked_seconds)} in the journal, each once"]
    hledger = shutil.which("hledger")
    if hledger is not None:
        total = _HOURS.findall(_output(hledger, "-f", str(journal), "bal", "hours", "--depth", "1"))
        expect(bool(total) and Decimal(total[-1]) * 3600 == worked_seconds, f"hledger says {total}")
        told.append(f"hledger adds up {total[-1]} h")
    checker = _bean_check()
    if checker is not None:
        _output(checker, str(beans))
        told.append("bean-check finds no fault")
    if len(told) == 1:
        told.append("neither hledger nor bean-check is here to ask")
    return "; ".join(told) + "."


def _bean_check() -> str | None:
    beside = Path(sys.executable).with_name("bean-check")
    return str(beside) if beside.is_file() else shutil.which("bean-check")


def _output(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - a program of the machine, and our own files
        command, capture_output=True, text=True, timeout=ANSWER_SECONDS_MAX, check=False
    )
    expect(done.returncode == 0, f"{command[0]} says: {(done.stderr or done.stdout).strip()}")
    return done.stdout
