/* The panel in the browser: draws what the kernel sends, and sends what is pressed. */
const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

/* Only what differs is touched: a selection, the focus and a screen reader stay where they are. */
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function markOf({ colour, shape }) {
  const svg = document.createElementNS(SVG, "svg"),
    path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "-7 -7 14 14");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shape);
  path.setAttribute("fill", colour);
  svg.append(path);
  return svg;
}

class Card {
  constructor(card, press) {
    this.press = press;
    this.name = card.name;
    this.root = make("section", { class: "worker", "aria-label": `Worker ${card.name}`, tabindex: "-1" });
    this.root.style.setProperty("--own", card.colour);
    this.root.append(make("div", { class: "head" }, markOf(card), make("b", {}, card.name)));
    this.parts = {};
    for (const name of ["state", "generation", "holds", "greetings", "buttons"]) {
      this.parts[name] = make("div", { class: name });
      this.root.append(this.parts[name]);
    }
  }

  draw(card) {
    const { state, generation, holds, greetings } = this.parts;
    this.root.className = ["worker", card.leads && "leader", card.gone && "gone", ...card.faults.map((f) => f.replaceAll(" ", "-"))]
      .filter(Boolean)
      .join(" ");
    const isUsual = card.leads && card.state === "runs"; // then that it leads says it all
    const words = [card.leads && "★ leads", ...(card.faults.length ? card.faults : [isUsual ? "" : card.state])];
    setText(state, words.filter(Boolean).join(", "));
    setText(generation, card.generation === null ? "no generation" : `generation ${card.generation}`);
    setText(holds, card.holds.length ? `partitions ${card.holds.join(", ")}` : "no partitions");
    setText(greetings, card.greetings.join("\n"));
    this.drawButtons(card.buttons);
  }

  drawButtons(buttons) {
    const key = JSON.stringify(buttons),
      place = this.parts.buttons;
    if (key === this.key) return;
    this.key = key;
    const places = [...place.children],
      had = places.indexOf(document.activeElement);
    buttons.forEach(([act, label], number) => {
      const button = places[number] ?? place.appendChild(make("button", { type: "button" }));
      button.onclick = () => this.press(act, this.name);
      button.dataset.act = act;
      button.replaceChildren(label, make("span", { class: "unseen" }, ` worker ${this.name}`));
    });
    places.slice(buttons.length).forEach((button) => button.remove());
    if (had >= buttons.length) (place.firstChild ?? this.root).focus();
  }
}

class View {
  constructor(model, el) {
    this.model = model;
    this.cards = new Map();
    this.rows = new Map();
    this.hidden = new Set(["other"]);
    this.worker = "";
    const press = (act, worker) => this.send({ do: "press", act, worker });
    this.press = press;
    // JupyterLab takes no key for itself in here.
    this.root = make("div", { class: "lab-panel", role: "region", "aria-label": model.get("title"), "data-lm-suppress-shortcuts": "true" });
    this.two = make("p", { class: "two-leaders", role: "alert", hidden: "" });
    this.said = make("p", { class: "said", role: "status", "aria-live": "polite" });
    this.workers = make("div", { class: "workers" });
    this.add = make("button", { type: "button", "data-act": "add" }, "Start one more");
    this.add.onclick = () => press("add", "");
    this.end = make("button", { type: "button", "data-act": "close" }, "Close the panel");
    this.end.onclick = () => this.send({ do: "close" });
    this.picture = make("div", { class: "picture" });
    this.since = make("p", { class: "since" });
    this.log = make("ol", { class: "log", tabindex: "0", "aria-label": "Log" });
    this.isAtEnd = true;
    this.log.onscroll = () => {
      this.isAtEnd = this.log.scrollTop + this.log.clientHeight >= this.log.scrollHeight - 8;
    };
    const timeline = make("div", {}, this.picture, this.since);
    this.root.append(this.two, this.workers, make("div", { class: "bar" }, this.add, this.end, this.said));
    this.root.append(make("div", { class: "beside" }, timeline, make("div", {}, this.filters(), this.log)));
    el.replaceChildren(this.root);
    this.draw();
  }

