"""How the tests start the real Chromium."""

from support.tools import program, program_environment

# --no-sandbox: as root, and unpacked, its sandbox helper cannot work.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str:
    """Return the browser's path. Raises: FileNotFoundError."""
    return str(program("chromium"))


def environment() -> dict[str, str | float | bool]:
    """Return the environment that an unpacked browser needs."""
    return dict(program_environment())
