"""A cache that is filled whole or not at all."""

import contextlib
import functools
import hashlib
import http.server
import os
import resource
import tempfile
import threading
from pathlib import Path

import jgo.maven
import pytest

from electionlab.errors import LabError
from electionlab.kafka import jar_lock, jars
from electionlab.kafka.jar_lock import read_lock
from electionlab.kafka.jars import ensure_jars

CONTENT = b"not a real jar\n"
SUM = hashlib.sha256(CONTENT).hexdigest()
NAME = "tiny-1.0.jar"


@pytest.fixture
def cache(monkeypatch):
    """A lock with one small jar, an empty cache, and a network that nothing can be reached by.

    Other users may look into this folder; pytest's own are closed to them.
    """
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with tempfile.TemporaryDirectory(prefix="electionlab-test-") as folder:
        top = Path(folder)
        top.chmod(0o755)
        line = f"org.example.electionlab:tiny:1.0 {len(CONTENT)} {SUM}"
        (top / "tiny.lock").write_text(f"# for a test\n{line}\n", encoding="utf-8")
        monkeypatch.setattr(jar_lock, "LOCKS", top)
        monkeypatch.setenv("ELECTIONLAB_CACHE", str(top / "cache"))
        yield top / "cache"


@contextlib.contextmanager
def as_plain_user():
    """Root may write anywhere, so what is inside runs as nobody."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


# A repository


@pytest.fixture
def repository(cache, monkeypatch):
    """A repository on this machine; what it answers is the test's, and what it was asked."""
    asked, answers = [], {}

    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # keeps connections open

        def do_GET(self):
            asked.append((self.client_address[1], self.path))
            status, content = answers.get("status", 200), answers.get("content", CONTENT)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.close_connection = Path(self.path).name in answers.get("cut off", [])
            self.wfile.write(content[:7] if self.close_connection else content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/repository"
    context = functools.partial(jgo.maven.MavenContext, remote_repos={"here": address})
    monkeypatch.setattr(jgo.maven, "MavenContext", context)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield asked, answers
    server.shutdown()
    server.server_close()


def many(count):
    """A lock of so many jars with the same bytes."""
    head = (jar_lock.LOCKS / "tiny.lock").read_text(encoding="utf-8")
    lines = [f"org.example:tiny{number}:1.0 {len(CONTENT)} {SUM}" for number in range(count)]
    (jar_lock.LOCKS / "tiny.lock").write_text(
        "\n".join([head.strip(), *lines]) + "\n", encoding="utf-8"
    )


def test_jars_are_fetched_by_their_coordinates_over_few_connections(repository, cache, capsys):
    many(30)
    found = ensure_jars("tiny")
    assert len(found) == 31
    assert all(path.read_bytes() == CONTENT for path in found)
    asked, _ = repository
    paths = {path for _, path in asked}
    assert "/repository/org/example/electionlab/tiny/1.0/tiny-1.0.jar" in paths
    assert len(asked) == len(paths) == 31
    assert len({port for port, _ in asked}) <= jars.CONNECTIONS
    assert capsys.readouterr().err.endswith("Fetching tiny 0 of 0 MB\n")
    assert {path.suffix for path in (cache / "tiny").iterdir()} == {".jar", ".lock"}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"content": CONTENT.upper()}, r"tiny-1\.0\.jar arrived damaged"),
        ({"content": b""}, r"tiny-1\.0\.jar arrived damaged: 0 bytes instead of 15"),
        ({"status": 404}, r"could not be fetched from Maven's central repository: HTTPError"),
    ],
    ids=["corrupt", "empty", "missing"],
)
def test_what_arrives_otherwise_is_refused(repository, cache, answer, told):
    repository[1].update(answer)
    with pytest.raises(LabError, match=told):
        ensure_jars("tiny")
    assert [path.name for path in (cache / "tiny").iterdir()] == ["fetch.lock"]


def test_a_fetch_that_is_stopped_leaves_nothing_half_done(repository, cache):
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(LabError, match="Fetching tiny was stopped"):
        ensure_jars("tiny", stopped)
    assert [path.name for path in (cache / "tiny").iterdir()] == ["fetch.lock"]


