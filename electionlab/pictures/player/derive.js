// The replay data of a saved history: the same as replay_data.py makes of it.

/** The replay data of a history's events, with seconds from `zero` on. */
function replayData({ events, zero }, rules) {
  const start = events[0]?.time ?? 0,
    end = events.at(-1)?.time ?? 0;
  const at = (time) => Number((time - (zero ?? 0)).toFixed(3));
  const of = (kind) => events.filter((event) => event.event === kind);
  const names = [...new Set(events.map((event) => event.worker))]
    .filter((name) => name !== "kafka" && name !== "lab")
    .sort();
  const steps = [...readSteps(events, rules, { start, end, at, of, names })];
  const greetings = readGreetings(rules, at, of, readCuts(events, rules));
  const numbers = steps.flatMap((step) => step.now?.holds ?? []);
  numbers.push(-1, ...of("GreetingStored").map((event) => event.partition));
  return {
    first: at(start),
    seconds: at(end),
    workers: names.map((name, place) => ({
      name,
      colour: rules.colours[place % rules.colours.length],
      shape: rules.shapes[place % rules.shapes.length],
    })),
    partitions: numbers.reduce((one, other) => Math.max(one, other)) + 1,
    steps,
    greetings,
  };
}

function* readSteps(events, rules, { start, end, at, of, names }) {
  const states = new States(rules),
    leading = [],
    down = new Set(),
    shown = new Map();
  const wasRead = events.some((event) => event.event === "GroupStored");
  const isWindow = events.some((event) => event.by === rules.carried);
  const silentUntil = isWindow ? start + rules.carried_s : start - 1;
  const members = new Map(of("MemberJoined").map((event) => [event.member_id, event.worker]));
  for (const event of of("GroupStored"))
    event.members.forEach(
      (member, place) => event.workers?.[place] && members.set(member, event.workers[place]),
    );
  const nameOf = (member) => members.get(member) ?? member;
  const big = new Set(rules.elections_and_faults);
  let generation = null;

  const apply = (event) => {
    const kind = event.event;
    if (kind === "LeadershipGained") leading.push(event.worker);
    else if (kind === "LeadershipLost") leading.splice(leading.indexOf(event.worker), 1);
    else if (kind === "BrokerStopped" || kind === "BrokerKilled") down.add(whose(event));
    else if (kind === "MemberJoined" && !wasRead) generation = event.generation;
    else if (kind === "BrokerStarted" && event.fresh) generation = null;
    states.apply(event);
  };

  const kafka = () => {
    const { stored } = states;
    if (!stored) return generation === null ? {} : { generation };
    const now = { generation: stored.generation, members: stored.members.map(nameOf).sort() };
    return stored.leader ? { ...now, leader: nameOf(stored.leader) } : now;
  };

  const worker = (who, time) => {
    const { held = new Map(), blocks = [] } = states.of.get(who) ?? {};
    const now = {},
      last = [...held.keys()].filter((kind) => kind in rules.states).at(-1);
    const faults = Object.keys(rules.faults)
      .filter((kind) => held.has(kind))
      .map((kind) => rules.faults[kind]);
    if (blocks.some((block) => block.time <= time && time < effect(block) + block.seconds))
      faults.push(rules.blocked);
    if (last) now.state = rules.states[last];
    if (last && !(held.has("WorkerStarted") && !held.has(KILLED))) now.gone = true;
    if (faults.length) now.faults = faults;
    if (leading.includes(who)) now.leads = true;
    if (held.has("MemberJoined")) now.generation = held.get("MemberJoined").generation;
    const holds = held.has("PartitionsRevoked") || held.has(LEFT) ? null : held.get(GIVEN);
    const numbers = holds ? greetingPartitions(holds, rules) : [];
    if (numbers.length) now.holds = numbers;
    return now;
  };

  const stateOf = (who, time) => {
    if (who === "kafka") return kafka();
    if (who.startsWith("broker ")) return down.has(who) ? { down: true } : {};
    return names.includes(who) ? worker(who, time) : {};
  };

  const moments = events.map((event) => [countsFrom(event), event, true]);
  for (const event of of("LoopBlocked"))
    moments.push([effect(event) + event.seconds, event, false]);
  for (const event of of("BrokerStarted")) moments.push([effect(event), event, false]);
  moments.sort((one, other) => one[0] - other[0]);
  for (const [time, event, happens] of moments) {
    if (time > end) continue;
    const kind = event.event,
      before = generation;
    let words = "";
    if (happens) {
      apply(event);
      const others = leading.filter((name) => name !== event.worker).join(" and ");
      if (time > silentUntil) words = captionOf(event, others, rules);
    } else if (kind === "BrokerStarted") down.delete(whose(event));
    const changesKafka =
      kind === "BrokerStarted" ? event.fresh : kind === "MemberJoined" && !wasRead;
    for (const who of changesKafka ? ["kafka", whose(event)] : [whose(event)]) {
      const step = { at: at(time), who },
        now = stateOf(who, time),
        written = JSON.stringify(now);
      if (words && who === whose(event)) {
        step.words = words;
        if (big.has(kind) || generation !== before) step.big = true;
      }
      if (written !== (shown.get(who) ?? "{}")) {
        shown.set(who, written);
        step.now = now;
      }
      if (Object.keys(step).length > 2) yield step;
    }
  }
}

