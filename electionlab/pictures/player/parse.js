// A saved history, read in the browser, and what holds after each of its events: by the tables of
// replay_rules.py, which a page brings along as JSON. Who leads is not decided here: the file says
// it (LeadershipGained, LeadershipLost).

const LEFT = "GroupLeft";
const GIVEN = "PartitionsAssigned";
const KILLED = "WorkerKilled";

class Unreadable extends Error {}

/** The events of a history's text, each checked as far as a replay needs it, and the time from which
    it counts its seconds. */
function parseHistory(text, rules) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const head = parseLine(lines[0] ?? "");
  if (head?.format !== rules.format || !Number.isInteger(head.version))
    throw new Unreadable(
      "This is no history: its first line should be a JSON object with " +
        `"format": "${rules.format}" and a "version".`,
    );
  if (head.version > rules.version)
    throw new Unreadable(
      `It has version ${head.version} of the history format; this page reads up to ` +
        `${rules.version}.`,
    );
  const kinds = new Set(rules.kinds);
  const events = lines.slice(1).map((line, place) => {
    const event = parseLine(line);
    if (
      !kinds.has(event?.event) ||
      !Number.isFinite(event.time) ||
      typeof event.worker !== "string"
    )
      throw new Unreadable(
        `Line ${place + 2} is not an event: “${line.slice(0, 60)}”. ` +
          "The file may have been cut off while it was written.",
      );
    return event;
  });
  if (events.length < head.events)
    throw new Unreadable(
      `It has ${events.length} of ${head.events} events: it was cut off while it was ` +
        "written or copied.",
    );
  return { events, zero: Number.isFinite(head.zero) ? head.zero : events[0]?.time };
}

function parseLine(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const effect = (event) => event.effective ?? event.time;
const countsFrom = (event) => (event.event === KILLED ? effect(event) : event.time);
const brokerOf = (event) => (event.event.startsWith("Broker") ? `broker ${event.broker}` : null);
const whose = (event) => brokerOf(event) ?? event.worker;
const setIn = (map, key, value) => (map.has(key) || map.set(key, value), map.get(key));

/** What holds for each worker after each event: `GroupState` of history/group_state.py. */
class States {
  constructor(rules) {
    this.rules = rules;
    this.ends = new Set(Object.values(rules.ended_by).flat());
    this.of = new Map();
    this.awaited = new Map(); // how many processes of a name have not been seen to end
    this.stored = null;
  }

  apply(event) {
    const { rules } = this,
      kind = event.event;
    if (!(kind in rules.ended_by || this.ends.has(kind) || kind === "LoopBlocked")) return;
    if (kind === "GroupStored") {
      if (!this.stored || event.offset >= this.stored.offset) this.stored = event;
      return;
    }
    if (kind === "BrokerStarted" && event.fresh) this.stored = null;
    const own = setIn(this.of, whose(event), { held: new Map(), blocks: [] });
    if (rules.of_processes.includes(kind)) {
      const awaited = this.awaited.get(event.worker) ?? 0;
      this.awaited.set(
        event.worker,
        kind === "WorkerStarted" ? awaited + 1 : Math.max(awaited - 1, 0),
      );
      if (kind === "WorkerStarted" || awaited <= 1)
        Object.assign(own, { held: new Map([[kind, event]]), blocks: [] });
      return;
    }
    const { held } = own,
      start = held.get("WorkerStarted");
    const isOfFormer = held.has(KILLED) || (start && event.time < start.time);
    if (rules.logged.includes(kind) && isOfFormer) return;
    for (const [begun, ends] of Object.entries(rules.ended_by))
      if (ends.includes(kind)) held.delete(begun);
    const isStopping = held.has("WorkerInterrupted") || held.has("WorkerStopping");
    if (kind === LEFT && isStopping) held.delete(GIVEN);
    held.delete(kind);
    if (kind in rules.ended_by) held.set(kind, event);
    if (kind === "LoopBlocked") own.blocks.push(event);
  }
}
