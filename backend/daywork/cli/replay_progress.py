"""What the person sees meanwhile: a bar on a terminal, a line per stage elsewhere."""

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class Stages(Protocol):
    """One bar after the other."""

    def begin(self, name: str, total: int) -> None:
        """Start the stage ``name`` of ``total`` steps."""
        ...

    def advance(self, steps: int = 1) -> None:
        """So many steps of the stage are done."""
        ...


class ShownStages:
    """Stages on a console; a context manager because a bar has to be taken down."""

    def __init__(self, console: Console) -> None:
        """``console`` is where the bars go: standard error, so that --json stays clean."""
        self._console = console
        self._is_terminal = console.is_terminal
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._bar: TaskID | None = None

    def __enter__(self) -> Self:
        """Show the bars, if there is a terminal to show them on."""
        if self._is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bars as they are and give the terminal back."""
        if self._is_terminal:
            self._bars.stop()

    def begin(self, name: str, total: int) -> None:
        """Start the stage ``name`` of ``total`` steps."""
        if self._is_terminal:
            self._bar = self._bars.add_task(name, total=total)
        else:
            self._console.print(f"{name}: {total}", highlight=False)

    def advance(self, steps: int = 1) -> None:
        """So many steps of the stage are done."""
        if self._bar is not None:
            self._bars.update(self._bar, advance=steps)


class HiddenStages:
    """Nothing to see: for tests and for callers with a display of their own."""

    def begin(self, name: str, total: int) -> None:
        """Say nothing."""

    def advance(self, steps: int = 1) -> None:
        """Say nothing."""
