// Everything that exists while the simulators run: accounts, people, files, the log of what was accepted.
// It is forgotten when the process ends, and it knows no provider's rules.
import { createHash, randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { Courier } from "./courier.mjs";

/** What can be turned on an account; the README says what each does. */
export const KNOBS = {
  status: "auto", // or "manual"
  statusMs: 120,
  statusSteps: ["sent", "delivered", "read"],
  statusFirst: false,
  redeliver: 0,
  hold: 0,
  delayMs: 0,
  retryPace: 1,
  hang: 0,
  lose: 0,
  garble: 0,
  slowMs: 0,
  revoked: false,
  rates: true,
  windowSync: false,
};

/** One business account at one provider: a bot, a number, a page. */
export class Account {
  /** What a provider does after a failed delivery, in real proportions at a hurried pace; providers override. */
  retry = { times: 8, firstMs: 1000, growth: 2, maxMs: 60_000 };
  /** How long a provider waits for its webhook's answer. */
  patienceMs = 10_000;
  connections = 40;

  constructor(world, channel, key, about) {
    Object.assign(this, { world, channel, key: String(key), ...about });
    this.knobs = { ...KNOBS };
    this.people = new Map();
    this.failures = [];
    this.buckets = new Map();
    this.messages = new Map();
  }

  /** The next failure asked for by hand that concerns this operation, used up by asking; without `of` only sends fail. */
  failure(operation, send = ["messages", "push", "reply"].includes(operation)) {
    const found = this.failures.findIndex((one) => (one.of ? one.of === operation : send));
    if (found < 0) return undefined;
    const one = this.failures[found];
    one.times -= 1;
    if (one.times <= 0) this.failures.splice(found, 1);
    return one;
  }

  /** A token bucket; true while there is room. `capacity` is the burst, `perSecond` what comes back. */
  room(name, capacity, perSecond) {
    if (!this.knobs.rates) return true;
    const now = Date.now();
    const bucket = this.buckets.get(name) ?? { left: capacity, at: now };
    bucket.left = Math.min(capacity, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.buckets.set(name, bucket);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  /** Hours since this person last wrote; infinite if never. */
  hoursSince(person) {
    return person?.lastIn === undefined ? Infinity : (Date.now() - person.lastIn) / 3_600_000;
  }
}

export class World extends EventEmitter {
  constructor() {
    super();
    this.setMaxListeners(0);
    this.providers = new Map();
    this.accounts = new Map();
    this.courier = new Courier(this);
    this.log = [];
    this.refused = [];
    this.files = new Map();
    this.count = 0;
    this.base = "";
  }

  /** A number never given before in this run. */
  next() {
    this.count += 1;
    return this.count;
  }

  hex(bytes) {
    return randomBytes(bytes).toString("hex");
  }

  /** The address under which a provider's host is played, e.g. `at("graph", "/v26.0/me")`. */
  at(host, path = "") {
    return `${this.base}/${host}${path}`;
  }

  add(account) {
    this.accounts.set(`${account.channel}/${account.key}`, account);
    this.tell("accounts", {});
    return account;
  }

  /** The account by its key, or the channel's first for `default`. */
  account(channel, key) {
    if (key === "default") return this.of(channel)[0];
    return this.accounts.get(`${channel}/${key}`);
  }

  of(channel) {
    return [...this.accounts.values()].filter((account) => account.channel === channel);
  }

  /** Writes down what was accepted from the business or said by a customer, in order. */
  accept(account, entry, call) {
    const line = { seq: this.log.length + 1, at: new Date().toISOString(), channel: account.channel, account: account.key, direction: "out", ...entry };
    this.log.push(line);
    if (call && line.what === "message") call.accepted = { line, account };
    this.tell("entry", line);
    return line;
  }

  /** Changes a line already written (a status that rose, an edit) and tells the phones. */
  amend(line, change) {
    Object.assign(line, change);
    this.tell("entry", line);
  }

  refuse(entry) {
    this.refused.push({ at: new Date().toISOString(), ...entry });
    this.tell("refused", this.refused.at(-1));
  }

  tell(event, data) {
    this.emit("news", event, data);
  }

  trouble(error) {
    this.tell("trouble", { message: error.message });
    process.stderr.write(`${error.stack}\n`);
  }

  /** Keeps a file and gives it an id; `about` holds kind, mime and name. */
  keep(bytes, about) {
    const id = about.id ?? String(this.next());
    const file = { ...about, id, bytes, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex"), at: Date.now() };
    this.files.set(id, file);
    return file;
  }

  /** Forgets everything; the providers then open their sandbox accounts anew. */
  reset() {
    this.courier.reset();
    this.accounts.clear();
    this.files.clear();
    this.log.length = 0;
    this.refused.length = 0;
    for (const provider of this.providers.values()) provider.sandbox?.();
    this.tell("reset", {});
  }
}

/** What the log keeps of a file. */
export const glance = (file) => file && { kind: file.kind, name: file.name, mime: file.mime, size: file.size, sha256: file.sha256, id: file.id };
