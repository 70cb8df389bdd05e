"""Pages that are built while somebody else has the playbook's port."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from sites import build_page, copy_workbook

from electionlab.host import ports
from electionlab.kafka.properties import PLAYBOOK_PORT


def test_a_page_that_met_a_foreign_kafka_is_executed_again(tmp_path: Path):
    """Who listens on the playbook's port is somebody else: the page skips, and says so."""
    cell = (
        "from electionlab import occupied\n"
        "who = occupied()\nprint(f'Skipped: port 9092 has {who}' if who else 'Nothing skipped')"
    )
    book = copy_workbook(tmp_path / "book")

    def built() -> str:
        told = build_page(book, cell, "print('another')", CI="")
        assert told.returncode == 0, told.stdout
        executed.append(told.stdout.count("Executed notebook"))
        return (book / "_build" / "html" / "page0.html").read_text(encoding="utf-8")

    executed: list[int] = []
    if ports.is_taken(PLAYBOOK_PORT):
        pytest.fail(f"port {PLAYBOOK_PORT} is taken by {ports.listener(PLAYBOOK_PORT)}")
    with socket.create_server(("127.0.0.1", PLAYBOOK_PORT)):
        assert "Skipped: port 9092 has" in built()
        assert "Skipped: port 9092 has" in built()
    assert "Nothing skipped" in built()
    assert "Nothing skipped" in built()
    assert executed == [2, 1, 1, 0]
