"""One process a home: SQLite has one writer, and it is a whole process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daywork.core.errors import HomeInUse, ValueRefused


def make_home(home: Path) -> None:
    """Make ``home`` for its owner only, if it is not there. Raises: ValueRefused."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_ours = os.access(home, os.W_OK | os.X_OK)
    except OSError as error:
        message = f"{home} cannot be made: {error.strerror}. Choose another DAYWORK_HOME."
        raise ValueRefused(message, "DAYWORK_HOME") from error
    if not is_ours:
        message = f"{home} cannot be written to. Choose another DAYWORK_HOME."
        raise ValueRefused(message, "DAYWORK_HOME")


@contextmanager
def locked_home(home: Path) -> Iterator[None]:
    """Keep other processes out of ``home`` (made with mode 0700 if it is not there).

    Raises: HomeInUse, which names the process that has it; ValueRefused if it cannot
    be made or written.
    """
    make_home(home)
    handle = os.open(home / "daywork.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(handle, 20, 0).decode(errors="replace").strip() or "unknown"
            message = f"Another process ({owner}) uses {home}. Stop it first."
            raise HomeInUse(message) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)  # Lets go of the lock, too.
