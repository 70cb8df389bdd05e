"""A broker's storage folder: formatted once by Kafka's StorageTool, then copied for each broker.

Running StorageTool for each broker would cost 0.3 s more than booting it.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import uuid
from pathlib import Path

from electionlab.errors import LabError
from electionlab.host.waiting import stretched
from electionlab.kafka.installation import Installation
from electionlab.kafka.java import environment
from electionlab.kafka.properties import CONTROLLER_PORT, PLAYBOOK_PORT, kraft_properties

FORMATTED_WITHIN_S = 120.0


def format_storage(installation: Installation, data: Path) -> None:
    """Make a formatted storage folder. LabError, quoting StorageTool, if it fails."""
    config = data.with_name("format.properties")
    config.write_text(kraft_properties(data, PLAYBOOK_PORT, CONTROLLER_PORT), encoding="utf-8")
    tool = ["kafka.tools.StorageTool", "format", "-t", new_id(), "-c", str(config)]
    result = subprocess.run(
        installation.command(*tool),
        env=environment(),
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=stretched(FORMATTED_WITHIN_S),
    )
    if result.returncode:
        raise LabError(f"Kafka's StorageTool failed:\n{result.stderr or result.stdout}")
    config.unlink()


def copy_storage(
    formatted: Path, data: Path, *, cluster_id: str | None = None, node: int = 1
) -> None:
    """Make a storage folder as fresh as StorageTool's: a copy of a formatted one with ids of its
    own. Nodes of one cluster share `cluster_id`."""
    shutil.copytree(formatted, data)
    meta = data / "meta.properties"
    ids = {"cluster.id": cluster_id or new_id(), "directory.id": new_id(), "node.id": str(node)}
    fresh = re.sub(
        r"(?m)^(cluster\.id|directory\.id|node\.id)=.*$",
        lambda m: f"{m[1]}={ids[m[1]]}",
        meta.read_text(encoding="utf-8"),
    )
    meta.write_text(fresh, encoding="utf-8")


def new_id() -> str:
    """A random id as Kafka writes them: 16 bytes in base64 without padding.

    Like Kafka's own, it never begins with a dash: on a command line it would be taken for an
    option.
    """
    text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return new_id() if text.startswith("-") else text
