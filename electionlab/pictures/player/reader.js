// <lab-replay-file>: a place to drop a saved history on, and the player of what was dropped.

const MOST_MB = 20;

const DROP = `<div class="replay drop"><p><label>A saved history (<code>history.jsonl</code>):
  <input type="file" accept=".jsonl,application/jsonl"></label> Or drop it here. It stays on your
  machine.</p>
  <p class="told" role="status"></p></div>`;

class ReplayFile extends HTMLElement {
  connectedCallback() {
    this.begin();
  }

  begin() {
    const written = this.querySelector("script[type='application/json']");
    if (this.shadowRoot || !written) return;
    this.rules = JSON.parse(written.textContent);
    this.attachShadow({ mode: "open" }).innerHTML = `<style>${STYLE}</style>${DROP}`;
    const drop = this.shadowRoot.querySelector(".drop");
    drop
      .querySelector("input")
      .addEventListener("change", (event) => this.read(event.target.files[0]));
    for (const kind of ["dragover", "dragleave", "drop"])
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", kind === "dragover");
        if (kind === "drop") this.read(event.dataTransfer.files[0]);
      });
  }

  async read(file) {
    if (!file) return;
    const told = this.shadowRoot.querySelector(".told");
    this.shadowRoot.querySelector("lab-replay")?.remove();
    told.textContent = `Reading ${file.name} …`;
    try {
      const megabytes = file.size / 1e6;
      if (megabytes > MOST_MB)
        throw new Unreadable(
          `It has ${megabytes.toFixed(0)} MB, and a replay reads up to ${MOST_MB} MB. Cut a ` +
            "window out of it: History.load(…).between(start, end).save(…).",
        );
      const data = replayData(parseHistory(await file.text(), this.rules), this.rules);
      if (!data.workers.length)
        throw new Unreadable("It is a history, but no worker was started in it.");
      const seconds = data.seconds - data.first;
      const replay = document.createElement("lab-replay");
      replay.data = data;
      this.shadowRoot.append(replay);
      const length = `${data.workers.length} workers over ${seconds.toFixed(0)} s`;
      told.textContent = `${file.name}: ${length}.`;
    } catch (error) {
      const why = error instanceof Unreadable ? error.message : `It is damaged: ${error.message}.`;
      told.textContent = `${file.name} cannot be played. ${why}`;
    }
  }
}

if (!customElements.get("lab-replay-file")) customElements.define("lab-replay-file", ReplayFile);
for (const place of document.querySelectorAll("lab-replay-file")) place.begin();
