"""What the tests of the command line share."""

import shutil
from pathlib import Path

import pytest

from daywork.cli.main import main
from support.commands import Say
from support.demo import Demo, play_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo that was played; its home is copied by whoever changes it."""
    return play_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def home(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo's home, which the commands work on."""
    copied = shutil.copytree(demo.home, tmp_path / "home")
    monkeypatch.setenv("DAYWORK_HOME", str(copied))
    return copied


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command and return what it printed."""

    def run(*words: str) -> str:
        status = main(words)
        told = capsys.readouterr()
        assert (status, told.err) == (0, "")
        return told.out

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command that is refused and return what it complained about."""

    def run(*words: str) -> str:
        status = main(words)
        told = capsys.readouterr()
        assert (status, told.out) == (1, "")
        assert "Traceback" not in told.err
        return told.err

    return run
