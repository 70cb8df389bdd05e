"""What earlier versions of this workbook left in the cache, and no version uses any more."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from electionlab.kafka.jar_lock import lock_file

EARLIER = ("kafka-*.aot", "kafka-*.failed", "unfinished-*.aot")
"""Files beside the jars, from before what is made of them had a folder of its own."""

FETCHED = "fetch.lock"
"""The file by which a folder of jars is known as one that this workbook has fetched."""

UNUSED_S = 30 * 24 * 3600.0
"""Another checkout may still run an older Kafka. A start makes its folder newer."""


def remove(cache: Path) -> None:
    """Remove leftovers: files of earlier versions in `cache`, the folder of one Kafka, and beside
    it the folders of Kafkas that this version does not have and nobody has used for 30 days."""
    for pattern in EARLIER:
        for path in cache.glob(pattern):
            path.unlink(missing_ok=True)
    for fetched in cache.parent.glob(f"kafka-*/{FETCHED}"):
        folder = fetched.parent
        used = max(path.stat().st_mtime for path in folder.iterdir())
        if not lock_file(folder.name).exists() and time.time() - used > UNUSED_S:
            shutil.rmtree(folder, ignore_errors=True)
