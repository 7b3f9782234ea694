"""One process a home: SQLite has one writer, and it is a whole process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daywork.core.errors import HomeInUse


@contextmanager
def locked_home(home: Path) -> Iterator[None]:
    """Keep other processes out of ``home`` (made with mode 0700 if it is not there).

    Raises: HomeInUse, which names the process that has it.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
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
