"""The news crawler on a real Kafka: leaders and crawlers are killed, and nothing is lost."""

from __future__ import annotations

import pytest

from electionlab.crawler import observed, repeated, verdicts
from electionlab.crawler.newsroom import Newsroom
from electionlab.history import events as ev
from electionlab.host.waiting import wait_until

pytestmark = [pytest.mark.live, pytest.mark.own_ports, pytest.mark.timeout(600)]


def test_the_leader_and_a_crawler_are_killed_and_every_article_is_found_once():
    with Newsroom({"count": 40}, workers=3) as room:
        room.follow(20)
        leader = room.lab.leader()
        other = next(each for each in room.lab.running() if each.name != leader.name)
        room.lab.kill(leader)
        room.wait_pages(len(room.sites.requests()) + 10)
        room.lab.kill(other)
        for each in leader, other:
            room.lab.start(each)
        crawled = room.wait_done()
    for judge in (
        verdicts.every_article_is_found,
        verdicts.no_article_is_twice,
        verdicts.unreadable_sources_are_told,
        verdicts.robots_are_obeyed,
        verdicts.sites_are_left_alone,
        repeated.each_repeat_has_a_reason,
    ):
        judge(crawled).expect("held")
    assert crawled.faults


def test_a_list_of_sources_that_is_wrong_is_told_and_the_others_are_read():
    """A line that is no address, and for a while no list at all."""
    with Newsroom({"count": 2, "troubles": False}, workers=1) as room:
        room.wait_done()
        listed = room.sites.sources.read_text(encoding="utf-8")
        room.sites.sources.unlink()
        wait_for_line(room, "NOTHING ORDERED: CRAWLER_SOURCES names no list of addresses.")
        room.sites.sources.write_text(f"hello http://[ {listed}", encoding="utf-8")
        for source in "hello", "http://[":
            wait_for_line(room, f"GIVEN UP: {source}: not the address of a page")

        def given_up():
            visits = observed.read_visits(room.lab.kafka.witness)
            return {visit.source for visit in visits if visit.dead} == {"hello", "http://["}

        wait_until(given_up, within=30, why=lambda: "not just those two were recorded as given up")


def wait_for_line(room, start):
    room.lab.wait(lambda now: any(e.text.startswith(start) for e in now.of(ev.Logged)), what=start)
