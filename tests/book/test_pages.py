"""The built pages show what happened in this build."""

from __future__ import annotations

import base64
import itertools
import pickle
import re
from urllib.parse import unquote, urlsplit

import pytest
from conftest import Site, build
from gone import assert_gone

from electionlab import claims
from electionlab.history import History
from electionlab.pages import Page, look

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]
RUN = ["docs/playbook", "notebooks/01-walkthrough"]
INSIDE = "notebooks/02-inside-an-election"
LAB_PAGE = "notebooks/03-failure-lab"


def outputs(site: Site, page: str) -> str:
    return "\n".join(cell.get_text() for cell in site.page(page).select(".cell_output"))


def test_the_build_says_nothing_that_looks_like_a_warning(site):
    assert "WARNING: " not in site.log
    assert "build succeeded" in site.log


def _page(site: Site, name: str) -> Page:
    (path,) = site.root.glob(f"{name}.*")
    return look(name, path)


def test_pages_with_ports_of_their_own_ran_beside_those_that_take_turns(site):
    """By the times that myst-nb notes for each executed page."""
    pickled = site.html / ".doctrees" / "environment.pickle"
    noted = pickle.loads(pickled.read_bytes()).nb_metadata
    ran = {name: told["exec_data"] for name, told in noted.items() if "exec_data" in told}
    begun = {name: told["mtime"] - told["runtime"] for name, told in ran.items()}
    ended = {name: told["mtime"] for name, told in ran.items()}
    own = {name for name in ran if _page(site, name).own_ports}
    turns = sorted(set(ran) - own, key=lambda name: begun[name])
    assert {*RUN, "docs/two-ways"} <= set(turns)
    assert "docs/beyond-one-machine" in own
    for first, second in itertools.pairwise(turns):
        assert ended[first] <= begun[second]
    assert any(
        begun[one] < ended[other] and begun[other] < ended[one] for one in own for other in turns
    )


def test_nothing_is_left_running_after_the_build(site):
    assert_gone([])


@pytest.mark.parametrize("page", RUN)
def test_a_leader_publishes_and_greetings_are_printed(site, page):
    text = outputs(site, page)
    assert re.search(r"606[678] \d\d:\d\d:\d\d\.\d{3} PUBLISHING ON LEADER!", text)
    assert len(set(re.findall(r"b'0\.\d+'", text))) >= 5
    assert "Traceback" not in text
    assert "LabError" not in text


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("docs/playbook", {"held": 6, "either": 2}),
        ("notebooks/01-walkthrough", {"held": 3, "broken": 1}),
        (INSIDE, {"held": 2, "broken": 1}),
    ],
)
def test_each_claim_has_its_verdict(site, page, wanted):
    found = [verdict["class"][1] for verdict in site.page(page).select("div.verdict")]
    assert len(found) == sum(wanted.values())
    either = wanted.get("either", 0)
    held, broken = found.count("verdict-held"), found.count("verdict-broken")
    assert wanted["held"] <= held <= wanted["held"] + either
    assert wanted.get("broken", 0) <= broken <= wanted.get("broken", 0) + either


@pytest.mark.parametrize("page", ["index", *RUN])
def test_each_picture_has_a_text_and_a_table_behind_it(site, page):
    figures = site.page(page).select("figure.timeline")
    assert len(figures) == 1
    picture = figures[0].find("svg")
    assert picture["role"] == "img"
    assert re.search(r"Leader: 606\d from [\d.]+ to [\d.]+ s", picture["aria-label"])
    happened = [row.find_all("td")[2].get_text() for row in figures[0].select("tbody tr")]
    for words in ("publishes", "prints a greeting", "becomes leader", "Ctrl+C"):
        assert words in happened


def test_the_walkthrough_shows_two_leaders_at_once(site):
    picture = site.page("notebooks/01-walkthrough").select_one("figure.timeline svg")
    assert picture.select("rect.two")


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
        r"worker (\d+) is known to be next before anything has happened to the leader, (\d+)\.",
        text,
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


@pytest.mark.parametrize("words", ["The longest wait in this build was", "such moment lasted"])
def test_the_waits_inside_an_election_are_of_this_build(site, words):
    text = " ".join(site.page(INSIDE).get_text().split())
    assert re.search(rf"{words} \d+\.\d\d s", text)


def test_every_image_has_an_alternative_text(site):
    pictures = [
        (name, picture)
        for name in site.pages()
        for picture in site.page(name).select("img, figure svg")
    ]
    assert {*RUN, INSIDE, LAB_PAGE} <= {name for name, _ in pictures}
    for name, picture in pictures:
        assert picture.get("alt") or picture.get("aria-label"), f"{name}: {picture}"


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
        r"So ([\d.]+) s went by from Ctrl\+C to the next leader's first greeting; for\s+"
        r"([\d.]+) s of them nobody led",
        text.replace("’", "'"),
    )
    assert found
    assert 0 < float(found[2]) <= float(found[1]) < 60


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
    (tmp_path / "history.jsonl").write_text(files["history.jsonl"])
    assert History.load(tmp_path / "history.jsonl").workers == ["6066", "6067", "6068"]


