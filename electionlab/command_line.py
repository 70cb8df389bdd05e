"""What the commands of `python -m electionlab` share: options, and the kind of command."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

RANGE = click.IntRange(1, 1000)
F = TypeVar("F", bound=Callable[..., Any])


class OutputFile(click.Path):
    """The path of a file to write, checked before an hour's work rather than after it. click itself
    checks only files that exist."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(value)
        if not path.absolute().parent.is_dir():
            self.fail(f"{path} cannot be written: there is no folder {path.parent}.", param, ctx)
        if not path.exists() and not os.access(path.absolute().parent, os.W_OK):
            self.fail(f"{path} cannot be written: permission denied.", param, ctx)
        return super().convert(value, param, ctx)


class WorkbookCommand(click.Command):
    """A command that runs only where a notebook's kernel would import this very package."""

    def invoke(self, ctx: click.Context) -> Any:
        from electionlab.book import checkout

        checkout.require_own_package()
        return super().invoke(ctx)


def options_of_a_measurement(rounds: str) -> Callable[[F], F]:
    """The options of a command that measures round after round; `rounds` says of what."""
    options = (
        click.option("--rounds", type=RANGE, default=20, help=rounds),
        click.option("--record", type=OutputFile(), help="The JSON file to write."),
        click.option(
            "--note", default="", show_default=False, help="What readers of the file need to know."
        ),
        click.option(
            "--at-once",
            type=RANGE,
            help="How many labs run at once; if left out, as many as this machine can run.",
        ),
    )

    def add(command: F) -> F:
        for option in reversed(options):  # as decorators are applied
            command = option(command)
        return command

    return add
