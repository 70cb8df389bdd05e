"""Measured failovers as tables and pictures, beside what the formula predicts.

A round that is set aside tells nothing of the election: `each` shows it as such, all others leave
it out.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from electionlab.checks.verdict import seconds
from electionlab.distribution import Distribution
from electionlab.failover import FAULTS, STEPS, Round, Settings
from electionlab.figures import quantile_interval
from electionlab.sweep import BASE, FAUST_OWN
from electionlab.tables import Table


def formula(settings: Settings) -> Table:
    """What the formula says of each step with these settings, after each fault."""
    by_fault = [settings.predicted_steps(fault) for fault in FAULTS]
    rows = [[step, *(_range(steps[step]) for steps in by_fault)] for step in STEPS]
    sums = [_range(settings.predicted(fault)) for fault in FAULTS]
    return Table(["step", *FAULTS], [*rows, ["in all", *sums]])


def each(rounds: Sequence[Round], fault: str) -> Table:
    """Each round after a fault: the seconds of its steps, their sum, and what was predicted."""
    heads = ["session / heartbeat / timer", *STEPS, "in all", "predicted"]
    return Table(
        heads,
        (
            [
                one.settings,
                *(f"{one.took[step]:.2f}" if one.took else "–" for step in STEPS),
                f"{one.total_s:.2f}{' (set aside)' if one.set_aside else ''}",
                _range(one.predicted),
            ]
            for one in rounds
            if one.fault == fault
        ),
    )


def by_step(rounds: Iterable[Round], fault: str, settings: Settings) -> Distribution:
    """How long each step took after a fault, with the ranges that the formula gives; work has
    none."""
    chosen = [one for one in _plain(rounds) if (one.fault, one.settings) == (fault, settings)]
    return Distribution(
        {step: [one.took[step] for one in chosen] for step in STEPS},
        predicted={
            step: ends for step, ends in settings.predicted_steps(fault).items() if ends != (0, 0)
        },
        caption=f"{len(chosen)} times {fault}, with {settings}",
    )


def by_settings(rounds: Iterable[Round], fault: str) -> Distribution:
    """How long failovers took after a fault with each of the settings, and what was predicted.
    Settings of which just one differs from `sweep.BASE` are named by that one. Faust's own settings
    are left out: a minute on the axis would hide the rest."""
    groups: dict[str, list[float]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for one in sorted(_plain(rounds), key=lambda one: _order(one.settings)):
        if one.fault == fault and one.settings != FAUST_OWN:
            groups.setdefault(named(one.settings), []).append(one.total_s)
            ranges[named(one.settings)] = one.predicted
    words = (
        f"seconds from {fault} to the next leader's first greeting; {BASE} if not said otherwise"
    )
    return Distribution(groups, predicted=ranges, caption=words)


def told(rounds: Iterable[Round]) -> Distribution:
    """How much of a heartbeat passed until the others were told, in per cent, by fault."""
    plain = _plain(rounds)
    shares = [(one.fault, 100 * one.took["told"] / one.settings.heartbeat_s) for one in plain]
    return Distribution(
        {fault: [share for of, share in shares if of == fault] for fault in FAULTS},
        unit="%",
        caption="how much of a heartbeat passed until the others were told",
    )


def medians(rounds: Iterable[Round]) -> Table:
    """For each fault and settings: rounds, the median, its 95 % interval and the prediction. The
    interval assumes no shape of the distribution, but rounds that do not depend on each other;
    under 6 rounds there is none."""
    groups: dict[tuple[str, Settings], list[Round]] = {}
    for one in _plain(rounds):
        groups.setdefault((one.fault, one.settings), []).append(one)
    rows = []
    for (fault, settings), some in sorted(groups.items()):
        totals = [one.total_s for one in some]
        sure = quantile_interval(totals)
        interval = f"{sure.low:.2f} to {sure.high:.2f} s" if sure else "too few"
        median = f"{statistics.median(totals):.2f} s"
        rows.append([fault, settings, len(some), median, interval, _range(some[0].predicted)])
    heads = ["fault", "session / heartbeat / timer", "rounds", "median", "95 % interval"]
    return Table([*heads, "predicted"], rows)


def spread(rounds: Iterable[Round], fault: str) -> str:
    """How long failovers took after a fault, in words: median, range and number."""
    totals = [one.total_s for one in _plain(rounds) if one.fault == fault]
    return seconds(totals) if totals else "time that was not measured"


def named(settings: Settings) -> str:
    """`session 2 s` where that alone differs from `sweep.BASE`, `6 / 1 / 2 s` else."""
    differ = [
        f"{name.removesuffix('_s')} {value:g} s"
        for name, value in asdict(settings).items()
        if value != getattr(BASE, name)
    ]
    return differ[0] if len(differ) == 1 else str(settings)


def _plain(rounds: Iterable[Round]) -> list[Round]:
    """Those that are not set aside."""
    return [one for one in rounds if not one.set_aside]


def _order(settings: Settings) -> list[tuple[bool, float]]:
    """Those that differ in their session from `sweep.BASE` first, the smallest first."""
    values = asdict(settings).items()
    return [(value == getattr(BASE, name), value) for name, value in values]


def _range(ends: tuple[float, float]) -> str:
    return "work" if ends == (0, 0) else f"{ends[0]:g} to {ends[1]:g} s"
