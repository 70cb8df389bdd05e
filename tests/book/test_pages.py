"""The built pages show what happened in this build."""

from __future__ import annotations

import base64
import json
import re

import pytest
from bs4 import Tag
from sites import INSIDE, KAFKA_PAGE, RUN, WORKERS_PAGE, Site, outputs

from electionlab.history.history import History
from electionlab.pictures.replay_data import replay_data

pytestmark = [pytest.mark.live, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("page", RUN)
def test_a_leader_publishes_and_greetings_are_printed(site, page):
    text = outputs(site, page)
    assert re.search(r"606[678] +\d+\.\d{3} s \d\d:\d\d:\d\d\.\d{3} PUBLISHING ON LEADER!", text)
    assert len(set(re.findall(r"b'0\.\d+'", text))) >= 5
    assert "Traceback" not in text
    assert "LabError" not in text


ONLY_LEADER, LOSSES = "Only the leader publishes.", "After each loss of the leader another worker"
AT_MOST_ONE = "At most one worker leads at any time."


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        (
            "docs/playbook",
            [
                ("✓ held", ONLY_LEADER),
                ("✓ held", "The leader publishes about every 2 s."),
                ("✓ held", "Any running worker may print a greeting."),
                ("✓ held", LOSSES),
                ("✓ held", LOSSES),
                ("✓ held", AT_MOST_ONE),
                ("✓ held|✗ broken", "Each greeting is printed at least once."),
                ("✓ held|✗ broken", "Each greeting is printed exactly once."),
            ],
        ),
        (
            "notebooks/01-walkthrough",
            [("✓ held", LOSSES), ("✗ broken", AT_MOST_ONE)],
        ),
        (
            "docs/found-in-faust",
            [
                ("✗ broken", "Each leader runs the leader's task."),
                ("✓ held|✗ broken", "Each greeting is printed at least once."),
                ("✓ held", "Each greeting is printed at least once."),
                ("✗ broken", "Each greeting is printed at least once."),
                ("✗ broken", "Each greeting is printed at least once."),
                ("✓ held|✗ broken", "Each greeting is printed at least once."),
                ("✓ held", "Each greeting is printed at least once."),
                ("✓ held|✗ broken", "Leadership stays with one worker."),
            ],
        ),
        (
            INSIDE,
            [
                ("✓ held", "In each generation of the group one worker at most holds the leader"),
                ("✗ broken", "The group leader is Faust's leader."),
                ("✓ held", "Whoever leads in its own eyes leads in the broker's."),
            ],
        ),
    ],
)
def test_each_claim_has_its_verdict(site, page, wanted):
    found = [" ".join(one.get_text(" ").split()) for one in site.page(page).select("div.verdict")]
    assert len(found) == len(wanted)
    for told, (outcomes, claim) in zip(found, wanted, strict=True):
        assert told.startswith(tuple(f"{one} · {claim}" for one in outcomes.split("|")))


@pytest.mark.parametrize(
    ("page", "fault", "count"),
    [("index", "freeze", 1), (RUN[0], "Ctrl+C", 1), (RUN[1], "kill -9", 2)],
)
def test_each_picture_has_a_text_and_a_table_behind_it(site, page, fault, count):
    """The last one of a page has the whole run."""
    figures = site.page(page).select("figure.timeline")
    assert len(figures) == count
    picture = figures[-1].find("svg")
    assert picture["role"] == "img"
    assert re.search(r"Leader: 606\d from [\d.]+ to [\d.]+ s", picture["aria-label"])
    happened = [row.find_all("td")[2].get_text() for row in figures[-1].select("tbody tr")]
    for words in ("publishes", "prints a greeting", "becomes leader", fault):
        assert words in happened


def test_the_walkthrough_shows_two_leaders_at_once(site):
    """Where the strip is, two workers' bands are."""
    _, picture = site.page("notebooks/01-walkthrough").select("figure.timeline svg")
    strips = [one for one in picture.select("rect.two") if one.find("title")]
    assert strips
    for strip in strips:
        left, right = _edges(strip)
        middle = (left + right) / 2
        under = {
            band["y"]
            for band in picture.select("rect.leads")
            if band.parent is picture and _edges(band)[0] < middle < _edges(band)[1]
        }
        assert right > left
        assert len(under) == 2


