"""Real elections: by ZooKeeper, etcd, PostgreSQL and Redis, broken as Faust's is."""

from __future__ import annotations

import signal

import psutil
import pytest
from gone import runs

from electionlab.elections import measure, model, verdicts
from electionlab.elections.contest import Contest
from electionlab.elections.servers import SERVERS
from electionlab.errors import LabError
from electionlab.host.process import json_lines
from electionlab.host.waiting import wait_until

pytestmark = [pytest.mark.live, pytest.mark.own_ports, pytest.mark.timeout(900)]

FAULTS = "interrupt", "freeze", "cut"


@pytest.fixture(scope="module")
def observed():
    """What was seen of each election under each fault, side by side."""
    benches = [
        measure.bench(kind, *(measure.Repeated(measure.name_of(kind, f), f, 1) for f in FAULTS))
        for kind in SERVERS
    ]
    with measure.Others(benches) as others:
        yield {
            (kind, fault): others.history(measure.name_of(kind, fault))
            for kind in SERVERS
            for fault in FAULTS
        }


@pytest.mark.parametrize("kind", SERVERS)
def test_another_one_leads_and_whoever_checks_tokens_takes_nothing_too_late(observed, kind):
    rounds = [one for fault in FAULTS for one in model.rounds(observed[kind, fault], kind, fault)]
    assert [one.fault for one in rounds] == list(FAULTS)
    assert all(one.leaderless_s is not None for one in rounds)
    verdicts.keeps_late_greetings_out(rounds, checked=True).expect("held")


@pytest.mark.parametrize("kind", SERVERS)
def test_a_later_leader_has_a_higher_token_and_says_which_server_it_is(observed, kind):
    for fault in FAULTS:
        seen = observed[kind, fault]
        assert seen.about[kind][0].isdigit()
        tokens = {write.term: write.token for write in seen.writes}
        assert len(tokens) > 1
        assert [tokens[term] for term in sorted(tokens)] == sorted(set(tokens.values()))


@pytest.mark.parametrize("kind", SERVERS)
def test_a_leader_that_leaves_in_good_order_says_that_it_has_lost(observed, kind):
    seen = observed[kind, "interrupt"]
    ((broken, old),) = seen.faults
    (last,) = [span for span in seen.leaderships if span.worker == old and span.end > broken]
    later = [span.start for span in seen.leaderships if span.worker != old]
    assert last.end <= min(start for start in later if start > broken) + 1


@pytest.mark.parametrize("kind", SERVERS)
def test_a_server_that_is_killed_is_named_with_its_last_words_and_leaves_nothing(kind):
    with Contest(kind) as contest:
        server = psutil.Process(contest.server.process.pid)
        processes = [server, *server.children(recursive=True)]
        contest.server.process.send(signal.SIGKILL)
        name = contest.server.name
        with pytest.raises(LabError, match=rf"{name} has ended, with status 137\. From ") as error:
            contest.wait_greetings(1000)
        assert str(error.value).endswith("\nStart the elections again.")
        # The candidates do not die of it: they say why it failed, and try again. A client of
        # ZooKeeper may just wait for it to come back.
        for member in contest.members:
            if kind != "zookeeper":
                wait_until(lambda one=member: failed(one), within=60, why=lambda: "nobody failed")
            assert member.alive
        wait_until(
            lambda: not any(map(runs, processes)),
            within=30,
            why=lambda: f"still there: {processes}",
        )


def failed(member):
    lines = json_lines(member.lives[-1].log)
    return any(line["says"] == "failed" and line["why"] for line in lines)