def test_after_a_fetch_that_was_cut_off_the_next_one_asks_only_for_what_did_not_arrive(
    repository, cache
):
    many(20)
    asked, answers = repository
    answers["cut off"] = lost = ["tiny3-1.0.jar", "tiny12-1.0.jar"]
    with pytest.raises(LabError, match=r"21 jars .* could not be fetched .* arrived is kept"):
        ensure_jars("tiny")
    names = {jar.file_name for jar in read_lock("tiny")}
    assert {path.name for path in (cache / "tiny").iterdir()} == {*names, "fetch.lock"} - {*lost}
    answers.clear()
    asked.clear()
    assert all(path.read_bytes() == CONTENT for path in ensure_jars("tiny"))
    assert sorted(Path(path).name for _, path in asked) == sorted(lost)


def test_a_disk_that_becomes_full_is_said_and_nothing_half_done_is_left(repository, cache):
    """A limit on the size of files stands in for the disk: the same error comes up the same way."""
    content = bytes(3_000_000)
    repository[1]["content"] = content
    line = f"org.example:large:1.0 {len(content)} {hashlib.sha256(content).hexdigest()}\n"
    (jar_lock.LOCKS / "tiny.lock").write_text(line, encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
    try:
        assert "File too large" in refused(cache)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in (cache / "tiny").iterdir()] == ["fetch.lock"]
    assert ensure_jars("tiny")[0].read_bytes() == content


# The cache


def test_a_whole_jar_in_the_cache_needs_no_network(cache):
    path = cache / "tiny" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    assert ensure_jars("tiny") == [path]
    assert list(path.parent.iterdir()) == [path]


def test_a_proxys_password_is_not_shown(cache, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://me:secret@127.0.0.1:9/")
    with pytest.raises(LabError, match=r"through the proxy http://127\.0\.0\.1:9/, ") as caught:
        ensure_jars("tiny")
    assert "secret" not in str(caught.value)


def test_without_network_one_message_says_so_and_nothing_half_done_is_left(cache, capsys):
    with pytest.raises(LabError) as caught:
        ensure_jars("tiny")
    told = str(caught.value)
    assert told.startswith(
        f"Missing in {cache / 'tiny'}: 1 jar of tiny, which could not be fetched"
    )
    assert "ProxyError" in told
    assert "through the proxy http://127.0.0.1:9, which HTTPS_PROXY or ALL_PROXY names" in told
    assert "\n" not in told
    assert [path.name for path in (cache / "tiny").iterdir()] == ["fetch.lock"]
    assert capsys.readouterr().err == ""


def test_a_damaged_jar_is_reported_and_never_handed_out(cache, capsys):
    path = cache / "tiny" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(LabError, match="could not be fetched"):
        ensure_jars("tiny")
    assert "tiny-1.0.jar in the cache is damaged" in capsys.readouterr().err


def test_what_a_killed_fetch_has_left_is_swept(cache):
    left = cache / "tiny" / "fetching-abc" / "org"
    left.mkdir(parents=True)
    (left / "tiny.part").write_bytes(b"x")
    with pytest.raises(LabError):
        ensure_jars("tiny")
    assert not left.parent.exists()


def refused(folder):
    with pytest.raises(LabError) as caught:
        ensure_jars("tiny")
    told = str(caught.value)
    assert told.startswith(f"The cache folder {folder / 'tiny'} cannot be used: ")
    assert "ELECTIONLAB_CACHE" in told
    return told


def test_a_file_in_the_caches_place_is_said(cache):
    cache.write_text("", encoding="utf-8")
    assert "Not a directory" in refused(cache)


def test_a_file_in_the_place_of_the_jars_folder_is_said(cache):
    cache.mkdir()
    (cache / "tiny").write_text("", encoding="utf-8")
    assert "File exists" in refused(cache)


def test_a_cache_that_may_not_be_written_is_said(cache):
    cache.mkdir()
    cache.chmod(0o555)
    with as_plain_user():
        assert "Permission denied" in refused(cache)


def test_a_cache_that_may_not_be_read_is_said(cache):
    cache.mkdir()
    cache.chmod(0)
    try:
        with as_plain_user():
            assert "Permission denied" in refused(cache)
    finally:
        cache.chmod(0o755)
