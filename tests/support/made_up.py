"""Runs of workers as they may happen, drawn at random from a seed."""

import random

from histories import (
    assigned,
    exited,
    frozen,
    interrupted,
    joined,
    killed,
    left,
    revoked,
    started,
    thawed,
)


class MadeUp:
    """A run of three workers as it may happen: its `events`, and who `led` after each of them, as
    far as anybody can know. A worker may end by itself, and its exit is seen late, often only after
    the next start."""

    RUNNING = ("lead", "follow", "lead", "follow", "joined", "revoked", "left", "frozen", "thawed")
    ENDINGS = ("interrupted", "killed", "crash")

    def __init__(self, seed, count=150):
        self.draw = random.Random(seed)
        self.running, self.stopping, self.leaders = set(), set(), set()
        self.unseen = []  # the names of processes whose exits were not seen yet
        self.events, self.led = [], []
        for time in range(1, count):
            name = self.draw.choice("ABC")
            acts = self.RUNNING + self.ENDINGS if name in self.running else ("started", "exited")
            self.act(self.draw.choice(acts), time, name)
            if name in self.running and self.draw.random() < 0.5:
                self.act("exited", time + 0.5, name)

    def act(self, act, time, name):
        if act == "exited" and name not in self.unseen:
            return
        self.change(act, name)
        if act == "crash":
            return  # nobody knows yet
        make = {
            "lead": lambda time, name: assigned(time, name, True),
            "follow": lambda time, name: assigned(time, name, False),
            "joined": lambda time, name: joined(time, name, int(time)),
            **{made.__name__: made for made in (started, exited, killed, interrupted)},
            **{made.__name__: made for made in (revoked, left, frozen, thawed)},
        }
        self.events.append(make[act](time, name))
        self.led.append(sorted(self.leaders))

    def change(self, act, name):
        if act == "started":
            self.running.add(name)
            self.stopping.discard(name)
        elif act in ("killed", "crash"):
            self.running.discard(name)
            self.unseen.append(name)
        elif act == "exited":
            self.unseen.remove(name)
        elif act == "interrupted":
            self.stopping.add(name)
        if act == "lead":
            self.leaders.add(name)
        was_newest = name not in self.running and name not in self.unseen
        if (
            act in ("started", "killed", "follow")
            or (act == "left" and name in self.stopping)
            or (act == "exited" and was_newest)
        ):
            self.leaders.discard(name)
