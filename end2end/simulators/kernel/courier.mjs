// Carries webhooks to whoever registered for them: in time, late, twice, out of order, again after a failure.
// What is in a parcel and how it is signed is the provider's; here is only the road.

/** @typedef {{ url: string, headers: Record<string,string>, body: string|Buffer, method?: string }} Wire */
/** @typedef {{ make: (attempt: number) => Wire|null, ids?: string[], what?: string, after?: (response: {status:number, type:string, text:string}) => void }} Parcel */

/** How long a provider waits and how often it tries again; each provider names its own. */
export const NEVER_AGAIN = { times: 0, firstMs: 0, growth: 1, maxMs: 0 };

export class Courier {
  #held = new Map();
  #timers = new Set();
  #running = new Map();

  constructor(world) {
    this.world = world;
    /** Every attempt made, oldest first. */
    this.attempts = [];
  }

  /** Sends a parcel as the account's knobs say; resolves after its first attempt, or at once if it is held back. */
  send(account, parcel) {
    const { hold } = account.knobs;
    if (hold > 0) {
      const held = this.#held.get(account) ?? [];
      this.#held.set(account, held);
      held.push(parcel);
      return held.length >= hold ? this.release(account).then((all) => all[0]) : Promise.resolve({ held: true, ids: parcel.ids });
    }
    return this.#carry(account, parcel);
  }

  /** Lets go what was held back, last first: that is what "out of order" means here. */
  release(account) {
    const held = this.#held.get(account) ?? [];
    this.#held.delete(account);
    return held.reverse().reduce(async (before, parcel) => [...(await before), await this.#carry(account, parcel)], Promise.resolve([]));
  }

  /** Runs `act` later, unless everything is reset before. */
  later(ms, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      Promise.resolve(act()).catch((error) => this.world.trouble(error));
    }, ms);
    this.#timers.add(timer);
  }

  reset() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#held.clear();
    this.attempts.length = 0;
  }

  #carry(account, parcel) {
    // How often it goes is settled now: the knob may be turned before the first answer is in.
    const copies = account.knobs.redeliver;
    return new Promise((first) => {
      const go = () => this.#attempt(account, parcel, 0, copies).then(first);
      if (account.knobs.delayMs > 0) this.later(account.knobs.delayMs, go);
      else go();
    });
  }

  async #attempt(account, parcel, attempt, copies = 0) {
    const result = await this.#turn(account, () => this.#post(account, parcel, attempt));
    const retry = account.retry;
    if (!result.ok && !result.nowhere && attempt < retry.times) {
      const wait = Math.min(retry.maxMs, retry.firstMs * retry.growth ** attempt);
      this.later(wait * account.knobs.retryPace, () => this.#attempt(account, parcel, attempt + 1));
    }
    for (let copy = 1; copy <= copies && !result.nowhere; copy += 1) {
      this.later(copy * 15, () => this.#turn(account, () => this.#post(account, parcel, copy)));
    }
    return result;
  }

  /** At most `connections` calls of one account are open at a time, as providers promise. */
  async #turn(account, act) {
    const lane = this.#running.get(account) ?? { open: 0, waiting: [] };
    this.#running.set(account, lane);
    if (lane.open >= account.connections) await new Promise((go) => lane.waiting.push(go));
    lane.open += 1;
    try {
      return await act();
    } finally {
      lane.open -= 1;
      lane.waiting.shift()?.();
    }
  }

  async #post(account, parcel, attempt) {
    const wire = parcel.make(attempt);
    const note = { at: new Date().toISOString(), channel: account.channel, account: account.key, what: parcel.what, ids: parcel.ids, attempt };
    if (!wire?.url) return this.#note({ ...note, ok: false, nowhere: true, error: "no webhook is registered" });
    const begun = performance.now();
    try {
      const response = await fetch(wire.url.split("#")[0], {
        method: wire.method ?? "POST",
        headers: wire.headers,
        body: wire.method === "GET" ? undefined : wire.body,
        redirect: "manual",
        signal: AbortSignal.timeout(account.patienceMs),
      });
      const text = await response.text();
      const ok = response.status >= 200 && response.status < 300;
      const answer = { status: response.status, type: response.headers.get("content-type") ?? "", text };
      if (ok) parcel.after?.(answer);
      return this.#note({ ...note, url: wire.url, ok, status: response.status, answer: text.slice(0, 300), ms: Math.round(performance.now() - begun) });
    } catch (error) {
      const reason = error.name === "TimeoutError" ? "time-out" : (error.cause?.code ?? error.message);
      return this.#note({ ...note, url: wire.url, ok: false, error: reason, ms: Math.round(performance.now() - begun) });
    }
  }

  #note(attempt) {
    this.attempts.push(attempt);
    if (this.attempts.length > 50_000) this.attempts.splice(0, 10_000);
    this.world.tell("hook", attempt);
    return attempt;
  }
}
