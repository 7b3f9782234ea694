"""What programs that know nothing of Daywork read in its journals."""

import re
import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from support.tools import bean_check, program, program_environment

ANSWER_SECONDS_MAX = 60

_BALANCE = re.compile(r'^"(?P<account>[^"]*)","(?P<amounts>[^"]*)"$', re.MULTILINE)


def balances(journal: Path, *words: str) -> Mapping[str, Mapping[str, Decimal]]:
    """Return what hledger adds up: account, commodity, amount. Zero balances are left out."""
    command = [program("hledger"), "-f", journal, "bal", "--flat", "-N", "-O", "csv", *words]
    found = _BALANCE.findall(_output(*map(str, command)))[1:]
    return {account: _amounts(text) for account, text in found}


def check_journal(journal: Path) -> None:
    """Let hledger look for faults. Raises: AssertionError with what it says."""
    _output(str(program("hledger")), "-f", str(journal), "check")


def check_beans(journal: Path) -> None:
    """Let beancount look for faults. Raises: AssertionError with what it says."""
    _output(str(bean_check()), str(journal))


def _amounts(text: str) -> Mapping[str, Decimal]:
    pairs = (amount.split() for amount in text.split(", "))
    return {commodity: Decimal(number) for number, commodity in pairs}


def _output(*command: str) -> str:
    done = subprocess.run(
        command,
        env=program_environment(),
        capture_output=True,
        text=True,
        timeout=ANSWER_SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: {done.stderr or done.stdout}"
    return done.stdout
