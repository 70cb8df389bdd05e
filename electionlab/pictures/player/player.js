// The player: <lab-replay>, an element that plays the replay data it holds. Who led, who held what
// and what was broken stands in the data; here it is only drawn. replay.py puts the text of
// player.css, as STYLE, and run.js and stage.js in front. Without JavaScript the element is its
// content: the timeline and its table.

const FLIGHT_S = 0.6; // how long each half of a greeting's way takes on the screen
const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 50];
const SPOKEN_MS = 1500; // between two captions for screen readers, while the run plays
const FRESH_S = 0.4; // a greeting's way is drawn as an arrow if it began so shortly before

const HTML = `
<section class="replay" role="group" tabindex="0" aria-label="Replay of the run"
    aria-describedby="keys" data-lm-suppress-shortcuts="true">
  <div class="stage"></div>
  <p class="caption"><span class="clock"></span> <span class="words"></span></p>
  <div class="track"><svg preserveAspectRatio="none" aria-hidden="true"></svg>
    <input type="range" min="0" step="any" aria-label="Time in the run"></div>
  <div class="controls">
    <button data-do="previous" aria-label="Previous election or fault"></button>
    <button data-do="back" aria-label="Step back"></button>
    <button data-do="toggle" class="toggle"></button>
    <button data-do="step" aria-label="Step"></button>
    <button data-do="next" aria-label="Next election or fault"></button>
    <label>Speed <select></select></label>
  </div>
  <p id="keys"><kbd>Space</kbd> plays and pauses, <kbd>←</kbd> <kbd>→</kbd> step, with
    <kbd>Shift</kbd> to the next election or fault, <kbd>+</kbd> <kbd>−</kbd> change the
    speed.</p>
  <p class="unseen live" role="status" aria-live="polite"></p>
</section><slot></slot>`;

