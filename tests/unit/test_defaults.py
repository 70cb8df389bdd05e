"""The settings that the pages quote are those of the Faust that runs, and of our labs."""

import re

import faust
import pytest

from electionlab.host.folders import PROJECT
from electionlab.lab.lab import PATIENCE

PAGES = [PROJECT / "index.md", *(PROJECT / "docs").glob("*.md")]
PAGES += (PROJECT / "notebooks").glob("*.ipynb")
CONF = faust.App("defaults", broker="kafka://localhost:1").conf


@pytest.mark.parametrize(
    ("quoted", "value"),
    [
        (r"Faust\s+commits\s+every\s+([\d.]+)\s+s", CONF.broker_commit_interval),
        (r"Faust's\s+own\s+settings\s+are\s+(\d+)\s+s\s+and", CONF.broker_session_timeout),
        (r"own\s+settings\s+are\s+\d+\s+s\s+and\s+(\d+)\s+s", CONF.broker_heartbeat_interval),
        (r"[Ww]ith\s+Faust's\s+own\s+(\d+)\s+s", CONF.broker_session_timeout),
        (r"`broker_max_poll_interval`\s+\((\d+)\s+s\s+in\s+Faust", CONF.broker_max_poll_interval),
        (r"silent\s+for\s+(\d+)\s+s\s+counts\s+as\s+lost", PATIENCE["BROKER_SESSION_TIMEOUT"]),
        (r"Our\s+sessions\s+last\s+(\d+)\s+s", PATIENCE["BROKER_SESSION_TIMEOUT"]),
        (r"`table_standby_replicas`,\s+(\d+)\s+by\s+default", CONF.table_standby_replicas),
        (r"counts\s+the\s+member\s+as\s+lost:\s+(\d+)\s+s\s+with", CONF.broker_session_timeout),
        (r"every\s+(\d+)\s+s\s+with\s+Faust's\s+settings", CONF.broker_heartbeat_interval),
    ],
)
def test_a_default_that_a_page_quotes_is_fausts(quoted, value):
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    text = re.sub(r'\\n",\n\s+"', "\n", text)  # the lines of a notebook's cell
    found = re.findall(quoted, text)
    assert found, "no page quotes it any more"
    assert {float(number) for number in found} == {float(value)}
