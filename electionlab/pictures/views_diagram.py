"""The picture of three views: each worker has a band by its log, one by HTTP, one by the broker."""

from __future__ import annotations

from collections.abc import Mapping

from electionlab.history import leader_views
from electionlab.history.history import HasHistory, History, Span, Spans, as_history
from electionlab.history.readable import plural
from electionlab.pictures.drawing import hatching, labels
from electionlab.pictures.drawing.canvas import Canvas
from electionlab.pictures.drawing.hatching import Hatch
from electionlab.pictures.drawing.legend import SWATCH, legend
from electionlab.pictures.drawing.svg import SMALL_LETTER, WIDTH, figure, picture, px, tag, text
from electionlab.pictures.tables import Table
from electionlab.pictures.wording import listed

LEFT, BAND, GAP, HEAD = 112, 12, 3, 18  # HEAD: px above a lane's bands, for words
SAYS = {"log": "its own log", "HTTP": "its own HTTP", "broker": "the broker"}


class Views:
    """The three views of a history as a picture with its table: the value of a notebook's cell.

    A view that the history lacks is left out, and the picture says so.
    """

    def __init__(self, source: History | HasHistory, caption: str = "") -> None:
        self.history = history = as_history(source)
        self.caption = caption
        self.missing = leader_views.missing(history)
        spans = {
            "log": history.leaderships,
            "HTTP": leader_views.by_http(history),
            "broker": history.broker_leaderships,
        }
        self.spans = {name: by_view for name, by_view in spans.items() if name not in self.missing}
        self.only_by_log = leader_views.only_by_log(history)
        self.only_by_broker = leader_views.only_by_broker(history)

    def _repr_html_(self) -> str:
        return figure("views", self.svg(), self.table(), self.caption)

    def __repr__(self) -> str:
        """The picture in words, for readers who cannot see it."""
        history = self.history
        count, seconds = len(history.workers), history.length_s
        workers = f"{count} {plural(count, 'worker')} ({', '.join(history.workers)})"
        sentences = [f"{workers} over {seconds:.0f} s."]
        for name, spans in self.spans.items():
            led = [f"{span.worker} from {_between(history, span)}" for span in spans]
            sentences.append(f"Leader by {SAYS[name]}: {listed(led, 12) or 'nobody'}.")
        disagreements = _disagreements(self)
        sentences += [f"{listed(disagreements, 12)}."] if disagreements else []
        return " ".join([*sentences, *_notes(self)])

    def svg(self) -> str:
        """The picture as SVG text."""
        rows = max(len(self.spans), 1)
        canvas, placed = labels.with_room(self.history, HEAD + rows * (BAND + GAP) + 5, LEFT)
        stale = Hatch("apart", "log and broker disagree", self.only_by_log)
        unknown = Hatch("apart", stale.words, self.only_by_broker)
        brokers = hatching.of_brokers(canvas)
        entries = [
            (tag("rect", class_=f"by-{name.lower()}", rx=2, **SWATCH), f"leads, says {SAYS[name]}")
            for name in self.spans
        ]
        kinds = [stale] if stale.spans or unknown.spans else []
        if kinds:
            entries.append(
                (tag("rect", class_="apart", fill=stale.fill(canvas), **SWATCH), stale.words)
            )
        entries += [kind.entry(canvas) for kind in brokers]
        notes = [*_notes(self), *filter(None, [labels.note(placed)])]
        key, height = legend(entries, notes, 8, canvas.bottom + 40)
        parts = [
            hatching.patterns(canvas, kinds + brokers),
            *canvas.axis(),
            *canvas.names(lives=False, lower=(HEAD - 5) / 2),
            *_bands(canvas, self.spans),
            *_apart_boxes(canvas, stale, rows, "in its own eyes only"),
            *_apart_boxes(canvas, unknown, rows, "in the broker's eyes only"),
            *hatching.draw_kafka(canvas, brokers),
            *labels.draw(canvas, placed),
            *key,
        ]
        return picture(repr(self), parts, height)

    def table(self) -> Table:
        """The same as a table: who leads, who says so, and from when to when, in seconds since
        the start."""
        at = self.history.at
        rows = [(span, SAYS[name]) for name, spans in self.spans.items() for span in spans]
        rows += [(span, "its own log, not the broker") for span in self.only_by_log]
        rows += [(span, "the broker, not its own log") for span in self.only_by_broker]
        rows.sort(key=lambda pair: pair[0].start)

        def until(span: Span, says: str) -> str:
            goes_on = " (last answer)" if says == SAYS["HTTP"] else " and on"
            return f"{at(span.end):.3f}{'' if span.end_is_known else goes_on}"

        return Table(
            ["worker", "leads, says", "from second", "to second", "lasting", "generation"],
            [
                (
                    span.worker,
                    says,
                    f"{at(span.start):.3f}",
                    until(span, says),
                    f"{span.length_s:.3f}" if span.length_s else "",
                    "" if span.generation is None else span.generation,
                )
                for span, says in rows
            ],
        )


