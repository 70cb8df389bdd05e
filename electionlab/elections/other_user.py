"""Another user than root, for a server that root may not run."""

from __future__ import annotations

import pwd
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from electionlab.elections.wheels import NotHereError
from electionlab.host.waiting import stretched


def become(user: pwd.struct_passwd, command: Sequence[str]) -> list[str]:
    """The command line by which root runs a command as another user."""
    program = (
        f"import os, sys; os.setgroups([]); os.setgid({user.pw_gid}); os.setuid({user.pw_uid}); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    return [sys.executable, "-IS", "-c", program, *command]


def find() -> pwd.struct_passwd:
    """The user `nobody`. NotHereError if there is none, or if this root may not become another
    user, as in some containers."""
    try:
        user = pwd.getpwnam("nobody")
    except KeyError:
        raise NotHereError("it refuses to run as root, and there is no user `nobody`") from None
    probe = subprocess.run(
        become(user, ["/bin/sh", "-c", ":"]),
        check=False,
        capture_output=True,
        timeout=stretched(30),
    )
    if probe.returncode:
        raise NotHereError("it refuses to run as root, who may not become another user here")
    return user


def require_passable(folder: Path) -> None:
    """NotHereError if another user cannot reach this folder."""
    for parent in folder.parents:
        if not parent.stat().st_mode & 0o001:
            raise NotHereError(f"it refuses to run as root, and others may not enter {parent}")
