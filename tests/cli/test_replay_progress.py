"""A line per stage where there is no terminal, a bar where there is one."""

import io

from rich.console import Console

from daywork.cli.replay_progress import ShownStages


def shown(*, is_terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=100)
    with ShownStages(console) as stages:
        stages.begin("sent", 12)
        stages.advance(5)
        stages.advance(7)
        stages.begin("approved", 12)
    return out.getvalue()


def test_without_a_terminal_every_stage_is_one_plain_line() -> None:
    assert shown(is_terminal=False) == "sent: 12\napproved: 12\n"


def test_on_a_terminal_a_bar_counts_the_steps() -> None:
    text = shown(is_terminal=True)

    assert "12/12" in text
    assert "approved" in text
