"""`python -m electionlab`: what the make targets call."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from electionlab import doctor, home, jars, layout, ports, report, timeline, walkthrough
from electionlab.errors import LabError
from electionlab.install import COORDINATES, LOCK, prepare
from electionlab.kafka import PLAYBOOK_PORT, Kafka
from electionlab.places import PROJECT, cache_folder, require_writable
from electionlab.processes import add_owner, outer_owners


def fetch(_: argparse.Namespace) -> None:
    """fetch and prepare Kafka, so that all else works without a network"""
    installation = prepare()
    cache = "with" if installation.aot_cache else "without"
    print(
        f"Kafka {installation.version} is ready in {cache_folder()}, on {installation.java}, "
        f"{cache} an AOT cache."
    )
    print(f"Kafka {home.VERSION}, the last with ZooKeeper, is ready in {home.make_home()}.")


def kafka(_: argparse.Namespace) -> None:
    """run a broker in the foreground until Ctrl+C"""
    with Kafka(lock=False) as broker:
        if broker.process is None:
            print(
                f"{broker!r}.\nIt belongs to {ports.listener(PLAYBOOK_PORT)}. Nothing was started."
            )
            return
        print(
            f"{broker!r}.\nIn other terminals, in the folder {PROJECT}:\n\n"
            "    . .venv/bin/activate\n"
            "    faust -A leader worker -l info --web-port 6066\n\n"
            "and the same with --web-port 6067 and 6068.\n"
            f"Kafka's own log is {broker.process.log}\nCtrl+C stops it.",
            flush=True,
        )
        try:
            while broker.process.alive:
                outer_owners()  # raises when make has gone
                time.sleep(0.2)
        except KeyboardInterrupt:
            print("\nStopping Kafka.")
            return
        raise LabError(f"Kafka ended by itself: {broker!r}. Its log: {broker.process.log}")


def lab(arguments: argparse.Namespace) -> None:
    """open the notebooks in JupyterLab"""
    prepare()  # progress belongs in this terminal, not in a cell
    add_owner(os.getpid())
    # A kernel without a browser for two minutes is ended, and with it what it owns.
    idle_s = os.environ.get("ELECTIONLAB_CULL_S", "120")
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={PROJECT / 'notebooks'}"]
    command += ["--ServerApp.ip=127.0.0.1", f"--MappingKernelManager.cull_idle_timeout={idle_s}"]
    command += ["--MappingKernelManager.cull_interval=5", *arguments.options]
    if os.geteuid() == 0:  # a container; JupyterLab would refuse
        command.append("--allow-root")
    os.execv(sys.executable, command)


def picture(arguments: argparse.Namespace) -> None:
    """run the walkthrough in short and draw it into an SVG file"""
    require_writable(arguments.path)
    history = walkthrough.run()
    arguments.path.write_text(timeline.svg(history, standalone=True) + "\n")
    print(f"{arguments.path}: {timeline.describe(history)}")


def failover(arguments: argparse.Namespace) -> None:
    """measure failovers over and over, with many settings side by side"""
    from electionlab import sweep  # what it needs takes longer to load than most commands run

    for name in ("rounds", "at_once"):
        if getattr(arguments, name) not in (None, *range(1, 1001)):
            raise LabError(f"--{name.replace('_', '-')} has to be 1 or more, and 1000 at most.")
    if arguments.record:
        require_writable(arguments.record)
    prepare()
    sweep.main(arguments.rounds, arguments.record, arguments.note, arguments.at_once)


def diagnose(_: argparse.Namespace) -> None:
    """say what was found on this machine, and how to mend what is missing"""
    findings = list(doctor.examine())
    print("\n".join(map(str, findings)))
    if any(finding.mend for finding in findings):
        raise LabError("Something is missing: see the lines with → above.")


def env(_: argparse.Namespace) -> None:
    """print the line that sets KAFKA_HOME for the playbook's commands, for a shell to eval"""
    print(layout.export())


def lock(_: argparse.Namespace) -> None:
    """resolve Kafka's coordinates anew and pin the result (for maintainers)"""
    for name, coordinates in ((LOCK, COORDINATES), (home.LOCK, home.COORDINATES)):
        print(f"Wrote {jars.write_lock(name, coordinates)}.")


def storm(arguments: argparse.Namespace) -> None:
    """break a running election in rounds, and judge what happened by what must explain it"""
    seed = arguments.seed if arguments.seed is not None else random.randrange(1_000_000)
    passed = report.run(
        arguments.rounds,
        seed,
        workers=arguments.workers,
        brokers=arguments.brokers,
        program=arguments.program,
        save=arguments.save,
        record=arguments.record,
    )
    if not passed:
        raise LabError("The storm found what nothing explains: see above.")


def _storm_options(added: argparse.ArgumentParser) -> None:
    added.add_argument("--rounds", type=int, default=30, help="how many rounds (30)")
    added.add_argument("--seed", type=int, help="what fixes the schedule (one at random)")
    added.add_argument("--workers", type=int, default=3, help="3 to 5 at the beginning (3)")
    added.add_argument("--brokers", type=int, default=1, help="1 or 3 (1)")
    added.add_argument("--program", default="faulty", help="a program in examples/ (faulty)")
    added.add_argument("--save", type=Path, help="the file for the history, JSON Lines")
    added.add_argument("--record", type=Path, help="the file of recorded storms to add this one to")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m electionlab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    named = {"fetch": fetch, "kafka": kafka, "lab": lab, "env": env, "picture": picture}
    named |= {"storm": storm, "failover": failover, "doctor": diagnose, "lock": lock}
    for name, command in named.items():
        added = commands.add_parser(name, help=command.__doc__)
        added.set_defaults(command=command)
        if command is lab:
            added.add_argument("options", nargs="*", help="options for JupyterLab, after --")
        if command is storm:
            _storm_options(added)
        if command is picture:
            added.add_argument("path", type=Path, help="the SVG file to write")
        if command is failover:
            added.add_argument("--rounds", type=int, default=20, help="of each fault and setting")
            added.add_argument("--record", type=Path, help="the JSON file to write")
            added.add_argument("--note", default="", help="what a reader of the file has to know")
            added.add_argument("--at-once", type=int, help="labs at the same time")
    told = parser.parse_args(arguments)
    try:
        told.command(told)
    except LabError as error:
        print(f"electionlab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    # Ended by its guard: what was begun is tidied up, as after Ctrl+C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main())
