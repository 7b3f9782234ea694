"""Dockerfile and docker-compose.yml say what settings, command line and wheel know."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from daywork.cli.main import main
from daywork.settings import environment_with, read_settings

ROOT = Path(__file__).parents[2]
BUILD_SECONDS_MAX = 240
DEMO_SECONDS_MAX = 120

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
OURS = ("app", "worker")
PLAY = """
import sys, daywork
from daywork.cli.main import main
print(daywork.__file__, flush=True)
sys.exit(main(["demo", "--once"]))
"""


def environment_of(name: str) -> dict[str, str]:
    """Return a container's settings, filled in as an operator would."""
    filled = {"DAYWORK_DATABASE_PASSWORD": "secret", "DAYWORK_PROXIES": "172.18.0.1"}
    found = {}
    for key, text in COMPOSE["services"][name]["environment"].items():
        found[key] = re.sub(
            r"\$\{(\w+)(?::[-?]([^}]*))?\}",
            lambda match: filled.get(match[1], match[2] or ""),
            text,
        )
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as the Dockerfile builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    assert "python -m hatchling build --target wheel" in DOCKERFILE
    subprocess.run(
        [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "--target",
            "wheel",
            "--directory",
            str(folder),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=BUILD_SECONDS_MAX,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_a_container_is_one_that_is_read(name: str) -> None:
    environment = environment_of(name)
    source = (ROOT / "backend/daywork/settings.py").read_text("utf-8")

    settings = read_settings(environment)

    assert set(environment) <= set(re.findall(r'"(DAYWORK_[A-Z_]+)"', source))
    assert settings.database_url == "postgresql://daywork:secret@postgres:5432/daywork"
    assert settings.listen_host == "0.0.0.0"  # noqa: S104 - inside the container
    assert settings.proxies == {"172.18.0.1"}


@pytest.mark.parametrize("name", OURS)
def test_a_container_runs_a_command_that_there_is(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program, command = COMPOSE["services"][name]["command"]

    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert program == "daywork"
    assert ended.value.code == 0
    assert f"daywork {command}" in capsys.readouterr().out


def test_the_app_is_published_on_the_port_that_it_listens_on() -> None:
    port = read_settings(environment_of("app")).listen_port

    assert COMPOSE["services"]["app"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"EXPOSE {port}\n" in DOCKERFILE
    assert f"http://127.0.0.1:{port}/health/ready" in DOCKERFILE


def test_the_home_of_the_containers_is_the_volume_and_the_users_own() -> None:
    home = re.findall(r"DAYWORK_HOME=(\S+)", DOCKERFILE)

    assert home == ["/var/lib/daywork"]
    assert f"--home-dir {home[0]} daywork" in DOCKERFILE
    assert all(COMPOSE["services"][name]["volumes"] == [f"home:{home[0]}"] for name in OURS)


def test_no_password_is_written_down() -> None:
    password = COMPOSE["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"]

    assert password.startswith("${DAYWORK_DATABASE_PASSWORD:?")


def test_the_locks_that_the_image_installs_are_there() -> None:
    named = set(re.findall(r"requirements/(\w+\.txt)", DOCKERFILE))

    assert named == {"build.txt", "run.txt"}
    assert all("--hash=sha256:" in (ROOT / "requirements" / name).read_text() for name in named)


def test_the_wheel_by_itself_plays_the_demo(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        packed.extractall(tmp_path / "site")
    assert {"daywork/static/index.html", "daywork/migrations/env.py"} <= names
    assert not [name for name in names if ".stamp" in name or "node_modules" in name]

    done = subprocess.run(
        [sys.executable, "-c", PLAY],
        cwd=tmp_path,
        env=environment_with(
            {"PYTHONPATH": str(tmp_path / "site"), "DAYWORK_HOME": str(tmp_path / "home")}
        ),
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS_MAX,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(str(tmp_path / "site")), "the checkout was used, not the wheel"
    assert "30 entries, 216 h 00 in the journal" in done.stdout
