"""The environment is read once, and what is wrong in it is named."""

from pathlib import Path

import pytest

from daywork.core.errors import ValueRefused
from daywork.settings import environment_with, read_settings


def test_without_a_variable_everything_has_its_default() -> None:
    settings = read_settings({})

    assert settings.home == Path("var").absolute()
    assert (settings.database_url, settings.public_url) == (None, "http://localhost:8000")
    assert (settings.listen_host, settings.listen_port) == ("127.0.0.1", 8000)
    assert (settings.tls_certificate, settings.tls_key) == (None, None)
    assert (settings.pushes_per_minute, settings.posting_hold_seconds) == (60, 600)
    assert settings.proxies == settings.push_hosts == frozenset()


def test_what_is_set_is_read() -> None:
    settings = read_settings(
        {
            "DAYWORK_HOME": "/srv/daywork",
            "DAYWORK_DATABASE_URL": "postgresql://x/y",
            "DAYWORK_PUBLIC_URL": "https://time.example.org/",
            "DAYWORK_LISTEN": "[::1]:9000",
            "DAYWORK_TLS_CERT": "/c.pem",
            "DAYWORK_TLS_KEY": "/k.pem",
            "DAYWORK_PROXIES": "10.0.0.1, FE80::1 ,",
            "DAYWORK_PUSHES_PER_MINUTE": "1",
            "DAYWORK_POSTING_HOLD_SECONDS": "0",
            "DAYWORK_PUSH_HOSTS": "Push.example.org",
        }
    )

    assert (settings.home, settings.database_url) == (Path("/srv/daywork"), "postgresql://x/y")
    assert settings.public_url == "https://time.example.org"
    assert (settings.listen_host, settings.listen_port) == ("::1", 9000)
    assert (settings.tls_certificate, settings.tls_key) == (Path("/c.pem"), Path("/k.pem"))
    assert settings.proxies == {"10.0.0.1", "fe80::1"}
    assert (settings.pushes_per_minute, settings.posting_hold_seconds) == (1, 0)
    assert settings.push_hosts == {"push.example.org"}


@pytest.mark.parametrize(
    ("url", "port"),
    [("https://time.example.org", 443), ("http://localhost", 80), ("http://localhost:81", 81)],
)
def test_the_port_follows_from_the_public_url(url: str, port: int) -> None:
    assert read_settings({"DAYWORK_PUBLIC_URL": url}).listen_port == port


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DAYWORK_PUBLIC_URL", "time.example.org"),
        ("DAYWORK_PUBLIC_URL", "ftp://time.example.org"),
        ("DAYWORK_PUBLIC_URL", "https://example.org/time"),
        ("DAYWORK_LISTEN", "8000"),
        ("DAYWORK_LISTEN", "localhost:0"),
        ("DAYWORK_LISTEN", "localhost:65536"),
        ("DAYWORK_LISTEN", "localhost:http"),
        ("DAYWORK_DATABASE_URL", "sqlite:///x"),
        ("DAYWORK_TLS_CERT", "/c.pem"),
        ("DAYWORK_PUSHES_PER_MINUTE", "0"),
        ("DAYWORK_PUSHES_PER_MINUTE", "many"),
        ("DAYWORK_POSTING_HOLD_SECONDS", "-1"),
        ("DAYWORK_POSTING_HOLD_SECONDS", "1.5"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        read_settings({name: value})

    assert caught.value.field == name


def test_a_child_process_gets_our_environment_with_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DAYWORK_HOME", "/one")
    monkeypatch.setenv("DAYWORK_TEST", "kept")

    environment = environment_with({"DAYWORK_HOME": "/two"})

    assert (environment["DAYWORK_HOME"], environment["DAYWORK_TEST"]) == ("/two", "kept")
    assert read_settings().home == Path("/one")
