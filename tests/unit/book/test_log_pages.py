"""The pages of logs, and the links from evidence to their lines: of a recorded run and its logs."""

import json
import re
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from histories import recorded

from electionlab import checks
from electionlab.book import log_pages
from electionlab.checks.verdict import Evidence, Verdict
from electionlab.history import events as ev
from electionlab.history.log_lines import in_order, log_lines
from electionlab.host.folders import PROJECT
from electionlab.lab import log_downloads
from electionlab.lab.experiments import Experiments
from electionlab.lab.log_downloads import KEY, Logs
from electionlab.lab.worker import logged

RUN = recorded()
DATA = PROJECT / "tests" / "data"


def lives():
    """What is left of the recorded run's workers: their logs, and when they were started."""
    for start in RUN.of(ev.WorkerStarted):
        log = DATA / start.log
        yield SimpleNamespace(
            name=start.worker,
            log=log,
            started=start.time,
            output=lambda log=log: log.read_text(encoding="utf-8"),
        )


LINES = in_order(logged(lives()))


@pytest.fixture
def logs():
    experiments = Experiments()
    past = RUN.between(RUN.start, RUN.end)
    past.log = LINES
    experiments.histories["the_run"] = past
    return Logs(experiments)


@pytest.fixture
def built(logs, monkeypatch):
    """The same as a build shows it, and what it leaves for the pages."""
    monkeypatch.setattr(log_downloads, "build_name", lambda: "a build")
    return logs._repr_html_(), json.loads(json.dumps(logs._repr_mimebundle_()[1][KEY]))


def links(html, runs):
    page = log_pages.linked(html, runs, lambda name: f"logs/{name}.html")
    return BeautifulSoup(page, "html.parser").select("a.log-line")


def lines_of(runs):
    pages = log_pages.log_pages("the_run", runs["the_run"], "The <page>", "../../page.html")
    return BeautifulSoup(pages["the_run"], "html.parser")


def test_each_record_of_each_log_is_there_once_as_it_was_written():
    for life in lives():
        own = [line for line in LINES if line.log == life.log.stem]
        written = [line.rstrip() for line in life.output().splitlines()]
        assert "\n".join(line.text for line in own).split("\n") == written
        assert [written[line.line - 1] for line in own] == [
            line.text.partition("\n")[0] for line in own
        ]
    assert [line.time for line in LINES] == sorted(line.time for line in LINES)


def test_a_window_has_its_lines_alone():
    within = in_order(LINES, RUN.start + 5, RUN.start + 9)
    assert 0 < len(within) < len(LINES)
    assert all(5 <= RUN.at(line.time) <= 9 for line in within)


def test_what_has_no_time_of_its_own_comes_with_the_start():
    text = "banner\n[2026-11-23 17:58:59,679] [7] [INFO] one\n  more\n"
    first, second = log_lines("A", "A", text, 5.0)
    assert (first.time, first.line, first.text) == (5.0, 1, "banner")
    assert second.text == "[2026-11-23 17:58:59,679] [7] [INFO] one\n  more"
    assert list(log_lines("A", "A", "", 5.0)) == []


@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_each_link_of_evidence_leads_to_its_line(check, built):
    _, runs = built
    page = lines_of(runs)
    for link in links(check(RUN)._repr_html_(), runs):
        address, _, anchor = link["href"].partition("#")
        assert address == "logs/the_run.html"
        line = page.find(id=anchor)
        second = link.get_text().removesuffix(" s")
        assert line.span.get_text() == f"{second} s"
        assert link["title"] == f"{line.i.get_text()} of the log of worker {line.b.get_text()}"


@pytest.mark.parametrize(
    ("check", "count", "words"),
    [
        (checks.new_leader_after_each_loss, 1, "LeaveGroup|Setting newly assigned"),
        (checks.at_most_one_leader, 1, "Setting newly assigned partitions"),
        (checks.each_greeting_printed_once, 3, r"b'0\.\d+'|PUBLISHING ON LEADER!"),
        (checks.leader_moved_only_for_a_reason, 2, "Setting newly assigned partitions"),
    ],
)
def test_evidence_that_is_from_a_log_has_links(check, count, words, built):
    _, runs = built
    page = lines_of(runs)
    found = links(check(RUN)._repr_html_(), runs)
    assert len(found) >= count
    for link in found:
        text = page.find(id=link["href"].partition("#")[2]).code.get_text()
        assert re.search(words, text)


def test_evidence_without_a_line_and_without_a_log_has_no_link(built):
    _, runs = built
    told = (Evidence("1.000 s: seen by the broker", time=RUN.start + 1), "2.000 s, worker 6066")
    unknown = Evidence("3.000 s, worker 9999, line 7 of its log", time=3.0, worker="9999", line=7)
    html = Verdict("Claim.", "held", "Found.", (*told, unknown))._repr_html_()
    assert html.count("log-line") == 1
    page = log_pages.linked(html, runs, str)
    assert "<a" not in page
    assert "log-line" not in page
    assert "3.000 s, worker 9999, line 7 of its log" in page


