"""Whether a worker that is ready has joined the intended Kafka, and not another one."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from electionlab.errors import LabError
from electionlab.host.waiting import wait_until
from electionlab.kafka.witness import Witness

MEMBER_WITHIN_S = 3.0
ANSWER_WITHIN_S = 30.0  # a coordinator that has died is replaced after 10 s


def require_member(
    witness: Witness,
    group: str,
    member_id: Callable[[], str],
    *,
    joined: Callable[[], str],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Raise LabError unless Kafka names the worker among the members of its group.

    `member_id` returns the id under which the worker says that it has joined. It is called each
    time, because a worker whose session has just ended joins again under another id. `joined` says
    in words where the worker is instead. The worker has to be a member within 3 s of Kafka's first
    answer; a Kafka that has just started knows no groups for a moment.
    """
    refusal = ""

    def members() -> list[str] | None:
        nonlocal refusal
        try:
            return [member.member_id for member in witness.group(group, within=5).members]
        except LabError as error:
            refusal = str(error)
            return None

    def is_member() -> bool:
        return member_id() in (members() or [])

    def why() -> str:
        return (
            f"the worker is ready, but the Kafka at {witness.bootstrap} knows no member "
            f"{member_id()} of the group {group!r}. The worker has joined another Kafka: "
            f"{joined()}. Check what names it: the program, the command or the settings."
        )

    wait_until(
        lambda: members() is not None,
        within=ANSWER_WITHIN_S,
        why=lambda: f"Kafka did not say whether the worker has joined: {refusal}",
        pause=pause,
    )
    wait_until(is_member, within=MEMBER_WITHIN_S, why=why, pause=pause)


def connections(pid: int) -> str:
    """Which addresses a process is connected to, in words."""
    try:
        connected = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.Error:  # it has just ended, or macOS shows it only to root
        connected = []
    own_ports = {end.laddr.port for end in connected if end.status == psutil.CONN_LISTEN}
    led_to = {
        f"{end.raddr.ip}:{end.raddr.port}"
        for end in connected
        if end.status == psutil.CONN_ESTABLISHED and end.laddr.port not in own_ports
    }
    return f"it is connected to {', '.join(sorted(led_to))}" if led_to else "its log says which"
