"""What the notebooks about the lab show happened in this build."""

from __future__ import annotations

import json
import re

import pytest
from sites import INSIDE, KAFKA_PAGE, STORMS_PAGE, WORKERS_PAGE, Site, outputs

from electionlab.book import claims, claims_faults
from electionlab.elections.model import ELECTIONS
from electionlab.storm.recordings import STORMS

pytestmark = [pytest.mark.live, pytest.mark.timeout(3600)]


def rebalances(site: Site) -> list[list[tuple[str, str]]]:
    """Who did what, for each sequence diagram of the page on the inside of an election."""
    return [
        [
            tuple(cell.get_text() for cell in row.select("td")[1:3])
            for row in found.select("tbody tr")
        ]
        for found in site.page(INSIDE).select("figure.rebalance")
    ]


def who(steps: list[tuple[str, str]], words: str) -> list[str]:
    return [name for name, what in steps if re.search(words, what)]


def test_the_inside_of_an_election_is_drawn_with_texts_and_tables(site):
    page = site.page(INSIDE)
    told = [svg["aria-label"] for svg in page.select("figure.rebalance svg[role=img]")]
    assert len(told) == len(rebalances(site)) == 4
    assert all(re.match(r"The rebalance that made generation \d+, from ", text) for text in told)
    assert all(steps for steps in rebalances(site))
    (views,) = page.select("figure.views svg[role=img]")
    assert re.search(
        r"Leader by its own log: \d+ from .* Leader by the broker: ", views["aria-label"]
    )
    assert "Traceback" not in outputs(site, INSIDE)


def test_the_heir_named_before_is_the_leader_after(site):
    text = " ".join(site.page(INSIDE).get_text().split())
    heir, leader = re.search(
        r"Worker (\d+) comes next, if worker (\d+) loses the lead\.", text
    ).groups()
    steps = rebalances(site)[2]
    assert who(steps, "leaves the group") == [leader]
    assert who(steps, "gets .* leader's ★") == [heir]


def test_the_group_leader_that_is_not_fausts_is_shown_and_judged(site):
    steps = rebalances(site)[3]
    (computed,) = who(steps, "is group leader: assigns to 3")
    (led,) = who(steps, "gets .* leader's ★")
    assert computed != led
    (verdict,) = site.page(INSIDE).select("div.verdict-broken")
    assert "The group leader is Faust's leader." in verdict.get_text()
    assert "a group of three: broken" in verdict.get_text()


@pytest.mark.parametrize("words", ["; the longest wait was", "in the broker's eyes alone for"])
def test_the_waits_inside_an_election_are_of_this_build(site, words):
    text = " ".join(site.page(INSIDE).get_text().split())
    assert re.search(rf"{words} \d+\.\d\d s", text)


def test_failovers_were_measured_and_follow_the_settings(site):
    page = site.page("notebooks/05-how-fast")
    text = outputs(site, "notebooks/05-how-fast")
    assert "Traceback" not in text
    assert page.select_one("div.verdict")["class"][1] == "verdict-held"
    assert page.find(id="check-the-formula")
    tables = page.select(".cell_output table.lab-table")
    steps = ["noticed", "told", "regrouped", "assigned", "ticked"]
    rounds = [t for t in tables if [th.get_text() for th in t.select("th")][1:6] == steps]
    assert len(rounds) == 2
    for table in rounds:
        assert len(table.select("tbody tr")) >= 3
        for row in table.select("tbody tr"):
            took = [cell.get_text() for cell in row.select("td")[1:6]]
            assert len(took) == 5
            # A step that was not seen in this build says "–".
            assert all(float(cell) >= 0 for cell in took if cell != "–"), took


def test_the_recorded_failovers_say_when_where_and_how(site):
    text = outputs(site, "notebooks/05-how-fast")
    assert re.search(r"\d+ failovers, recorded on \d{4}-\d\d-\d\d\non \d+ cores, \w+", text)
    assert "To repeat it:\n    python -m electionlab failover --rounds" in text
    assert len(site.page("notebooks/05-how-fast").select("figure.distribution svg[role=img]")) == 4


def test_a_session_below_the_floor_leaves_a_worker_alive_and_leaderless(site):
    text = outputs(site, "notebooks/05-how-fast")
    assert "InvalidSessionTimeoutError" in text
    assert re.search(r"Asked over HTTP who leads, it named nobody", text)


def test_what_comes_too_late_is_counted_and_a_fenced_leader_is_refused(site):
    page = site.page("notebooks/06-fencing")
    text = outputs(site, "notebooks/06-fencing")
    assert "Traceback" not in text
    topics = [
        [[cell.get_text() for cell in row.select("td")] for row in table.select("tbody tr")]
        for table in page.select(".cell_output table.lab-table")
        if table.select("th")[0].get_text() == "offset"
    ]
    frozen, cut, fenced = ([row[3] for row in rows] for rows in topics)
    for came, words in (frozen, "published too late"), (cut, "came too late"):
        late = sum(how != "in time" for how in came)
        assert (f"{words}: {late}." in text) == (late > 0)
    assert set(fenced) == {"in time"}
    assert re.search(r"\d+ rounds, recorded on \d{4}-\d\d-\d\d\non \d+ cores, \w+", text)
    assert "To repeat it:\n    python -m electionlab fencing --rounds" in text


