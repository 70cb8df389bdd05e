"""What README and troubleshooting say of make, of sizes and of messages is so."""

import ast
import re
import subprocess

import pytest

from electionlab.history.history import History
from electionlab.host.folders import PROJECT
from electionlab.kafka import install, zookeeper_home
from electionlab.kafka.jar_lock import read_lock
from electionlab.pictures.timeline import Timeline

README = (PROJECT / "README.md").read_text(encoding="utf-8")
TROUBLESHOOTING = (PROJECT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (.*)$", TROUBLESHOOTING, re.MULTILINE)

# A heading that puts a message in other words, and words of that message.
MESSAGES = {
    "The .venv here was not made in this folder": ["here was not made in this folder"],
    "Notebooks would find the electionlab in another folder": ["would find", "the electionlab in"],
    "This electionlab is installed without the workbook": ["This electionlab is installed in"],
    "The pages cannot be built in this folder": ["The pages cannot be built in"],
    "The jars could not be fetched": ["which could not be fetched from"],
    "An election was not run": [
        *("not run: …", "it could not be fetched", "there is no program of it for this platform"),
        "it refuses to run as root",
    ],
    "A jar in the cache is damaged": ["in the cache is damaged and is fetched again"],
    "The cache folder cannot be used": ["The cache folder", "cannot be used"],
    "The folder for the logs cannot be used": ["The folder for", "the logs", "cannot be used"],
    "User 1000 has no home folder": ["has no home folder"],
    "A process that read a page was ended by signal 9": ["read a page was ended by signal"],
    "Expected of 'freeze': broken; found: held": ["Expected of", "; found: "],
    "The page … did not judge it in this build": ["did not judge it in this build"],
    "Java is too old, or JAVA_HOME points nowhere": ["is too old: Kafka needs", "JAVA_HOME is"],
    "Port 9092, 9093, 6066, 6067 or 6068 is taken": ["is taken by"],
    "Port 2181 is taken": ["is taken by"],
    "KAFKA_HOME is refused": ["KAFKA_HOME"],
    "ZooKeeper has ended": ["has ended, with status"],
    "The walkthrough is being run by another process": ["is still being run by"],
    "A worker ended at start": ["ended at start"],
    "On this machine `localhost` is ::1": ["On this machine `localhost` is"],
    "Waiting for another build of this checkout to end": ["Waiting for ", "build of this checkout"],
    "A storm found something that nothing explains": ["found something that nothing explains"],
    "Ended at … after 15 minutes without a browser": [", after … without a browser: "],
    "A check failed": ["Expected "],
}
NO_MESSAGE = {
    "A transactional id was not opened",  # examples/fencing.py says so
    "The virtual environment was not created successfully",  # Python's own words
    "Run All stopped, and I am at the end of the notebook",  # JupyterLab says nothing of it
    "The first election takes a minute",  # nothing is wrong
    "A worker prints nothing",
}


def messages():
    """Every text in the package, what is put into it as …, and what make says."""
    yield (PROJECT / "Makefile").read_text(encoding="utf-8")
    for path in [PROJECT / "conf.py", *PROJECT.glob("electionlab/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.JoinedStr):
                parts = [p.value if isinstance(p, ast.Constant) else "…" for p in node.values]
                yield "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


TEXTS = list(messages())


def pattern(heading):
    """A heading as a pattern: what varies from case to case may be anything."""
    varies = r"…|\d+|'[^']*'|`[^`]*`|\([^)]*\)"
    return ".*".join(map(re.escape, re.split(varies, heading)))


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_of_troubleshooting_is_a_message(heading):
    if heading in NO_MESSAGE:
        return
    if heading in MESSAGES:
        for words in MESSAGES[heading]:
            assert any(words in text for text in TEXTS), words
    else:
        assert any(re.search(pattern(heading), text, re.DOTALL) for text in TEXTS)


def test_no_message_is_kept_for_a_heading_that_has_gone():
    assert {*MESSAGES, *NO_MESSAGE} <= set(HEADINGS)


def test_the_readme_has_every_target_of_make_and_no_other():
    told = subprocess.run(
        ["make", "-s", "help"], check=True, cwd=PROJECT, capture_output=True, encoding="utf-8"
    )
    targets = {line.split()[0] for line in told.stdout.splitlines()} - {"help"}
    assert set(re.findall(r"^\| `make ([a-z-]+)` \|", README, re.MULTILINE)) == targets


@pytest.mark.parametrize("text", [README, TROUBLESHOOTING], ids=["README", "troubleshooting"])
def test_the_sizes_of_both_kafkas_are_those_that_are_fetched(text):
    sizes = [
        sum(jar.size for jar in read_lock(lock)) for lock in (install.LOCK, zookeeper_home.LOCK)
    ]
    said = [f"{size / 1e6:.0f} MB" for size in sizes]
    assert re.findall(r"\d+ MB", " ".join(re.findall(r"[^.]*fetche[^.]*MB[^.]*\.", text))) == said


def test_the_picture_is_what_todays_code_draws_of_the_run_beside_it():
    history = History.load(PROJECT / "docs" / "recorded" / "two-leaders.jsonl")
    drawn = Timeline(history).svg(standalone=True) + "\n"
    stored = (PROJECT / "docs" / "two-leaders.svg").read_bytes()
    assert stored == drawn.encode(), "make picture draws it anew"