def test_failovers_were_measured_and_follow_the_settings(site):
    page = site.page("notebooks/04-how-fast")
    text = outputs(site, "notebooks/04-how-fast")
    assert "Traceback" not in text
    assert page.select_one("div.verdict")["class"][1] == "verdict-held"
    assert page.find(id="against-the-formula")
    tables = page.select(".cell_output table.lab-table")
    steps = ["noticed", "told", "regrouped", "assigned", "ticked"]
    rounds = [t for t in tables if [th.get_text() for th in t.select("th")][1:6] == steps]
    assert len(rounds) == 2
    for table in rounds:
        assert len(table.select("tbody tr")) >= 3
        for row in table.select("tbody tr"):
            took = [float(cell.get_text()) for cell in row.select("td")[1:6]]
            assert len(took) == 5
            assert min(took) >= 0


def test_the_recorded_failovers_say_when_where_and_how(site):
    text = outputs(site, "notebooks/04-how-fast")
    assert re.search(r"\d+ failovers, recorded on \d{4}-\d\d-\d\d\non \d+ cores, \w+", text)
    assert "To repeat it:\n    python -m electionlab failover --rounds" in text
    assert len(site.page("notebooks/04-how-fast").select("figure.distribution svg[role=img]")) == 4


def test_a_session_below_the_floor_leaves_a_worker_alive_and_leaderless(site):
    text = outputs(site, "notebooks/04-how-fast")
    assert "InvalidSessionTimeoutError" in text
    assert re.search(r"Asked over HTTP \d+ times who leads, it said None", text)


def test_the_page_beyond_one_machine_says_who_gets_in(site):
    text = outputs(site, "docs/beyond-one-machine")
    assert "Traceback" not in text
    for words in (
        "does not know this user with this password",
        "wants TLS and credentials",
        "its certificate is not accepted",
        "this Kafka has fewer brokers: 1",
    ):
        assert words in text
    assert re.search(r"Kafka broker [123] ended with status 137", text)
    assert "open sesame" not in text
    told = site.page("docs/beyond-one-machine").get_text()
    assert re.search(r"silence between two greetings was [\d.]+ s", told)


def test_the_ledger_has_a_verdict_and_a_figure_of_this_build_in_every_row(site):
    rows = site.page("docs/claims").select("table.claims-ledger tbody tr")
    assert [row["id"] for row in rows] == [claims.glue_name(key) for key in claims.load()]
    for row in rows:
        claim, _, verdict, figure = (cell.get_text(strip=True) for cell in row.find_all("td"))
        assert verdict[0] in "✓✗◐", claim
        assert len(figure) > 10, claim


def test_a_stale_leader_leads_in_its_own_eyes_and_not_in_the_brokers(site):
    told = [picture["aria-label"] for picture in site.page(LAB_PAGE).select("figure.views svg")]
    assert len(told) == 2  # frozen, and cut off
    assert all("in its own eyes" in words for words in told)


def test_the_failure_lab_says_how_many_rounds_stand_behind_it(site):
    text = outputs(site, LAB_PAGE)
    assert text.count("python -m electionlab storm --rounds 100 --seed") >= 5
    assert "NOTHING" not in text


def test_no_local_link_is_broken(site):
    broken = []
    for name in site.pages():
        page, here = site.page(name), site.html / f"{name}.html"
        for element in page.select("[href], [src]"):
            address = element.get("href") or element.get("src")
            parts = urlsplit(address)
            if parts.scheme:
                continue
            target = (here.parent / unquote(parts.path)).resolve() if parts.path else here
            if not target.exists():
                broken.append(f"{name}: {address}")
            elif parts.fragment and target.suffix == ".html":
                there = target.relative_to(site.html.resolve()).with_suffix("")
                if not site.page(str(there)).find(id=unquote(parts.fragment)):
                    broken.append(f"{name}: {address}")
    assert not broken


def test_the_pages_load_nothing_from_elsewhere(site):
    for name in site.pages():
        for element in site.page(name).select("script[src], link[rel=stylesheet], img[src]"):
            address = element.get("src") or element.get("href")
            assert not urlsplit(address).netloc, f"{name}: {address}"


def test_a_second_build_executes_nothing(site):
    before = {name: (site.html / f"{name}.html").stat().st_mtime for name in site.pages()}
    told = build(site.root)
    assert told.returncode == 0, told.stdout
    assert "0 added, 0 changed, 0 removed" in told.stdout
    assert {
        name: (site.html / f"{name}.html").stat().st_mtime for name in RUN
    }.items() <= before.items()
