"""`python -m electionlab`: what the make targets call.

A command imports what it needs when it runs, so that `--help` and the short commands are quick.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from electionlab.command_line import OutputFile, WorkbookCommand, measurements
from electionlab.errors import LabError, writing
from electionlab.host import terminal

NAME = "python -m electionlab"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
def commands() -> None:
    """Run Kafka, JupyterLab, a storm or a series of failovers, or build the pages."""


@commands.command()
def fetch() -> None:
    """Fetch and prepare Kafka, so that all else works offline.

    What has failed before is tried again. The other servers of notebook 07 are fetched by it.
    """
    from electionlab.host.folders import cache_folder
    from electionlab.kafka import zookeeper_home
    from electionlab.kafka.install import prepare

    installation = prepare(again=True)
    cache = "with" if installation.aot_cache else "without"
    print(
        f"Kafka {installation.version} is ready in {cache_folder()}, on {installation.java}, "
        f"{cache} an AOT cache."
    )
    home = zookeeper_home.make_home(again=True)
    print(f"Kafka {zookeeper_home.VERSION}, the last with ZooKeeper, is ready in {home}.")


@commands.command(cls=WorkbookCommand)
def kafka() -> None:
    """Run a broker in the foreground until Ctrl+C."""
    from electionlab.lab.foreground import run

    run()


@commands.command(cls=WorkbookCommand)
def demo() -> None:
    """Walk through the playbook in this terminal, in under a minute."""
    from electionlab.kafka.install import prepare
    from electionlab.lab import demo

    prepare()
    demo.run()


@commands.command(cls=WorkbookCommand)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[-- JUPYTER-OPTIONS]")
def lab(options: tuple[str, ...]) -> None:
    """Open your copies of the notebooks in JupyterLab."""
    from electionlab.book import jupyterlab
    from electionlab.host.owners import add_owner
    from electionlab.kafka.install import prepare

    prepare()  # progress belongs in this terminal, not in a cell
    os.environ["PYTHONUTF8"] = "1"  # for the kernels: a cell may read a log
    add_owner(os.getpid())
    jupyterlab.run(options)


@commands.command()
def env() -> None:
    """Print the line that sets KAFKA_HOME, for a shell to eval."""
    from electionlab.kafka import kafka_home

    print(kafka_home.export())


@commands.command(cls=WorkbookCommand)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[-- SPHINX-OPTIONS]")
def build(options: tuple[str, ...]) -> None:
    """Build the pages; if that fails, say what the doctor finds."""
    from sphinx.cmd.build import main as sphinx

    interrupted = False

    def interrupt(number: int, frame: Any) -> None:
        nonlocal interrupted
        interrupted = True
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # at once, whatever its pages are doing
    try:
        status = sphinx(options)
    except SystemExit as ended:  # after --version, or with a sentence on why nothing can be built
        status = ended.code if isinstance(ended.code, int) else 1
        if status == 1:
            print(ended, file=sys.stderr)
    if interrupted:
        raise KeyboardInterrupt
    if status:
        subprocess.run([sys.executable, "-m", "electionlab", "doctor"], check=False, stdout=2)
        raise LabError("The pages were not built: see above.")


@commands.command(cls=WorkbookCommand)
@click.argument("path", type=OutputFile())
@click.option("--save", type=OutputFile(), help="The file for the history, JSON Lines.")
@click.option(
    "--fault",
    type=click.Choice(["freeze", "interrupt"]),
    default="freeze",
    help="What is done to the leader: it stands still for a while, or gets Ctrl+C.",
)
def picture(path: Path, save: Path | None, fault: str) -> None:
    """Break the leader of three workers, and draw that as SVG.

    PATH is the SVG file to write.
    """
    from electionlab.lab import walkthrough
    from electionlab.pictures.timeline import Timeline

    history = walkthrough.RUNS[fault]()
    if save:
        history.save(save)
    shown = Timeline(history)
    with writing(path):
        path.write_text(shown.svg(standalone=True) + "\n", encoding="utf-8")
    print(f"{path}: {shown!r}")


@commands.command(cls=WorkbookCommand)
@click.option("--rounds", type=click.IntRange(min=1), default=30, help="How many rounds.")
@click.option("--seed", type=int, help="Fixes the schedule; a random one if left out.")
@click.option("--workers", type=click.IntRange(3, 5), default=3, help="How many at the start.")
@click.option("--brokers", type=click.Choice([1, 3]), default=1, help="How many.")
@click.option("--program", default="faulty", help="A program in examples/.")
@click.option("--save", type=OutputFile(), help="The file for the history, JSON Lines.")
@click.option("--record", type=OutputFile(), help="The file of recorded storms to add this one to.")
def storm(rounds: int, seed: int | None, **options: Any) -> None:
    """Break a running election in rounds, and judge what happened.

    A fault of the storm has to explain whatever happened.
    """
    import random

    from electionlab.storm import command

    if not command.run(rounds, random.randrange(1_000_000) if seed is None else seed, **options):
        raise LabError("The storm found something that nothing explains: see above.")


for measurement in measurements():
    commands.add_command(measurement)


@commands.command()
def doctor() -> None:
    """Say what this machine has, and how to fix what is missing."""
    from electionlab.book.doctor import examine

    findings = list(examine())
    print("\n".join(map(str, findings)))
    if any(finding.mend for finding in findings):
        raise LabError("Something is missing: see the lines with → above.")


@commands.command(cls=WorkbookCommand)
def lock() -> None:
    """Resolve Kafka's coordinates and pin them (for maintainers)."""
    from electionlab.kafka import install, zookeeper_home
    from electionlab.kafka.jar_lock import write_lock

    for kafka in (install, zookeeper_home):
        print(f"Wrote {write_lock(kafka.LOCK, kafka.COORDINATES)}.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; returns its exit status."""
    terminal.print_anywhere()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # Not `commands.main`, which treats Ctrl+C and a closed pipe in its own way.
        with commands.make_context(NAME, given) as context:
            commands.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:  # after --help
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except LabError as error:
        print(f"electionlab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `… doctor | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return 0


if __name__ == "__main__":
    # When its guard ends it, it tidies up what it had begun, as after Ctrl+C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main())
