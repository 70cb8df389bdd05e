// What is seen of a run at a time: a card for each worker, Kafka, and greetings on their way.

const MOST_DOTS = 120;
const DOT = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"; // a greeting of a publisher who is not known

const STAGE = `
<ul class="workers"></ul>
<p class="between"><span class="two" hidden></span></p>
<div class="kafka"><b>Kafka</b> · <span class="group"></span><span class="brokers"></span>
  <ol class="topic" aria-hidden="true"></ol></div>
<svg class="air" aria-hidden="true"></svg>`;

function make(name, attributes = {}, ...inside) {
  const drawn = /^(svg|path|g|line|rect|text)$/.test(name);
  const element = drawn
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

const icon = (path, box = "0 0 16 16") =>
  make("svg", { viewBox: box, "aria-hidden": true }, make("path", { d: path }));
const markOf = (worker) => {
  const mark = icon(worker.shape, "-7 -7 14 14");
  mark.setAttribute("class", "mark");
  mark.style.setProperty("--own", worker.colour);
  return mark;
};
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

class Stage {
  constructor(run, root) {
    this.run = run;
    this.root = root;
    root.innerHTML = STAGE;
    this.find = (selector) => root.querySelector(selector);
    this.cards = new Map(run.data.workers.map((worker) => [worker.name, this.addCard(worker)]));
    this.cells = [];
    for (let number = 0; number < run.data.partitions; number += 1)
      this.cells.push(this.find(".topic").appendChild(make("li", {}, String(number), make("i"))));
    this.dots = [];
    this.moved = true; // where things stand on the screen has to be measured
  }

  addCard(worker) {
    const card = make("li", { class: "worker" });
    card.style.setProperty("--own", worker.colour);
    const parts = {};
    for (const name of ["head", "state", "generation", "held", "printed", "unsent"])
      parts[name] = make("span", { class: name });
    parts.head.append(markOf(worker), make("b", {}, worker.name));
    card.append(...Object.values(parts));
    this.find(".workers").append(card);
    return { card, parts, worker };
  }

  /** Draw a time. `flight` is how many seconds of the run each half of a greeting's way takes; 0
      draws its whole way as an arrow, if it is under way and not older than `recent` seconds. */
  draw(time, flight, recent) {
    this.time = time;
    let changed = false;
    for (const shown of this.cards.values()) changed = this.drawCard(shown, flight) || changed;
    if (changed) this.drawLeaders();
    this.drawKafka();
    if (this.moved) this.measure();
    this.drawGreetings(flight, flight ? 2 * flight : recent);
  }

  drawCard(shown, flight) {
    const { parts, worker } = shown;
    const lane = this.run.lanes.get(worker.name),
      place = lane.place(this.time);
    const changed = place !== shown.place;
    if (changed) this.drawState(shown, lane.values[place] ?? {});
    shown.place = place;
    const prints = this.run.lastPrints.get(worker.name);
    const print = prints.values[prints.place(this.time - 2 * flight)];
    setText(parts.printed, print === undefined ? "" : `printed ${print}`);
    const unsent = this.run.waiting(worker.name, this.time);
    setText(parts.unsent, unsent ? `${unsent} not sent yet` : "");
    return changed;
  }

  drawState({ card, parts }, state) {
    const isGone = !state.state || state.gone;
    const faults = isGone ? [] : (state.faults ?? []);
    const pattern = (faults.at(-1) ?? state.state ?? "").replaceAll(" ", "-");
    const isUsual = state.leads && state.state === "runs";
    const words = faults.join(", ") || (isUsual ? "" : (state.state ?? "not started"));
    const classes = ["worker", state.leads && "leader", isGone && "gone", pattern];
    card.className = classes.filter(Boolean).join(" ");
    const leads = state.leads ? make("b", {}, "★ leads ") : "";
    parts.state.replaceChildren(leads, make("i", { class: `swatch ${pattern}` }), words);
    const isMember = state.generation !== undefined && !isGone;
    parts.generation.textContent = isMember ? `generation ${state.generation}` : "";
    const chips = (state.holds ?? []).map((number) => make("span", { class: "chip" }, `${number}`));
    const holds = chips.length ? "holds partitions " : "holds nothing";
    parts.held.replaceChildren(make("span", { class: "unseen" }, holds), ...chips);
  }

  drawLeaders() {
    const leaders = this.run.leaders(this.time),
      two = this.find(".two");
    two.hidden = leaders.length < 2;
    const number = leaders.length === 2 ? "Two" : leaders.length;
    two.textContent = `${number} leaders: ${leaders.join(" and ")}`;
    this.root.classList.toggle("has-two", leaders.length > 1);
  }

  drawKafka() {
    const state = this.run.state("kafka", this.time),
      down = this.run.brokersDown(this.time);
    if (state !== this.kafkaState) {
      this.kafkaState = state;
      const isThere = state.generation !== undefined;
      const group = this.find(".group"),
        leader = this.cards.get(state.leader)?.worker;
      group.replaceChildren(isThere ? `generation ${state.generation}` : "no group yet");
      if (leader) group.append(" · leader partition: ", markOf(leader), leader.name);
    }
    this.find(".kafka").classList.toggle("hurt", down.length > 0);
    setText(this.find(".brokers"), down.length ? ` · ${down.join(", ")} down` : "");
    this.cells.forEach((cell, number) => {
      const count = this.run.waiting(number, this.time);
      setText(cell.lastChild, count > 3 ? `● ${count}` : "●".repeat(count));
    });
  }

  // Greetings on their way

  measure() {
    this.moved = false;
    const stage = this.root.getBoundingClientRect();
    const place = (element, height) => {
      const box = element.getBoundingClientRect();
      return [box.left + box.width / 2 - stage.left, height(box) - stage.top];
    };
    this.places = new Map();
    for (const [name, { card }] of this.cards)
      this.places.set(
        name,
        place(card, (box) => box.bottom - 12),
      );
    const middle = (box) => box.top + box.height / 2;
    this.cells.forEach((cell, number) => this.places.set(number, place(cell, middle)));
    this.places.set(
      undefined,
      place(this.find(".kafka"), (box) => box.bottom - 14),
    );
    this.width = stage.width;
    this.find(".air").setAttribute("viewBox", `0 0 ${stage.width} ${stage.height}`);
  }

  drawGreetings(flight, recent) {
    const { run, time } = this,
      ways = [];
    const each = (list, times, add) => {
      const last = until(times, time + 1e-6);
      const first = Math.max(until(times, time - recent), last - MOST_DOTS);
      for (const one of list.slice(first, last)) add(one);
    };
    const share = (start) => (flight ? (time - start) / flight : null);
    each(run.sends, run.sendTimes, ({ time: sent, greeting }) =>
      ways.push([greeting, greeting.from, greeting.partition, share(sent)]),
    );
    each(run.prints, run.printTimes, ({ time: printed, worker, greeting }) => {
      const start = Math.max(printed, (greeting.left ?? -Infinity) + flight);
      ways.push([greeting, greeting.partition, worker, share(start)]);
    });
    let used = 0;
    for (const [greeting, from, to, done] of ways) {
      const begin = this.places.get(from),
        end = this.places.get(to);
      if (!begin || !end || done < 0 || done > 1) continue;
      const dot = (this.dots[used] ??= this.addDot());
      used += 1;
      this.drawDot(dot, greeting, begin, end, done, ways.length < 9);
    }
    for (const dot of this.dots.slice(used)) dot.g.style.display = "none";
  }

  addDot() {
    const box = make("rect", { y: -11, width: 74, height: 22, rx: 11 });
    const dot = {
      g: make("g"),
      line: make("line"),
      mark: make("path"),
      box,
      text: make("text", { y: 5 }),
    };
    dot.point = make("g", {}, dot.mark, dot.box, dot.text);
    dot.g.append(dot.line, dot.point);
    this.find(".air").append(dot.g);
    return dot;
  }

  /** A greeting that has done a share of its way; null draws the whole way, as an arrow. */
  drawDot(dot, greeting, [x1, y1], [x2, y2], done, isNamed) {
    const publisher = this.cards.get(greeting.from)?.worker;
    const share = done ?? 1,
      eased = share * share * (3 - 2 * share);
    const x = x1 + (x2 - x1) * eased,
      y = y1 + (y2 - y1) * eased;
    dot.g.style.display = "";
    dot.g.style.setProperty("--own", publisher?.colour ?? "currentColor");
    dot.mark.setAttribute("d", publisher?.shape ?? DOT);
    dot.point.setAttribute("transform", `translate(${x} ${y})`);
    dot.text.textContent = isNamed && greeting.text ? short(greeting.text) : "";
    dot.box.style.display = dot.text.textContent ? "" : "none";
    const side = x + 90 > this.width ? -94 : 0; // not beyond the stage
    dot.box.setAttribute("x", 10 + side);
    dot.text.setAttribute("x", 17 + side);
    for (const [name, value] of Object.entries({ x1, y1, x2, y2 }))
      dot.line.setAttribute(name, value);
    dot.line.style.display = done === null ? "" : "none";
  }
}
