"""The news crawler on a real Kafka: leaders and crawlers are killed, and nothing is lost."""

from __future__ import annotations

import pytest

from electionlab.crawler import repeated, verdicts
from electionlab.crawler.newsroom import Newsroom

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
