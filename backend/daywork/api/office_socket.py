"""Commands of the command line, handed to the running server over a Unix socket.

Only one process may write to SQLite, so a command that finds a server on its home
asks it: one JSON line there, one back. The socket is the owner's alone (0600).
"""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from daywork.api.desk import Answer, Arguments
from daywork.api.ledger_commands import RELEASING_COMMANDS
from daywork.api.office_commands import run_office_command
from daywork.api.parts import Parts
from daywork.core.errors import DomainError, Unavailable
from daywork.core.ids import OrganisationId

LINE_BYTES_MAX = 16_777_216  # an import of some ten thousand records fits

LOGGER = logging.getLogger(__name__)


def socket_path(home: Path) -> Path:
    """Return where the server of ``home`` listens."""
    return home / "office.sock"


@asynccontextmanager
async def office_socket(home: Path, parts: Parts) -> AsyncIterator[None]:
    """Listen for commands while the block runs."""
    path = socket_path(home)
    path.unlink(missing_ok=True)  # Left by a server that was killed; we hold the home's lock.

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.LimitOverrunError, ValueError):
            said = await _answered(await reader.readline(), parts)
            writer.write(json.dumps(said).encode() + b"\n")
            await writer.drain()
        writer.close()

    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(answer, path, limit=LINE_BYTES_MAX)
    finally:
        os.umask(before)
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()
        path.unlink(missing_ok=True)


async def ask_office(home: Path, name: str, arguments: Arguments) -> Answer | None:
    """Return the running server's answer, or None if none runs on ``home``.

    Raises: RemoteRefusal with the server's own words.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(socket_path(home), limit=LINE_BYTES_MAX)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    try:
        request = {"command": name, "arguments": dict(arguments)}
        writer.write(json.dumps(request).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise Unavailable(retry_after_seconds=1)
    said = json.loads(line)
    if "refused" in said:
        raise RemoteRefusal(said["refused"]["message"], said["refused"].get("members", {}))
    answer: Answer = said["answer"]
    return answer


class RemoteRefusal(DomainError):
    """The server refused the command; the message is its own."""

    code = "refused"

    def __init__(self, message: str, members: dict[str, Any]) -> None:
        """``members`` are those of the server's refusal."""
        super().__init__(message)
        self._members = members

    @property
    def members(self) -> dict[str, Any]:
        """What the server told along."""
        return self._members


async def _answered(line: bytes, parts: Parts) -> dict[str, Any]:
    try:
        request = json.loads(line)
        answer = await run_office_command(
            parts.database,
            parts.public_url,
            parts.clock(),
            request["command"],
            request["arguments"],
        )
        if request["command"] in RELEASING_COMMANDS:
            await parts.jobs.post(OrganisationId(UUID(answer["organisation"])))
    except DomainError as refusal:
        told = {"message": str(refusal), "members": dict(refusal.members)}
        return {"refused": told}
    except Exception:
        LOGGER.exception("a command failed")
        return {"refused": {"message": "The server met a bug; its log says more."}}
    return {"answer": answer}
