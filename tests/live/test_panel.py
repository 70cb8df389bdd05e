"""The panel of a lab: its buttons reach the relays and the places that a lab has."""

import threading

import pytest

from electionlab.host.waiting import wait_until
from electionlab.lab.lab import Lab
from electionlab.panel.panel import Panel

pytestmark = [pytest.mark.live, pytest.mark.own_ports]


def press(panel, act, worker=""):
    panel._on_message(None, {"do": "press", "act": act, "worker": worker}, [])


def card(panel, name):
    return next((card for card in panel.widget.cards if card["name"] == name), None)


def wait(panel, condition, what):
    wait_until(condition, within=60, why=lambda: f"{what}: {panel.widget.said}")


def test_a_network_is_cut_and_healed_and_a_lab_holds_no_more_than_it_has_room_for():
    with Lab(1, room=2) as lab, Panel(lab) as panel:
        panel.show()
        (first,) = [worker.name for worker in lab.running()]
        wait(panel, lambda: panel.widget.leaders == [first], "it does not lead")
        press(panel, "cut", first)
        wait(panel, lambda: card(panel, first)["faults"] == ["network cut"], "it is not cut")
        assert panel.widget.said["words"] == f"The network of {first} was cut."
        assert dict(card(panel, first)["buttons"]).get("heal") == "Heal"
        press(panel, "cut", first)
        wait(panel, lambda: "already cut off" in panel.widget.said["words"], "it is silent")
        press(panel, "heal", first)
        wait(panel, lambda: card(panel, first)["faults"] == [], "it is not healed")

        second = lab.slots.names[1]
        press(panel, "add")
        wait(panel, lambda: "is ready" in panel.widget.said["words"], "none is added")
        wait(panel, lambda: card(panel, second)["generation"], "it has not joined")
        press(panel, "add")
        wait(panel, lambda: panel.widget.said["is_error"], "there is no error")
        assert panel.widget.said["words"] == "This lab has 2 places for workers, 0 of them free."
        press(panel, "kill", second)
        wait(panel, lambda: card(panel, second)["gone"], "it is not gone")

        lab.stop()
        wait(panel, lambda: panel.widget.over, "it is not over")
        assert not any(card["buttons"] for card in panel.widget.cards)
        wait(panel, lambda: not followers(), f"left: {followers()}")
    assert "<lab-replay>" in Panel(lab)._repr_mimebundle_()["text/html"]


def followers():
    return [thread for thread in threading.enumerate() if thread.name == "electionlab panel"]
