"""The environment, read once: the only module that knows ``os.environ``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from daywork.core.errors import ValueRefused

DEFAULT_PUBLIC_URL = "http://localhost:8000"
POSTING_HOLD_SECONDS = 600
PUSHES_PER_MINUTE = 60
BACKUPS_KEPT = 14


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may choose."""

    home: Path  # DAYWORK_HOME: database, keys, journals; never inside the package
    database_url: str | None  # DAYWORK_DATABASE_URL: PostgreSQL; None is SQLite in home
    public_url: str  # DAYWORK_PUBLIC_URL: what links and origins are made of
    listen_host: str  # DAYWORK_LISTEN: host:port, by default from the public URL
    listen_port: int
    tls_certificate: Path | None  # DAYWORK_TLS_CERT, DAYWORK_TLS_KEY: both or none
    tls_key: Path | None
    proxies: frozenset[str]  # DAYWORK_PROXIES: addresses whose X-Forwarded-Proto counts
    pushes_per_minute: int  # DAYWORK_PUSHES_PER_MINUTE, a device
    posting_hold_seconds: int  # DAYWORK_POSTING_HOLD_SECONDS: an approval's time for undo
    push_hosts: frozenset[str]  # DAYWORK_PUSH_HOSTS: further web push services
    backups: Path  # DAYWORK_BACKUPS: a folder, by default in home
    backups_kept: int  # DAYWORK_BACKUPS_KEPT: of the nightly ones; 0 makes none

    @property
    def epoch_marker(self) -> Path:
        """Where it is written how far each history has come."""
        return self.home / "epochs.json"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of ``environment``, by default the process's own.

    Raises: ValueRefused, whose ``field`` names the variable.
    """
    given = os.environ if environment is None else environment
    public_url = given.get("DAYWORK_PUBLIC_URL", DEFAULT_PUBLIC_URL).rstrip("/")
    parts = urlsplit(public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise _refused("DAYWORK_PUBLIC_URL", "a URL like https://time.example.org without a path")
    default_port = parts.port or (443 if parts.scheme == "https" else 80)
    host, port = _address(given.get("DAYWORK_LISTEN", f"127.0.0.1:{default_port}"))
    certificate, key = given.get("DAYWORK_TLS_CERT"), given.get("DAYWORK_TLS_KEY")
    if (certificate is None) != (key is None):
        raise _refused("DAYWORK_TLS_CERT", "given together with DAYWORK_TLS_KEY")
    url = given.get("DAYWORK_DATABASE_URL") or None
    if url is not None and not url.startswith("postgresql://"):
        raise _refused("DAYWORK_DATABASE_URL", "postgresql://..., or absent for SQLite")
    home = Path(given.get("DAYWORK_HOME", "var")).absolute()
    return Settings(
        home=home,
        database_url=url,
        public_url=public_url,
        listen_host=host,
        listen_port=port,
        tls_certificate=None if certificate is None else Path(certificate),
        tls_key=None if key is None else Path(key),
        proxies=_words(given.get("DAYWORK_PROXIES", "")),
        pushes_per_minute=_whole(given, "DAYWORK_PUSHES_PER_MINUTE", PUSHES_PER_MINUTE, 1),
        posting_hold_seconds=_whole(given, "DAYWORK_POSTING_HOLD_SECONDS", POSTING_HOLD_SECONDS, 0),
        push_hosts=_words(given.get("DAYWORK_PUSH_HOSTS", "")),
        backups=Path(given.get("DAYWORK_BACKUPS") or home / "backups").absolute(),
        backups_kept=_whole(given, "DAYWORK_BACKUPS_KEPT", BACKUPS_KEPT, 0),
    )


def environment_with(changes: Mapping[str, str]) -> dict[str, str]:
    """Return the process's own environment with ``changes``, for a child process."""
    return {**os.environ, **changes}


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65_535:
        raise _refused("DAYWORK_LISTEN", "host:port, for instance 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def _whole(given: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = given.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise _refused(name, f"a whole number of at least {least}")
    return int(text)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in text.split(",") if word.strip())


def _refused(name: str, expected: str) -> ValueRefused:
    return ValueRefused(f"{name} must be {expected}.", name)
