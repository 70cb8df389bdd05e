"""The three things that only one process may do at a time:

`walkthrough`        use the ports that the playbook prescribes; others wait, up to a deadline
`foreground_kafka`   run `make kafka`; a build waits for it to end, notebooks use that Kafka
`build`              build this checkout; the next build waits as long as it takes

The first two are per user on this machine, the last is per checkout.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from electionlab.host.folders import PROJECT
from electionlab.host.lock import Lock
from electionlab.host.owners import build_name

WAIT_VARIABLE = "ELECTIONLAB_LOCK_WAIT_S"
WAIT_S = 120.0
BUILD_WAIT_S = 600.0
"""How long a page of a build waits. The build itself has waited before that, as long as it took."""


class WalkthroughLock(Lock):
    """The right to use ports 9092 and 6066-6068."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path or _users_file("walkthrough"), "the walkthrough")

    def acquire(self, within: float | None = None) -> None:
        """Take the lock, waiting at most `within` seconds (default 120, or the environment
        variable ELECTIONLAB_LOCK_WAIT_S) for whoever holds it.

        A page of a build waits longer, and says nothing while it waits for another page of the same
        build, because what is printed here appears on the page. Raises LabError, naming the holder.
        """
        wait_s = float(os.environ.get(WAIT_VARIABLE, WAIT_S)) if within is None else within
        if wait_s > 0 and build_name():
            wait_s = max(wait_s, BUILD_WAIT_S)
        advice = (
            "It uses ports 9092 and 6066-6068, so only one can run at a time. Stop that one (in "
            "JupyterLab: Kernel > Shut Down Kernel), then try again."
        )
        self._acquire(wait_s, advice)


def _users_file(name: str) -> Path:
    """One file per user, not per checkout or cache, because the ports belong to the machine."""
    return Path(tempfile.gettempdir()) / f"electionlab-{name}-{os.getuid()}.lock"


walkthrough = WalkthroughLock()
foreground_kafka = Lock(_users_file("kafka"), "the Kafka of `make kafka`")
"""A build waits for it to end: that Kafka has the topics of whoever is working with it, and their
workers have the ports."""
build = Lock(PROJECT / "_build" / "build.lock", "another build of this checkout")