def _between(history: History, span: Span) -> str:
    return f"{history.at(span.start):.1f} to {history.at(span.end):.1f} s"


def _disagreements(shown: Views) -> list[str]:
    """Each disagreement: `6066 leads in its own eyes until 21.3 s, in the broker's until 9.8 s`."""
    own, broker, history = "its own", "the broker's", shown.history
    log, stored = history.leaderships, history.broker_leaderships
    sentences = [
        (span.start, _disagreement(history, span, own, broker, stored))
        for span in shown.only_by_log
    ]
    sentences += [
        (span.start, _disagreement(history, span, broker, own, log))
        for span in shown.only_by_broker
    ]
    return [words for _, words in sorted(sentences)]


def _disagreement(
    history: History, span: Span, view: str, other_view: str, other_spans: Spans[Span]
) -> str:
    """In words: the worker leads in one view, but not in the other, which has `other_spans`."""
    who = f"{span.worker} leads in {view} eyes"
    if any(earlier.end == span.start for earlier in other_spans.of(span.worker)):
        end, before = history.at(span.end), history.at(span.start)
        return f"{who} until {end:.1f} s, but in {other_view} until {before:.1f} s"
    return f"{who} from {_between(history, span)}, but not in {other_view}"


def _notes(shown: Views) -> list[str]:
    notes = [f"No view by {name}: {why}." for name, why in shown.missing.items()]
    led = {span.worker for span in shown.history.broker_leaderships}
    if strangers := led - set(shown.history.workers):
        names = ", ".join(sorted(strangers))
        notes.append(f"In the broker's view others led as well, which are not ours: {names}.")
    return notes


def _lane_top(canvas: Canvas, worker: str) -> float:
    return canvas.middle(worker) - canvas.lane / 2 + HEAD


def _bands(canvas: Canvas, views: Mapping[str, list[Span]]) -> list[str]:
    drawn = []
    for worker in canvas.workers:
        for row, (name, spans) in enumerate(views.items()):
            top = _lane_top(canvas, worker) + row * (BAND + GAP)
            y = px(top + BAND - 2)
            drawn.append(text(name, class_="small", x=LEFT - 6, y=y, text_anchor="end"))
            foot = px(top + BAND)
            drawn.append(tag("line", class_="grid", x1=LEFT, x2=WIDTH - 18, y1=foot, y2=foot))
            drawn += [
                canvas.strip(span.start, span.end, top, BAND, class_=f"by-{name.lower()}", rx=2)
                for span in spans
                if span.worker == worker
            ]
    return drawn


def _apart_boxes(canvas: Canvas, kind: Hatch, rows: int, words: str) -> list[str]:
    """Outlined boxes over all bands of a worker, with words above them where there is room."""
    drawn = []
    for number, span in enumerate(kind.spans):
        if span.worker not in canvas.workers:
            continue
        top = _lane_top(canvas, span.worker)
        height, box = rows * (BAND + GAP) + 1, {"fill": kind.fill(canvas), "class_": "apart"}
        drawn.append(canvas.strip(span.start, span.end, top - 2, height, **box))
        nexts = [s for s in kind.spans[number + 1 :] if s.worker == span.worker]
        room = min([canvas.x(s.start) for s in nexts] + [WIDTH]) - canvas.x(span.start)
        if SMALL_LETTER * len(words) < room:
            drawn.append(text(words, class_="small", x=px(canvas.x(span.start)), y=px(top - 6)))
    return drawn
