"""What the commands of `python -m electionlab` share: options, and the kind of command."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
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


MEASUREMENTS = {
    "failover": (
        "failover.measure",
        "Of each fault and setting.",
        "Measure failovers over and over, with many settings.",
    ),
    "fencing": (
        "fencing.measure",
        "Of each program and fault.",
        "Break leaders over and over, and count stale greetings.",
    ),
    "elections": (
        "elections.measure",
        "Of each election and fault.",
        "Break the leaders of several elections, and compare.\n\n"
        "Faust's beside those of ZooKeeper, etcd, PostgreSQL and Redis.",
    ),
    "crawler": (
        "crawler.storms",
        "Half of them with the plain leader.",
        "Kill leaders and crawlers in the midst of crawls.",
    ),
    "crawls": (
        "crawler.speed",
        "Of each number of workers.",
        "Measure how fast one, two and four workers crawl.",
    ),
}
"""By command: the module whose `record` measures, what is counted, and the words of its help."""


def measurements() -> Iterator[click.Command]:
    """The commands that measure in rounds."""
    for name, (module, counted, words) in MEASUREMENTS.items():
        yield _measurement(name, module, counted, words)


def _measurement(name: str, module: str, counted: str, words: str) -> click.Command:

    @click.command(name, cls=WorkbookCommand, help=words)
    @options_of_a_measurement(counted)
    def measure(rounds: int, record: Path | None, note: str, at_once: int | None) -> None:
        from electionlab.kafka.install import prepare
        from electionlab.lab.recorded import Task, command_line

        prepare()
        task = Task(command_line(name, rounds, record, at_once), note, at_once, record)
        recorded = importlib.import_module(f"electionlab.{module}").record(rounds, task)
        print(record or recorded)

    return measure
