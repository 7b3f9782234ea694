"""How a command reaches its data: through the running server, or by itself."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any, TypeAlias

from daywork.api.desk import Answer, Arguments
from daywork.api.office_commands import run_office_command
from daywork.api.office_socket import ask_office
from daywork.composition import open_store
from daywork.settings import Settings, read_settings
from daywork.store.home_lock import locked_home

# argparse gives what `add_subparsers` returns no public name.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


def ask(name: str, arguments: Arguments) -> Answer:
    """Run an office command and return its answer.

    On SQLite the server of this home does it, if one runs; else this process takes
    the home's lock. On PostgreSQL this process does it beside the servers.
    Raises: DomainError.
    """
    return asyncio.run(ask_async(read_settings(), name, arguments))


async def ask_async(settings: Settings, name: str, arguments: Arguments) -> Answer:
    """Run an office command inside a loop. Raises: DomainError."""
    if settings.database_url is None:
        answer = await ask_office(settings.home, name, arguments)
        if answer is not None:
            return answer
    with locked_home(settings.home) if settings.database_url is None else nullcontext():
        database = await open_store(settings)
        try:
            return await run_office_command(
                database, settings.public_url, datetime.now(UTC), name, arguments
            )
        finally:
            await database.close()


def show(answer: Any, *, as_json: bool, sentence: str) -> None:
    """Print an answer, as one JSON object or as a sentence for people."""
    sys.stdout.write((json.dumps(answer, ensure_ascii=False) if as_json else sentence) + "\n")


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below their heads, each column as wide as its widest text."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        cells = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