function greetingPartitions(event, rules) {
  const leaderTopic = new RegExp(rules.leader_topic);
  const topics = Object.entries(event.partitions).filter(([topic]) => !leaderTopic.test(topic));
  return topics.flatMap(([, numbers]) => numbers).sort((one, other) => one - other);
}

function captionOf(event, others, rules) {
  let kind = event.event;
  if (kind === "BrokerStarted" && event.fresh) kind += " fresh";
  else if (kind === "LeadershipGained" && others) kind += " too";
  return (rules.captions[kind] ?? "").replace(/\{(\w+)\}/g, (_, name) => {
    if (name === "others") return others;
    if (name === "given") return given(event, rules);
    const value = String(event[name]);
    const isLong = name === "greeting" && [...value].length > rules.short;
    return isLong ? `${[...value].slice(0, rules.short - 1).join("")}…` : value;
  });
}

function given(event, rules) {
  const numbers = greetingPartitions(event, rules);
  const leaderTopic = new RegExp(rules.leader_topic);
  const leads = Object.entries(event.partitions).some(
    ([topic, held]) => leaderTopic.test(topic) && held.includes(0),
  );
  const noun = numbers.length === 1 ? "partition" : "partitions";
  const greetings = numbers.length ? `${noun} ${numbers.join(", ")}` : "no partitions";
  return greetings + (leads ? " and the leader partition" : "");
}

/** From when until when each worker was cut off for certain: `cut_off` of history/run_spans.py. */
function readCuts(events, rules) {
  const states = new States(rules),
    telling = new Set(["WorkerCut", ...rules.ended_by.WorkerCut, ...rules.of_processes]),
    cuts = new Map(),
    open = new Map();
  const close = (worker, end) => {
    setIn(cuts, worker, []).push({ start: open.get(worker), end });
    open.delete(worker);
  };
  for (const event of events.filter((event) => telling.has(event.event))) {
    const { worker } = event;
    states.apply(event);
    const isCut = states.of.get(worker)?.held.has("WorkerCut");
    if (open.has(worker) && !isCut) close(worker, event.time);
    if (isCut && !open.has(worker)) open.set(worker, effect(event));
  }
  for (const worker of [...open.keys()]) close(worker, Infinity);
  return cuts;
}

/** Who published what: as in history/attribution.py, by time. Whoever is cut off reaches Kafka only
 *  once its network is mended, so what is printed before that is not its own. */
function readGreetings(rules, at, of, cuts) {
  const published = of("Published"),
    taken = new Set(),
    prints = new Map(),
    came = new Map(), // when each greeting was first printed
    greetings = [];
  const times = published.map((event) => event.time);
  for (const event of of("GreetingPrinted")) {
    setIn(prints, event.greeting, []).push([at(event.time), event.worker]);
    if (!came.has(event.greeting)) came.set(event.greeting, event.time);
  }
  const fits = (stored, publish) =>
    !(cuts.get(publish.worker) ?? []).some(
      ({ start, end }) => start <= publish.time && came.get(stored.greeting) <= end,
    );
  for (const stored of of("GreetingStored")) {
    const greeting = { text: stored.greeting, partition: stored.partition, sent: at(stored.time) };
    let nearest = null,
      distance = Infinity;
    let place = until(times, stored.time + rules.publish_after_s) - 1;
    for (; place >= 0 && times[place] >= stored.time - rules.publish_before_s; place -= 1) {
      const apart = Math.abs(times[place] - stored.time);
      const isFree = !taken.has(place) && fits(stored, published[place]);
      if (isFree && apart <= distance) [nearest, distance] = [place, apart];
    }
    if (nearest !== null) {
      taken.add(nearest);
      greeting.sent = at(published[nearest].time);
      greeting.from = published[nearest].worker;
    }
    greeting.printed = prints.get(stored.greeting) ?? [];
    prints.delete(stored.greeting);
    greetings.push(greeting);
  }
  published.forEach((event, place) => {
    if (!taken.has(place))
      greetings.push({ from: event.worker, sent: at(event.time), printed: [] });
  });
  for (const [text, printed] of prints) greetings.push({ text, printed });
  const begin = (greeting) => greeting.sent ?? greeting.printed[0][0];
  return greetings.sort((one, other) => begin(one) - begin(other));
}