  filters() {
    const place = make("div", { class: "filters", role: "group", "aria-label": "Which lines of the log" });
    this.select = make("select", { "aria-label": "Worker" }, make("option", { value: "" }, "all workers"));
    this.select.onchange = () => {
      this.worker = this.select.value;
      this.filter();
    };
    place.append(this.select);
    for (const [kind, label] of this.model.get("kinds")) {
      const box = make("input", { type: "checkbox", value: kind });
      box.checked = !this.hidden.has(kind);
      box.onchange = () => {
        box.checked ? this.hidden.delete(kind) : this.hidden.add(kind);
        this.filter();
      };
      place.append(make("label", {}, box, ` ${label}`));
    }
    return place;
  }

  send(message) {
    try {
      this.model.send(message);
    } catch {
      // The kernel is gone, and with it all there was to do.
    }
  }

  draw() {
    this.drawCards();
    this.drawLeaders();
    this.drawSaid();
    this.drawPicture();
    this.drawRows();
    this.drawOver();
  }

  drawCards() {
    const cards = this.model.get("cards");
    for (const [number, card] of cards.entries()) {
      if (!this.cards.has(card.name)) {
        const own = new Card(card, this.press);
        this.cards.set(card.name, own);
        this.workers.insertBefore(own.root, this.workers.children[number] ?? null);
        this.select.append(make("option", { value: card.name }, card.name));
      }
      this.cards.get(card.name).draw(card);
    }
  }

  drawLeaders() {
    const leaders = this.model.get("leaders");
    this.two.hidden = leaders.length < 2;
    setText(this.two, leaders.length < 2 ? "" : `${leaders.length === 2 ? "Two" : leaders.length} leaders: ${leaders.join(" and ")}`);
  }

  drawSaid() {
    const { words = "", is_error: isError = false } = this.model.get("said");
    this.said.classList.toggle("error", isError);
    setText(this.said, isError ? `⚠ ${words}` : words);
  }

  drawPicture() {
    const { svg = "", words = "" } = this.model.get("picture");
    this.picture.innerHTML = svg;
    setText(this.since, words);
  }

  drawRows() {
    const rows = this.model.get("rows"),
      numbers = new Set(rows.map((row) => row.number));
    for (const [number, item] of this.rows) {
      if (numbers.has(number)) continue;
      item.remove();
      this.rows.delete(number);
    }
    let next = null;
    for (const row of rows.toReversed()) {
      if (!this.rows.has(row.number)) {
        const item = make("li", { "data-kind": row.kind, "data-worker": row.worker });
        const look = this.model.get("cards").find((card) => card.name === row.worker);
        item.append(look ? markOf(look) : "", make("b", {}, row.worker), " ", make("span"), ` ${row.words}`);
        item.hidden = this.hides(item);
        this.log.insertBefore(item, next);
        this.rows.set(row.number, item);
      }
      next = this.rows.get(row.number);
      setText(next.querySelector("span"), row.seconds);
    }
    this.scroll();
  }

  hides(item) {
    const { kind, worker } = item.dataset;
    return this.hidden.has(kind) || (this.worker !== "" && worker !== this.worker);
  }

  filter() {
    for (const item of this.rows.values()) item.hidden = this.hides(item);
    this.isAtEnd = true;
    this.scroll();
  }

  /* To the newest line, unless somebody reads further up. */
  scroll() {
    if (this.isAtEnd) requestAnimationFrame(() => (this.log.scrollTop = this.log.scrollHeight));
  }

  drawOver() {
    this.add.hidden = this.model.get("over");
    if (this.model.get("over")) setText(this.said, "This run has ended.");
  }
}

function render({ model, el }) {
  const view = new View(model, el);
  const draws = { cards: "drawCards", leaders: "drawLeaders", said: "drawSaid", picture: "drawPicture", rows: "drawRows", over: "drawOver" };
  for (const [name, draw] of Object.entries(draws)) model.on(`change:${name}`, () => view[draw]());
  view.send({ do: "shown" });
  return () => view.send({ do: "gone" });
}

export default { render };
