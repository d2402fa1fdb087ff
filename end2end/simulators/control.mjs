// What no provider has: speaking for customers, turning knobs, reading the log, and the page with the phones.
// Everything under /_sim and the page is for tests and people; the product never calls it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readAll, Refusal } from "./kernel/http.mjs";
import { KNOBS } from "./kernel/world.mjs";

const TYPES = { html: "text/html", css: "text/css", js: "text/javascript", mjs: "text/javascript" };
const SECRET_KEYS = new Set(["world", "people", "failures", "buckets", "messages", "updates", "chats", "replies", "retries", "reads", "quotes", "uploads", "callbacks", "nonces", "sent", "stopped", "contents", "retry", "lastError"]);

/** What can be said on every channel; each provider adds its own in `can`. */
const EVERYWHERE = ["from", "name", "username", "account", "wait", "text", "media", "medias"];

export function control(world) {
  async function answer(request, response, url) {
    const parts = url.pathname.split("/").filter(Boolean);
    try {
      if (parts[0] !== "_sim") return await page(response, url.pathname);
      if (parts[1] === "events") return events(request, response);
      const raw = await readAll(request);
      const body = raw?.length ? JSON.parse(raw.toString("utf8")) : {};
      const found = await route(request.method, parts.slice(1), body, url.searchParams);
      if (found === undefined) throw new Refusal(404, { error: `there is no ${request.method} ${url.pathname}` });
      return write(response, 200, JSON.stringify(found), "application/json");
    } catch (error) {
      if (error instanceof SyntaxError) return write(response, 400, JSON.stringify({ error: "the body is not JSON" }), "application/json");
      if (!(error instanceof Refusal)) throw error;
      return write(response, error.reply.status, error.reply.body, error.reply.headers["content-type"]);
    }
  }

  async function route(method, [first, second, third], body, query) {
    const get = method === "GET";
    if (first === undefined && get) return { bases: world.bases, origins: world.origins, meta: open(world.meta), x: open(world.x), accounts: accounts(), knobs: KNOBS, failures: Object.fromEntries([...world.providers].map(([name, one]) => [name, one.failures])), can: Object.fromEntries([...world.providers].map(([name, one]) => [name, one.can])) };
    if (first === "accounts" && get) return accounts();
    if (first === "log" && get) return chosen(world.log, query);
    if (first === "refused" && get) return world.refused;
    if (first === "hooks" && get) return chosen(world.courier.attempts, query);
    if (first === "reset" && !get) return world.reset(), { ok: true };
    if (first === "meta" && second === "app" && !get) return dashboard(body);
    if (first === "x" && second === "app" && !get) return open(Object.assign(world.x, body));
    const provider = world.providers.get(first);
    if (!provider?.say) return undefined;
    if (second === "accounts" && !get) return about(provider.open(body));
    if (second === "batch" && !get) return speak(provider, find(first, body[0]?.account ?? "default"), body);
    const account = find(first, second);
    if (third === undefined && get) return about(account);
    if (third === "messages" && get) return world.log.filter((line) => line.channel === first && line.account === account.key);
    if (get) return undefined;
    return ACTS[third]?.(provider, account, body);
  }

  const ACTS = {
    say: (provider, account, body) => speak(provider, account, body.batch ?? [body], body.wait),
    knobs(_, account, body) {
      for (const name of Object.keys(body)) if (!(name in KNOBS)) throw new Refusal(400, { error: `there is no knob ${name}; there are ${Object.keys(KNOBS).join(", ")}` });
      return Object.assign(account.knobs, body);
    },
    /** `{ times, error, of?, as?: "status", …}`: the next sends fail as the provider documents it. */
    fail(_, account, body) {
      account.failures.push({ times: 1, ...body, of: body.of ?? undefined });
      return account.failures;
    },
    async status(provider, account, body) {
      if (!provider.status) throw new Refusal(400, { error: "this provider tells no status" });
      return (await provider.status(account, body.id, body.status, body.error)) ?? { ok: true };
    },
    release: (_, account) => world.courier.release(account),
    /** `{ from, hoursAgo }` moves a customer's last message back; a change of person's state otherwise. */
    person(provider, account, body) {
      const person = [...account.people.values()].find((one) => [one.id, one.key].map(String).includes(String(body.from)));
      if (!person) throw new Refusal(404, { error: "nobody of that id has written yet" });
      const { from, hoursAgo, ...rest } = body;
      if (hoursAgo !== undefined) person.lastIn = Date.now() - hoursAgo * 3_600_000;
      const { messages, reactions, picture, photo, ...shown } = Object.assign(person, rest);
      return shown;
    },
    /** Many people writing at once: `{ people, messages, perSecond, redelivered }`. */
    burst: (provider, account, body) => burst(provider, account, body),
  };

  function find(channel, key) {
    const account = world.account(channel, key);
    if (!account) throw new Refusal(404, { error: `no ${channel} account ${key}; open one at /_sim/${channel}/accounts` });
    return account;
  }

  /** Says it and waits for the first attempt of each delivery, so that a test knows what was answered. */
  async function speak(provider, account, speeches, wait = true) {
    for (const name of speeches.flatMap(Object.keys)) {
      if (!EVERYWHERE.includes(name) && !provider.can.includes(name)) throw new Refusal(400, { error: `on ${provider.channel} nobody can say "${name}"; there are ${[...EVERYWHERE, ...provider.can].join(", ")}` });
    }
    const { ids, deliveries } = provider.say(account, speeches);
    return { ids, id: ids[0], deliveries: wait === false ? [] : await Promise.all(deliveries) };
  }

  async function burst(provider, account, { people = 10, messages = 100, perSecond = 500, redelivered = 0, text = "Mensagem", prefix = "1202556" }) {
    const begun = performance.now();
    const sent = [];
    const again = account.knobs.redeliver;
    for (let at = 0; at < messages; at += 1) {
      const due = begun + (at * 1000) / perSecond;
      const early = due - performance.now();
      if (early > 1) await new Promise((go) => setTimeout(go, early));
      account.knobs.redeliver = redelivered > 0 && at % 10 < redelivered * 10 ? 1 : 0;
      const from = `${prefix}${String(at % people).padStart(4, "0")}`;
      sent.push(provider.say(account, [{ from, name: `Pessoa ${at % people}`, text: `${text} ${at}` }]));
    }
    account.knobs.redeliver = again;
    const results = (await Promise.all(sent.flatMap((one) => one.deliveries))).map((one) => one.ms ?? 0).sort((a, b) => a - b);
    const part = (share) => results[Math.min(results.length - 1, Math.floor(results.length * share))];
    return { messages, seconds: (performance.now() - begun) / 1000, ids: sent.flatMap((one) => one.ids), answered: { p50: part(0.5), p99: part(0.99), most: results.at(-1) } };
  }

  /** The Meta app's dashboard: keys, and the addresses of its webhooks, proved by a handshake unless told not to. */
  async function dashboard({ callbacks, ...keys }) {
    Object.assign(world.meta, keys);
    const shakes = {};
    for (const [object, url] of Object.entries(callbacks ?? {})) {
      shakes[object] = await world.providers.get("meta").handshake(url, world.meta.verify_token);
      if (shakes[object].ok) world.meta.callbacks[object] = { url, fields: ["messages"] };
    }
    return { ...open(world.meta), handshakes: shakes };
  }

  /** Maps and sets are inner workings; keys and secrets are invented and shown. */
  const open = (value) => Object.fromEntries(Object.entries(value ?? {}).filter(([, one]) => !(one instanceof Map) && !(one instanceof Set)));

  function about(account) {
    const shown = Object.fromEntries(
      Object.entries(account)
        .filter(([name]) => !SECRET_KEYS.has(name))
        .map(([name, value]) => [name, value instanceof Map ? [...value.values()] : value instanceof Set ? [...value] : value]),
    );
    const people = [...account.people.values()].map((one) => ({ id: String(one.key ?? one.id), name: one.name ?? [one.first_name, one.last_name].filter(Boolean).join(" "), username: one.username, blocked: one.blocked, hours: Number.isFinite(account.hoursSince(one)) ? account.hoursSince(one) : null }));
    const meta = ["whatsapp", "messenger", "instagram"].includes(account.channel);
    const hook = account.webhook?.url ?? account.webhook ?? account.override ?? (meta ? world.meta.callbacks[{ whatsapp: "whatsapp_business_account", messenger: "page", instagram: "instagram" }[account.channel]]?.url : undefined) ?? senders(account);
    return { ...shown, hook: hook ?? null, people };
  }

  const senders = (account) => (account.senders && ([...account.senders.values()].map((one) => one.SmsUrl).find(Boolean) ?? [...account.services.values()].map((one) => one.InboundRequestUrl).find(Boolean))) || (account.subscriptions?.size ? [...world.x.webhooks.values()][0]?.url : undefined);

  const accounts = () => [...world.accounts.values()].map(about);

  /** `channel`, `account`, `what`, `direction` narrow a list; `since` is the last `seq` already read. */
  function chosen(list, query) {
    const keys = ["channel", "account", "what", "direction", "to", "from", "id"].filter((name) => query.has(name));
    const since = Number(query.get("since") ?? 0);
    return list.filter((line) => keys.every((name) => String(line[name]) === query.get(name)) && (line.seq ?? Infinity) > since);
  }

  /** News for the page, as server-sent events. */
  function events(request, response) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": simulators\n\n");
    const tell = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    world.on("news", tell);
    const beat = setInterval(() => response.write(": still here\n\n"), 20_000);
    request.on("close", () => {
      clearInterval(beat);
      world.off("news", tell);
    });
  }

  async function page(response, path) {
    const file = world.files.get(/^\/page\/file\/([^/]+)$/.exec(path)?.[1]);
    if (file) return write(response, 200, file.bytes, file.mime);
    const name = path === "/" ? "index.html" : /^\/page\/([a-z-]+\.(?:css|js))$/.exec(path)?.[1];
    if (!name) return write(response, 404, "not found", "text/plain");
    const body = await readFile(join(import.meta.dirname, "page", name));
    return write(response, 200, body, `${TYPES[name.split(".").pop()]}; charset=utf-8`);
  }

  return answer;
}

function write(response, status, body, type) {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" });
  response.end(body);
}
