"""Measured failovers as tables and pictures, next to what the formula predicts.

A round that is set aside proves nothing: `each` marks it, and the other functions leave it out.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from electionlab.checks.statistics import median_interval
from electionlab.checks.verdict import seconds
from electionlab.failover.measure import BASE, FAUST_OWN
from electionlab.failover.model import FAULTS, STEPS, Round, Settings
from electionlab.pictures.strip_plot import Distribution
from electionlab.pictures.tables import Table


def formula(settings: Settings) -> Table:
    """What the formula predicts for each step with these settings, after each fault."""
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
                failover.settings,
                *(f"{failover.took[step]:.2f}" if failover.took else "–" for step in STEPS),
                f"{failover.total_s:.2f}{' (set aside)' if failover.set_aside else ''}",
                _range(failover.predicted),
            ]
            for failover in rounds
            if failover.fault == fault
        ),
    )


def by_step(rounds: Iterable[Round], fault: str, settings: Settings) -> Distribution:
    """How long each step took after a fault, with the ranges that the formula gives; steps that are
    work have none."""
    chosen = [
        failover
        for failover in _plain(rounds)
        if (failover.fault, failover.settings) == (fault, settings)
    ]
    return Distribution(
        {step: [failover.took[step] for failover in chosen] for step in STEPS},
        predicted={
            step: ends for step, ends in settings.predicted_steps(fault).items() if ends != (0, 0)
        },
        caption=f"{len(chosen)} times {fault}, with {settings}",
    )


def by_settings(rounds: Iterable[Round], fault: str) -> Distribution:
    """How long failovers took after a fault with each of the settings, and what was predicted.
    Settings that differ from `measure.BASE` in one value are named after it. Faust's own settings
    are left out: a minute on the axis would hide the rest."""
    groups: dict[str, list[float]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for failover in sorted(_plain(rounds), key=lambda failover: _order(failover.settings)):
        if failover.fault == fault and failover.settings != FAUST_OWN:
            groups.setdefault(named(failover.settings), []).append(failover.total_s)
            ranges[named(failover.settings)] = failover.predicted
    words = (
        f"seconds from {fault} to the next leader's first greeting; {BASE} if not said otherwise"
    )
    return Distribution(groups, predicted=ranges, caption=words)


def told(rounds: Iterable[Round]) -> Distribution:
    """How much of a heartbeat passed until the others were told, in percent, by fault."""
    plain = _plain(rounds)
    shares = [
        (failover.fault, 100 * failover.took["told"] / failover.settings.heartbeat_s)
        for failover in plain
    ]
    return Distribution(
        {fault: [share for name, share in shares if name == fault] for fault in FAULTS},
        unit="%",
        caption="how much of a heartbeat passed until the others were told",
    )


def medians(rounds: Iterable[Round]) -> Table:
    """For each fault and settings: rounds, the median, its 95 % interval and the prediction. The
    interval assumes independent rounds, and nothing about the shape of the distribution; it needs
    at least 6 rounds."""
    groups: dict[tuple[str, Settings], list[Round]] = {}
    for failover in _plain(rounds):
        groups.setdefault((failover.fault, failover.settings), []).append(failover)
    rows = []
    for (fault, settings), group in sorted(groups.items()):
        totals = [failover.total_s for failover in group]
        ends = median_interval(totals)
        interval = f"{ends[0]:.2f} to {ends[1]:.2f} s" if ends else "too few"
        median = f"{statistics.median(totals):.2f} s"
        rows.append([fault, settings, len(group), median, interval, _range(group[0].predicted)])
    heads = ["fault", "session / heartbeat / timer", "rounds", "median", "95 % interval"]
    return Table([*heads, "predicted"], rows)


def spread(rounds: Iterable[Round], fault: str) -> dict[str, str]:
    """How long failovers took after a fault, in words, by their settings: median, range and number.
    There is no median over several settings: it would be a figure of which were chosen."""
    totals: dict[Settings, list[float]] = {}
    for failover in _plain(rounds):
        if failover.fault == fault:
            totals.setdefault(failover.settings, []).append(failover.total_s)
    return {str(settings): seconds(totals[settings]) for settings in sorted(totals)}


def named(settings: Settings) -> str:
    """`session 2 s` if only that differs from `measure.BASE`, otherwise `6 / 1 / 2 s`."""
    differ = [
        f"{name.removesuffix('_s')} {value:g} s"
        for name, value in asdict(settings).items()
        if value != getattr(BASE, name)
    ]
    return differ[0] if len(differ) == 1 else str(settings)


def _plain(rounds: Iterable[Round]) -> list[Round]:
    """The rounds that are not set aside."""
    return [failover for failover in rounds if not failover.set_aside]


def _order(settings: Settings) -> list[tuple[bool, float]]:
    """A sort key: settings whose session differs from `measure.BASE` first, then by value."""
    values = asdict(settings).items()
    return [(value == getattr(BASE, name), value) for name, value in values]


def _range(ends: tuple[float, float]) -> str:
    return "work" if ends == (0, 0) else f"{ends[0]:g} to {ends[1]:g} s"