def test_records_of_a_log_lead_to_their_lines(built):
    _, runs = built
    page = lines_of(runs)
    given = RUN.of(ev.PartitionsAssigned)[:2]
    shown = checks.LogRecords(RUN, given, words="Setting newly assigned partitions")
    found = links(shown._repr_html_(), runs)
    assert len(found) == len(given) == 2
    for link, event in zip(found, given, strict=True):
        line = page.find(id=link["href"].partition("#")[2])
        assert line.i.get_text() == f"line {event.line}"
        assert "Setting newly assigned partitions" in line.code.get_text()
    assert "7.5 < 8" in repr(checks.LogRecords(RUN, [said("7.5 < 8")]))
    assert "7.5 &lt; 8" in checks.LogRecords(RUN, [said("7.5 < 8")])._repr_html_()
    assert repr(checks.LogRecords(RUN, [])) == "nothing"


def said(words):
    return ev.Logged(time=RUN.start, worker="6066", line=3, level="WARNING", text=words)


def test_a_line_at_another_second_is_another_line(built):
    _, runs = built
    event = RUN.of(ev.Published)[0]
    second = f"{RUN.at(event.time):.3f}"
    mark = '<span class="log-line" data-worker="{}" data-line="{}">{}</span>'
    assert links(mark.format(event.worker, event.line, second), runs)
    assert not links(mark.format(event.worker, event.line, "0.001"), runs)


def test_in_a_notebook_evidence_is_text_and_the_log_is_a_file(logs):
    html = checks.new_leader_after_each_loss(RUN)._repr_html_()
    assert "<a" not in html
    assert logs._repr_mimebundle_() == ({}, {})
    (link,) = BeautifulSoup(logs._repr_html_(), "html.parser").select("a")
    assert link["download"] == "the_run.log"
    assert link["href"].startswith("data:text/plain")
    assert repr(logs).startswith("the_run.log: 893 lines")


def test_a_file_of_a_log_has_the_second_the_worker_and_the_line_before_each_record():
    text = log_downloads.as_text(RUN, LINES)
    event = RUN.of(ev.Published)[0]
    second = f"{RUN.at(event.time):8.3f} s {event.worker}:{event.line} "
    assert any(line.startswith(second) and "PUBLISHING" in line for line in text.splitlines())


def test_on_a_page_the_run_leads_to_its_log(built):
    html, runs = built
    assert "data:" not in html
    page = log_pages.linked(html, runs, lambda name: f"logs/{name}.html")
    (link,) = BeautifulSoup(page, "html.parser").select("a")
    assert (link["href"], link.get_text()) == ("logs/the_run.html", "the_run")


def test_the_page_of_a_log_names_its_run_escapes_and_leads_back(built):
    _, runs = built
    page = lines_of(runs)
    assert page.h1.get_text() == "Log of the_run"
    assert page.select_one("p a")["href"] == "../../page.html"
    assert page.select_one("p a").get_text() == "Back to The <page>"
    ids = [found["id"] for found in page.select("[id]")]
    assert len(ids) == len(set(ids)) == len(LINES)
    style = page.style.get_text()
    assert all(f"li.{line['class'][0]} {{ background-image:" in style for line in page.select("li"))


def test_a_long_log_has_several_pages_each_line_on_one_of_them(built, monkeypatch):
    _, runs = built
    monkeypatch.setattr(log_pages, "LINES_A_PAGE", 200)
    pages = log_pages.log_pages("the_run", runs["the_run"], "The page", "page.html")
    assert list(pages) == ["the_run", "the_run-2", "the_run-3"]
    parsed = {name: BeautifulSoup(text, "html.parser") for name, text in pages.items()}
    assert sum(len(page.select("li")) for page in parsed.values()) == len(LINES)
    for page in parsed.values():
        assert [link["href"] for link in page.select("p a")[1:]] == [
            f"{name}.html" for name in pages
        ]
    found = links(checks.each_greeting_printed_once(RUN)._repr_html_(), runs)
    assert len({link["href"].partition("#")[0] for link in found}) > 1
    for link in found:
        address, _, anchor = link["href"].partition("#")
        name = address.removeprefix("logs/").removesuffix(".html")
        assert parsed[name].find(id=anchor)


def test_a_run_of_which_nothing_was_logged_has_a_page(built):
    pages = log_pages.log_pages("empty", {"workers": [], "lines": []}, "The page", "page.html")
    assert list(pages) == ["empty"]


def test_the_logs_are_found_in_an_executed_page(tmp_path, built):
    _, runs = built
    page = tmp_path / "page.ipynb"

    def save(*cells):
        page.write_text(json.dumps({"cells": cells}), encoding="utf-8")

    assert log_pages.runs_of(page) == {}
    output = {"output_type": "execute_result", "data": {"text/html": ""}}
    outputs = [output | {"metadata": {KEY: runs}}]
    save({"source": ""}, {"outputs": outputs})
    assert log_pages.runs_of(page) == runs
    save({"outputs": [{"output_type": "stream", "text": KEY}]})
    assert log_pages.runs_of(page) == {}
