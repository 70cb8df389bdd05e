// A run as the player needs it: the replay data (see replay_data.py), arranged by who and when.

const LONG_S = 1; // a greeting that is under way for longer is shown where it waits
const CUT = "network cut";
const SHORT = 6; // the most letters of a greeting that are shown

const short = (text) => (text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text);

/** How many of the sorted times are not after a time. */
function until(times, time) {
  let low = 0,
    high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A value over time: each counts until the next one. */
class Steps {
  constructor() {
    this.times = [];
    this.values = [];
  }
  add(time, value) {
    this.times.push(time);
    this.values.push(value);
  }
  place(time) {
    return until(this.times, time) - 1;
  }
  at(time) {
    return this.values[this.place(time)];
  }
  /** The first time from `time` on at which the value is no longer so. */
  end(time, isSo) {
    let place = Math.max(this.place(time), 0);
    while (place < this.values.length && (this.times[place] <= time || isSo(this.values[place])))
      place += 1;
    return this.times[place] ?? Infinity;
  }
}

class Run {
  constructor(data) {
    this.data = data;
    this.readSteps();
    this.readGreetings();
  }

  readSteps() {
    this.lanes = new Map(this.data.workers.map((worker) => [worker.name, new Steps()]));
    this.lanes.set("kafka", new Steps());
    this.captions = new Steps();
    for (const step of this.data.steps) {
      if (!this.lanes.has(step.who)) this.lanes.set(step.who, new Steps());
      if (step.now) this.lanes.get(step.who).add(step.at, step.now);
      if (step.words) this.captions.add(step.at, step);
    }
    this.moments = [...new Set(this.captions.times)];
    const big = this.captions.values.filter((step) => step.big);
    this.bigMoments = [...new Set(big.map((step) => step.at))]; // elections and faults
    this.brokers = [...this.lanes.keys()].filter((who) => who.startsWith("broker "));
  }

  readGreetings() {
    this.sends = []; // each flies to a partition from `time` on
    this.prints = []; // each flies from a partition to a worker
    this.waits = []; // greetings under way for long: where, from and until when
    this.lastPrints = new Map(this.data.workers.map((worker) => [worker.name, new Steps()]));
    for (const written of this.data.greetings) {
      const greeting = { ...written };
      const first = greeting.printed[0]?.[0] ?? Infinity;
      if (greeting.from) {
        let time = greeting.sent;
        if (first - time > LONG_S) time = this.waitsToBeSent(greeting, first);
        greeting.left = time;
        this.sends.push({ time, greeting });
      }
      if (greeting.partition !== undefined && first - (greeting.left ?? first) > LONG_S)
        this.waits.push({ where: greeting.partition, from: greeting.left, to: first });
      for (const [time, worker] of greeting.printed) this.prints.push({ time, worker, greeting });
    }
    const byTime = (one, other) => one.time - other.time;
    this.sends.sort(byTime);
    this.prints.sort(byTime);
    for (const print of this.prints)
      this.lastPrints.get(print.worker)?.add(print.time, short(print.greeting.text));
    this.sendTimes = this.sends.map((send) => send.time);
    this.printTimes = this.prints.map((print) => print.time);
  }

  /** When a greeting left its publisher, whose network was cut, or whose broker was down. */
  waitsToBeSent(greeting, first) {
    const isCut = (state) => state.faults?.includes(CUT);
    let left = greeting.sent;
    if (isCut(this.state(greeting.from, left)))
      left = this.lanes.get(greeting.from).end(left, isCut);
    for (const broker of this.brokersDown(left))
      left = Math.max(
        left,
        this.lanes.get(broker).end(left, (state) => state.down),
      );
    left = Math.min(left, first);
    if (left > greeting.sent)
      this.waits.push({ where: greeting.from, from: greeting.sent, to: left });
    return left;
  }

  /** How many greetings wait at a worker, or in a partition. */
  waiting(where, time) {
    return this.waits.filter((w) => w.where === where && w.from <= time && time < w.to).length;
  }

  state(who, time) {
    return this.lanes.get(who)?.at(time) ?? {};
  }

  leaders(time) {
    return this.data.workers.map(({ name }) => name).filter((name) => this.state(name, time).leads);
  }

  brokersDown(time) {
    return this.brokers.filter((broker) => this.state(broker, time).down);
  }
}
