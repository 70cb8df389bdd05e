"""Of a log that explains a failure, the message shows what explains it."""

import pytest

from electionlab.host.excerpt import excerpt

KAFKA = """\
[2026-11-25 21:50:36,221] INFO Registered kafka:type=kafka.Log4jController MBean (kafka.utils)
[2026-11-25 21:50:36,285] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)
org.apache.kafka.common.KafkaException: Failed to acquire lock
\tat kafka.server.KafkaConfig.<init>(KafkaConfig.scala:572)
\tat kafka.Kafka.main(Kafka.scala)
Caused by: java.io.IOException: No space left on device
\tat java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)
\t... 12 more
[2026-11-25 21:50:36,300] INFO shutting down (kafka.server)
[2026-11-25 21:50:36,400] ERROR could not close: java.lang.IllegalStateException (kafka.server)
[2026-11-25 21:50:36,500] INFO shut down completed (kafka.server)
"""
FAUST = """\
[2026-11-23 13:34:06,779] [12252] [INFO] [^Worker]: Starting...
[2026-11-23 13:34:07,102] [12252] [ERROR] Group Coordinator Request failed: [Error 15] \
GroupCoordinatorNotAvailableError
[2026-11-23 13:34:08,100] [12252] [ERROR] [^Worker]: Error: ValueError('no such topic')
Traceback (most recent call last):
  File "faust/app/base.py", line 1, in start
    await self.topics()
ValueError: no such topic
[2026-11-23 13:34:08,200] [12252] [INFO] [^Worker]: Stopping...
[2026-11-23 13:34:08,300] [12252] [ERROR] [^Worker]: late
[2026-11-23 13:34:09,200] [12252] [INFO] [^Worker]: Closing event loop
"""
JVM = """\
Picked up JAVA_TOOL_OPTIONS: -Da=b
Exception in thread "main" java.lang.IllegalArgumentException: No enum constant CLASSİC
\tat java.base/java.lang.Enum.valueOf(Unknown Source)
1
2
"""


@pytest.fixture
def shown(tmp_path):
    def show(text, count):
        log = tmp_path / "log"
        log.write_text(text, encoding="utf-8")
        return [line.removeprefix("    ") for line in excerpt(log, count).splitlines()]

    return show


def test_of_a_server_that_ended_the_first_error_its_causes_and_the_end(shown):
    first, thrown, cause, left_out, *end = shown(KAFKA, 1)
    assert first.endswith("ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)")
    assert thrown == "org.apache.kafka.common.KafkaException: Failed to acquire lock"
    assert cause == "Caused by: java.io.IOException: No space left on device"
    assert left_out == "…"
    assert [line.rpartition("] ")[2] for line in end] == ["INFO shut down completed (kafka.server)"]


def test_of_a_worker_the_error_that_matters(shown):
    first, between, thrown, left_out, *end = shown(FAUST, 1)
    assert "no such topic" in first
    assert (between, thrown, left_out) == ("…", "ValueError: no such topic", "…")
    assert len(end) == 1


def test_of_a_tool_what_was_thrown(shown):
    assert shown(JVM, 1) == [JVM.splitlines()[1], "…", "2"]


def test_an_error_among_the_last_lines_is_not_shown_twice(shown):
    lines = shown(KAFKA, 20)
    assert lines == [line for line in KAFKA.splitlines() if not line.startswith("\t")]


def test_without_an_error_there_are_the_last_lines(shown):
    assert shown("".join(f"{number}\n" for number in range(20)), 2) == ["18", "19"]


def test_a_log_that_is_empty_or_missing_printed_nothing(tmp_path):
    (tmp_path / "empty").touch()
    for name in ("empty", "missing"):
        assert excerpt(tmp_path / name) == "    (it printed nothing)"
