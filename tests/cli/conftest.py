"""What the tests of the command line share."""

import pytest

from support.demo import Demo, play_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo that was played; its home is copied by whoever changes it."""
    return play_demo(tmp_path_factory.mktemp("demo"))