@pytest.mark.parametrize("page", RUN)
def test_a_replay_plays_the_run_of_its_build(site, page, tmp_path):
    """What it tells stands in the page's own history, at the same times."""
    link = site.page(page).select_one('a[download="history.jsonl"]')["href"]
    path = tmp_path / "history.jsonl"
    path.write_bytes(base64.b64decode(link.partition("base64,")[2]))
    whole = replay_data(History.load(path))
    played = _replays(site, page)[-1]
    told = [(step["at"], step["words"]) for step in played["steps"] if "words" in step]
    assert len(told) > 50
    assert set(told) <= {(s["at"], s["words"]) for s in whole["steps"] if "words" in s}
    assert [worker["name"] for worker in played["workers"]] == ["6066", "6067", "6068"]


def test_in_the_place_of_the_panel_is_a_replay_of_the_run_until_then(site):
    """Nobody sees a widget that no kernel answers."""
    page = site.page("notebooks/01-walkthrough")
    section = page.find(id="drive-it-by-hand")
    assert section.select_one("lab-replay figure.timeline table")
    assert "the panel stands here" in section.select_one("figcaption").get_text()
    until_then, whole = _replays(site, "notebooks/01-walkthrough")
    assert until_then["seconds"] < whole["seconds"]
    assert [worker["name"] for worker in until_then["workers"]] == ["6066", "6067", "6068"]
    assert any("becomes leader" in step.get("words", "") for step in until_then["steps"])
    assert "jupyter-widgets" not in str(page)
    assert "widget-view+json" not in str(page)


def test_the_front_page_plays_the_two_leaders_of_the_walkthrough(site):
    (played,), (_, whole) = _replays(site, "index"), _replays(site, "notebooks/01-walkthrough")
    told = [step["words"] for step in played["steps"] if "words" in step]
    assert any("still leads in its own eyes" in words for words in told)
    assert len(told) < sum("words" in step for step in whole["steps"])
    picture = site.page("index").select_one("figure.timeline svg")
    assert [one for one in picture.select("rect.two") if one.find("title")]


def test_a_leader_that_is_cut_off_is_played_beside_its_successor(site):
    (played,) = _replays(site, WORKERS_PAGE)
    assert any("still leads in its own eyes" in step.get("words", "") for step in played["steps"])


def test_the_primer_draws_each_of_its_words(site):
    page = site.page("docs/primer")
    for word in (
        "partition",
        "group",
        "generation",
        "rebalance",
        "assignor",
        "heartbeat",
        "session",
    ):
        assert page.find(id=word).select_one("figure svg[role=img]"), word
    text = outputs(site, "docs/primer")
    assert "Traceback" not in text
    assert re.search(r"It was recorded on \d{4}-\d\d-\d\d on \d+ cores, Linux", text)
    assert re.search(r"Worker \d+ was the standby of worker \d+, and led after it\.", text)


def test_any_history_can_be_dropped_on_a_page(site):
    assert site.page("docs/replay").select_one("lab-replay-file > script + p")


def _replays(site: Site, page: str) -> list[dict]:
    return [json.loads(data.string) for data in site.page(page).select("lab-replay > script")]


def _edges(box: Tag) -> tuple[float, float]:
    return float(box["x"]), float(box["x"]) + float(box["width"])


def test_the_playbook_shows_three_ways_and_ran_the_first_two(site):
    tabs = site.page("docs/playbook").select("div.sd-tab-content")
    ways = [" ".join(tab.get_text().split()) for tab in tabs]
    assert len(ways) == 3
    assert re.search(r"Kafka 4\.\S+ on localhost:9092, process \d+, answering after", ways[0])
    assert "$KAFKA_HOME/bin/zookeeper-server-start" in ways[1]
    assert re.search(r"Kafka 3\.9\.\S+ on localhost:9092, process \d+, with a ZooKeeper", ways[1])


