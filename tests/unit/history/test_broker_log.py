"""When the coordinator gave up on a member, as its log tells it."""

import pytest

from electionlab.history.broker_log import BrokerLog, expired

LINE = (
    "[2026-11-23 16:38:33,539] INFO org.apache.kafka.coordinator.group.GroupMetadataManager - "
    "[GroupCoordinator id=1 topic=__consumer_offsets partition=0] Member {member} in group {group} "
    "has failed, removing it from the group.\n"
)


def test_the_end_of_a_session_is_read_from_the_brokers_log():
    lines = [LINE.format(member="m-1", group="ours"), LINE.format(member="m-2", group="theirs")]
    (found,) = expired(["something else", *lines], "ours")
    assert (found.member_id, found.worker) == ("m-1", "kafka")
    assert found.time % 1 == pytest.approx(0.539, abs=1e-3)


def test_a_broker_log_is_read_as_it_grows(tmp_path):
    path = tmp_path / "kafka.log"
    line = LINE.format(member="m", group="ours")
    path.write_text(line + line[:90], encoding="utf-8")
    log = BrokerLog(path, "ours")
    assert len(log.take()) == 1
    assert log.take() == []
    path.write_text(line + line, encoding="utf-8")
    assert len(log.take()) == 1