def test_other_elections_have_a_row_each_and_no_token_lets_through_what_is_late(site):
    page = site.page("notebooks/07-other-elections")
    text = outputs(site, "notebooks/07-other-elections")
    assert "Traceback" not in text
    tables = [
        [[cell.get_text() for cell in row.select("td")] for row in table.select("tbody tr")]
        for table in page.select(".cell_output table.lab-table")
        if [head.get_text() for head in table.select("th")][1:2] == ["interrupt"]
    ]
    assert len(tables) == 6, "three of this build, and three recorded"
    for rows in tables:
        assert [row[0] for row in rows] == list(ELECTIONS.values())
        assert not any("not run" in cell for row in rows for cell in row)
    assert re.search(r"\d+ rounds, recorded on \d{4}-\d\d-\d\d\non \d+ cores, \w+", text)
    assert "To repeat it:\n    python -m electionlab elections --rounds" in text
    assert len(page.select("figure.distribution svg[role=img]")) == 2


def test_headlines_of_the_crawler_are_on_the_page_and_nothing_is_lost(site):
    page = site.page("notebooks/08-news-crawler")
    text = outputs(site, "notebooks/08-news-crawler")
    assert "Traceback" not in text
    lines = re.findall(r"^ *(\d+\.\d\d) s  (\d{4})  \w.*$", text, re.MULTILINE)
    assert len(lines) == 12, "as many as the cell follows"
    assert len({worker for _, worker in lines}) > 1, "found by the whole cluster"
    claims = [
        verdict.get_text()
        for verdict in page.select(".verdict-held")
        if "article" in verdict.get_text()
    ]
    assert any("is in the result." in claim for claim in claims)
    assert any("is in the result twice" in claim for claim in claims)
    assert re.search(r"\d+ storms, recorded on \d{4}-\d\d-\d\d\non \d+ cores, \w+", text)
    assert len(page.select("figure.distribution svg[role=img]")) == 1


def test_the_ledger_has_a_verdict_and_something_to_do_in_every_row(site):
    rows = site.page("docs/claims").select("table.claims-ledger tbody tr")
    faults = [claims_faults.glue_name(key) for key in claims_faults.load()]
    shown = [row["id"] for row in rows if not row["id"].startswith("storm-")]
    assert shown == [*(claims.glue_name(key) for key in claims.load()), *faults]
    items = {section["id"] for section in site.page("docs/checklist").select("section")}
    for row in rows:
        promise, *told, so = (cell.get_text(" ", strip=True) for cell in row.find_all("td"))
        assert told[0][0] in "✓✗◐?", promise
        assert len(told[-1]) > 10, promise
        assert len(so) > 10, promise
        page, _, item = row.find_all("a")[-1]["href"].partition("#")
        assert page == "checklist.html", promise
        assert item in items, promise


def test_the_condition_for_one_leader_is_told_with_all_that_broke_it(site):
    row = site.page("docs/claims").find(id="claim-only-one-leader-ever")
    broken = re.search(r"Broken by: (.*)\.", row.get_text())[1]
    assert {"freeze", "cut"} <= set(broken.split(", "))
    assert broken.endswith(" and the recorded storms")
    for name in ("interrupt", "kill", "rolling restart", "static member"):
        assert name not in re.split(", | and ", broken)


def test_the_checklist_says_what_this_build_found(site):
    page = site.page("docs/checklist")
    found = [place.get_text(strip=True) for place in page.select("span.found")]
    assert len(found) > 10
    assert all(len(words) > 10 and "did not run" not in words for words in found)


def test_a_stale_leader_leads_in_its_own_eyes_and_not_in_the_brokers(site):
    told = [picture["aria-label"] for picture in site.page(WORKERS_PAGE).select("figure.views svg")]
    assert len(told) == 2  # frozen, and cut off
    assert all("in its own eyes" in words for words in told)


@pytest.mark.parametrize(("name", "sentences"), [(WORKERS_PAGE, 15), (KAFKA_PAGE, 10)])
def test_what_was_broken_is_shown_in_words_and_no_python(site, name, sentences):
    page = site.page(name)
    shown = [each.get_text().strip() for each in page.select(".cell_output .text_plain")]
    assert [each for each in shown if each] == []  # a wait leaves an empty one
    chosen = [each.get_text() for each in page.select(".tag_remove-input .cell_output > p")]
    assert len(chosen) >= sentences
    assert [each for each in chosen if "{" in each] == []


def test_the_page_on_storms_says_how_many_rounds_stand_behind_what_was_broken(site):
    recorded = json.loads(STORMS.read_text(encoding="utf-8"))["storms"]
    text = outputs(site, STORMS_PAGE)
    assert recorded
    assert "Traceback" not in text
    for storm in recorded:
        told = f"{storm['date']}, {storm['machine']}: {storm['command']}\n"
        assert f"storm --rounds {storm['rounds']} --seed {storm['seed']} " in told
        assert told in text
    rows = site.page(STORMS_PAGE).select("table.lab-table tbody tr")
    rounds = [row.find_all("td") for row in rows]
    (total,) = (row[1].get_text() for row in rounds if row and row[0].get_text() == "all")
    assert int(total) == sum(storm["rounds"] for storm in recorded)