def test_the_two_ways_are_compared_in_figures(site):
    table = site.page("docs/two-ways").select_one(".cell_output table")
    rows = [[cell.get_text() for cell in row.select("td")] for row in table.select("tbody tr")]
    assert rows[0] == ["processes", "ZooKeeper, Kafka", "Kafka"]
    assert [(row[0], len(row)) for row in rows[1:]] == [
        *(("memory", 3), ("ready after", 3), ("first leader after", 3))
    ]
    assert all(re.fullmatch(r"\d+ MB", cell) for cell in rows[1][1:])
    assert all(re.fullmatch(r"[\d.]+ s", cell) for row in rows[2:] for cell in row[1:])


def test_the_numbers_in_prose_are_numbers(site):
    text = site.page("docs/playbook").get_text()
    found = re.search(
        r"It took ([\d.]+) s from Ctrl\+C to the next leader's first greeting\. For\s+"
        r"([\d.]+) s of that time nobody led",
        " ".join(text.replace("’", "'").split()),
    )
    assert found
    assert 0 < float(found[2]) <= float(found[1]) < 60


NOT_ALWAYS = ["notebooks/06-fencing", "notebooks/08-news-crawler"]
"""Pages on which evidence may have come from no log."""


@pytest.mark.parametrize(
    "page",
    [*RUN, WORKERS_PAGE, KAFKA_PAGE, "notebooks/05-how-fast", "docs/found-in-faust", *NOT_ALWAYS],
)
def test_evidence_leads_to_the_lines_of_the_logs(site, page):
    links = site.page(page).select(".cell_output a.log-line")
    assert links or page in NOT_ALWAYS
    assert site.page(page).select(f".lab-logs a[href*='_logs/{page}/']")
    for link in links:
        address, _, anchor = link["href"].partition("#")
        there = (site.html / f"{page}.html").parent / address
        line = site.page(str(there.resolve().relative_to(site.html.resolve()).with_suffix("")))
        found = line.find(id=anchor)
        assert found.span.get_text() == f"{link.get_text().removesuffix(' s')} s"
        assert f" of the log of worker {found.b.get_text()}" in link["title"]
    assert not site.page(page).select("span.log-of")


@pytest.mark.parametrize("page", RUN)
def test_the_logs_can_be_downloaded_from_the_page(site, page, tmp_path):
    links = {
        link["download"]: link["href"]
        for link in site.page(page).select(
            "a[download^='6'], a[download$='l'], a[download='kafka.log']"
        )
    }
    files = {
        name: base64.b64decode(href.partition("base64,")[2]).decode()
        for name, href in links.items()
        if href.startswith("data:")
    }
    assert {"6066.log", "6067.log", "6068.log", "kafka.log", "history.jsonl"} <= set(files)
    assert all("Worker ready" in text for name, text in files.items() if name.startswith("606"))
    assert "Kafka Server started" in files["kafka.log"]
    (tmp_path / "history.jsonl").write_text(files["history.jsonl"], encoding="utf-8")
    assert History.load(tmp_path / "history.jsonl").workers == ["6066", "6067", "6068"]


def test_the_page_beyond_one_machine_says_who_gets_in(site):
    text = outputs(site, "docs/beyond-one-machine")
    assert "Traceback" not in text
    for section, words in (
        ("the-wrong-password", "does not know this user with this password"),
        ("a-plain-text-client", "wants TLS and credentials"),
        ("a-certificate-that-nobody-vouches-for", "its certificate is not accepted"),
        ("more-copies-than-brokers", "this Kafka has fewer brokers: 1"),
    ):
        cells = site.page("docs/beyond-one-machine").find(id=section).select(".cell_output")
        (said,) = re.findall(
            r"^anywhere\.py: .*$", "\n".join(cell.get_text() for cell in cells), re.MULTILINE
        )
        assert words in said
    assert re.search(r"Kafka broker [123] ended with status 137", text)
    assert "open sesame" not in text
    told = site.page("docs/beyond-one-machine").get_text()
    assert re.search(r"silence between two printed greetings was [\d.]+ s", told)