const ICONS = {
  previous: "M3 3h2v10h-2zM13 3v10l-7 -5z",
  back: "M12 3v10l-8 -5z",
  play: "M4 2l10 6l-10 6z",
  pause: "M4 3h3v10h-3zM9 3h3v10h-3z",
  step: "M4 3v10l8 -5z",
  next: "M11 3h2v10h-2zM3 3v10l7 -5z",
};
const KEYS = {
  " ": "toggle",
  k: "toggle",
  Home: "first",
  End: "last",
  "+": "faster",
  "-": "slower",
};
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Replay extends HTMLElement {
  connectedCallback() {
    this.begin();
  }

  disconnectedCallback() {
    if (this.data) this.pause();
  }

  /** Once the data are there: the parser may still be at the element's first child. */
  begin() {
    const written = this.querySelector(":scope > script[type='application/json']");
    if (this.shadowRoot || !(this.data || written)) return;
    this.data ??= JSON.parse(written.textContent);
    this.attachShadow({ mode: "open" }).innerHTML = `<style>${STYLE}</style>${HTML}`;
    this.find = (selector) => this.shadowRoot.querySelector(selector);
    this.run = new Run(this.data);
    this.stage = new Stage(this.run, this.find(".stage"));
    this.first = this.data.first;
    this.last = this.data.seconds;
    this.long = this.last - this.first || 1;
    this.time = this.data.at ?? this.first;
    this.fresh = FRESH_S;
    this.playing = false;
    this.toSay = [];
    this.build();
    this.listen();
    this.draw();
  }

  build() {
    for (const button of this.shadowRoot.querySelectorAll("button"))
      button.append(icon(ICONS[button.dataset.do] ?? ICONS.play));
    for (const speed of SPEEDS)
      this.find("select").append(make("option", { value: speed }, `${speed} ×`));
    this.range = this.find("input");
    this.range.min = this.first;
    this.range.max = this.last;
    const isShort = (speed) => speed >= 1 && this.long / speed <= 60;
    this.showSpeed(SPEEDS.find(isShort) ?? SPEEDS.at(-1));
    this.showToggle();
    this.buildTrack();
    const drawing = this.querySelector("figure.timeline svg.tl");
    if (drawing && this.data.axis) this.movePlayhead = this.addPlayhead(drawing, this.data.axis);
  }

  /** Who led and what was broken, a row for each worker, behind the slider. */
  buildTrack() {
    const drawing = this.find(".track svg");
    const rows = this.data.workers.length || 1;
    drawing.setAttribute("viewBox", `0 0 1000 ${rows * 10}`);
    drawing.style.height = `${Math.max(rows * 0.7, 1.8)}rem`;
    const box = (from, to, y, height, how) => {
      const x = (1000 * (from - this.first)) / this.long,
        width = Math.max((1000 * (to - from)) / this.long, 1.2);
      drawing.append(make("rect", { x, y, width, height, ...how }));
    };
    this.data.workers.forEach((worker, row) => {
      const lane = this.run.lanes.get(worker.name);
      lane.values.forEach((state, place) => {
        const from = lane.times[place],
          to = lane.times[place + 1] ?? this.last;
        const lives = state.state && !state.gone;
        if (lives) box(from, to, 10 * row + 4, 2, { class: "life" });
        if (state.leads) box(from, to, 10 * row + 1, 8, { fill: worker.colour });
        if (state.faults && lives) box(from, to, 10 * row + 2, 6, { class: "fault" });
      });
    });
    for (const step of this.run.captions.values)
      if (step.big) box(step.at, step.at, 0, rows * 10, { class: "tick" });
  }

  /** A line over the timeline below, at the time that is shown; a click there goes to its time. */
  addPlayhead(drawing, { left, width, top, bottom }) {
    const line = make("line", { y1: top, y2: bottom, stroke: "currentColor", "stroke-width": 2.5 });
    drawing.append(line);
    drawing.style.cursor = "pointer";
    drawing.addEventListener("click", (event) => {
      const point = new DOMPoint(event.clientX, event.clientY);
      const { x } = point.matrixTransform(drawing.getScreenCTM().inverse());
      if (x >= left) this.seek(this.first + ((x - left) / width) * this.long);
    });
    return (time) => {
      const x = left + (width * (time - this.first)) / this.long;
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
    };
  }

  // A frame

  draw() {
    const isCalm = this.playing && !this.inAir;
    const recent = isCalm ? 2 * FLIGHT_S * this.speed : this.fresh;
    this.stage.draw(this.time, this.inAir ? FLIGHT_S * this.speed : 0, recent);
    this.drawCaption();
    this.range.value = this.time;
    this.movePlayhead?.(this.time);
    const digits = this.playing && this.speed >= 1 ? 1 : 2;
    this.find(".clock").textContent = `${this.time.toFixed(digits)} s`;
  }

  drawCaption() {
    const { captions } = this.run,
      place = captions.place(this.time);
    if (place === this.captionShown) return;
    if (this.playing) this.say(captions.values.slice(this.captionShown + 1, place + 1));
    this.captionShown = place;
    const words = captions.values[place]?.words ?? "the run begins";
    this.find(".words").textContent = words;
    this.range.setAttribute("aria-valuetext", `${this.time.toFixed(1)} s: ${words}`);
  }

  // What a reader does

  listen() {
    const replay = this.find(".replay");
    replay.addEventListener("click", (event) => {
      const button = event.composedPath().find((element) => element.dataset?.do);
      if (button) this.act(button.dataset.do);
    });
    replay.addEventListener("keydown", (event) => {
      const target = event.composedPath()[0];
      if (event.ctrlKey || event.metaKey || event.altKey || target.matches("select")) return;
      const sideways = { ArrowLeft: ["back", "previous"], ArrowRight: ["step", "next"] }[event.key];
      const action = sideways ? sideways[event.shiftKey ? 1 : 0] : KEYS[event.key];
      if (!action || (event.key === " " && target.matches("button"))) return;
      event.preventDefault();
      event.stopPropagation();
      this.act(action);
    });
    this.range.addEventListener("input", () => this.seek(Number(this.range.value)));
    this.find("select").addEventListener("change", (event) => {
      this.speed = Number(event.target.value);
    });
    new ResizeObserver(() => {
      this.stage.moved = true;
      if (!this.playing) this.draw();
    }).observe(this.find(".stage"));
  }

  act(action) {
    const index = SPEEDS.indexOf(this.speed);
    const actions = {
      toggle: () => (this.playing ? this.pause() : this.play()),
      step: () => this.jump(this.run.moments, 1),
      back: () => this.jump(this.run.moments, -1),
      next: () => this.jump(this.run.bigMoments, 1),
      previous: () => this.jump(this.run.bigMoments, -1),
      first: () => this.seek(this.first, 0),
      last: () => this.seek(this.last, 0),
      faster: () => this.showSpeed(SPEEDS[Math.min(index + 1, SPEEDS.length - 1)]),
      slower: () => this.showSpeed(SPEEDS[Math.max(index - 1, 0)]),
    };
    actions[action]();
  }

  play() {
    if (this.time >= this.last) this.time = this.first;
    this.playing = true;
    this.inAir = !calm.matches;
    this.showToggle();
    this.captionShown = this.run.captions.place(this.time);
    let last = performance.now();
    const frame = (now) => {
      if (!this.playing) return;
      // A tab in the background gets no frames: it goes on where it was.
      this.time += (Math.min(Math.max(now - last, 0), 250) / 1000) * this.speed;
      last = now;
      if (this.time >= this.last) {
        this.time = this.last;
        this.pause();
      }
      this.draw();
      if (this.playing) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    this.playing = false;
    this.showToggle();
  }

  /** Show a time, with arrows for greetings of so many seconds before it. */
  seek(time, fresh = FRESH_S) {
    this.time = Math.min(Math.max(time, this.first), this.last);
    if (!this.playing) this.inAir = false;
    this.fresh = fresh;
    this.draw();
  }

  jump(times, direction) {
    this.pause();
    const here = until(times, this.time + (direction > 0 ? 1e-6 : -1e-6));
    const time = times[direction > 0 ? here : here - 1];
    this.seek(time ?? (direction > 0 ? this.last : this.first), 0.0015);
    const now = this.run.captions.values.filter((step) => Math.abs(step.at - this.time) < 1e-6);
    const words = now.map((step) => step.words).join("; ") || this.find(".words").textContent;
    this.find(".words").textContent = words;
    this.find(".live").textContent = `${this.time.toFixed(2)} s: ${words}`;
  }

  /** Tell screen readers, at most once in a while: what came in between is only counted. */
  say(steps) {
    this.toSay.push(...steps.filter((step) => step.big).map((step) => step.words));
    if (!this.toSay.length || this.speaks) return;
    this.speaks = setTimeout(() => {
      const words = this.toSay.splice(0);
      const more = words.length > 3 ? [`and ${words.length - 3} more before`] : [];
      this.find(".live").textContent = [...words.slice(-3), ...more].join("; ");
      this.speaks = null;
    }, SPOKEN_MS);
  }

  showSpeed(speed = this.speed) {
    this.speed = speed;
    this.find("select").value = speed;
  }

  showToggle() {
    const button = this.find(".toggle");
    button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    button.querySelector("path").setAttribute("d", this.playing ? ICONS.pause : ICONS.play);
  }
}

if (!customElements.get("lab-replay")) customElements.define("lab-replay", Replay);
for (const replay of document.querySelectorAll("lab-replay")) replay.begin();
