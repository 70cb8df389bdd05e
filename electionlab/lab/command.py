"""A worker's command line: the program, its web port, and whether it will log what it does."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host import ports
from electionlab.lab.worker import Which


def is_command(which: Which) -> bool:
    """Whether this is a command line rather than a worker or its name."""
    return isinstance(which, str) and not which.isdigit()


def arguments(command: str) -> list[str]:
    """The words of the command line. The program is the one beside this interpreter, whatever the
    PATH says."""
    program, *rest = shlex.split(command)
    return [str(Path(sys.executable).parent / program), *rest]


def web_port(command: str) -> str:
    """A worker's name: the web port in its command line. LabError if there is none."""
    port = re.search(r"--web-port[= ](\d+)", command)
    if not port:
        raise LabError(f"A worker's name is its web port, and there is no --web-port in: {command}")
    ports.require_possible(int(port[1]))
    return port[1]


def require_logging(command: str) -> None:
    """LabError if a worker with this command would never log that it is ready: by default Faust
    logs only warnings."""
    if not re.search(r"(?:^|\s)(?:-l\s*|--loglevel[= ])(?:info|debug)\b", command, re.IGNORECASE):
        raise LabError(
            f"What a worker does is read from its log, and this one would log nothing: {command}\n"
            "Add -l info to it."
        )
