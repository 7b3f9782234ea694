"""The real programs that the tests run: fetch them, or say which is missing.

    python scripts/test_tools.py fetch   get what is not there
    python scripts/test_tools.py check   exit 1 and name what is missing

A test that cannot run is a failure here, never a silent skip.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.tools import PROGRAMS, UNPACKED, find_postgresql, find_program  # noqa: E402


def missing() -> list[str]:
    """Return what cannot be found, each with its remedy."""
    faults = [
        f"{name} is missing. Debian: apt-get install {package}"
        for name, package in PROGRAMS.items()
        if find_program(name) is None
    ]
    if find_postgresql() is None:
        faults.append("PostgreSQL is missing. Run make setup, or: apt-get install postgresql")
    return faults


def fetch() -> None:
    """Get the programs that are not there."""
    packages = [package for name, package in PROGRAMS.items() if find_program(name) is None]
    if packages:
        script = ROOT / "scripts/debian_packages.sh"
        subprocess.run([str(script), str(UNPACKED.parent), *sorted(set(packages))], check=False)


if __name__ == "__main__":
    if sys.argv[1:] == ["fetch"]:
        fetch()
    FAULTS = missing()
    for fault in FAULTS:
        sys.stderr.write(f"make test cannot run: {fault}\n")
    sys.exit(1 if FAULTS else 0)
