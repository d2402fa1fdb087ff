// What all the drivers share: a recorder between client and server, and the list of what passed and what did not, by name.
// It knows no client and no operation.
import { createServer, request } from "node:http";

/** Stands between a client and the server; `last` is the newest exchange. */
export async function recorder(base) {
  const target = new URL(base);
  const state = { last: undefined, origin: "", close: undefined };
  const server = createServer((incoming, outgoing) => {
    const given = [];
    incoming.on("data", (part) => given.push(part));
    incoming.on("end", () => {
      const body = Buffer.concat(given);
      const { host, ...headers } = incoming.headers;
      const options = { host: target.hostname, port: target.port || 80, path: incoming.url, method: incoming.method, headers };
      const call = request(options, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => {
          const text = Buffer.concat(parts).toString("utf8");
          state.last = { method: incoming.method, path: incoming.url, given: body.toString("utf8"), status: answer.statusCode, text };
          outgoing.writeHead(answer.statusCode, answer.headers);
          outgoing.end(Buffer.concat(parts));
        });
      });
      call.on("error", (error) => outgoing.destroy(error));
      call.end(body);
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  state.origin = `http://127.0.0.1:${server.address().port}`;
  state.close = () => server.close();
  return state;
}

/** What was tried: status, and what does not fit. */
export class Report {
  rows = [];
  constructor(client) {
    this.client = client;
  }
  add(name, exchange, wrong = []) {
    this.rows.push({ name, ...exchange, wrong });
  }
  /** Prints the lists; ends the process with 1 when anything refused that is not named in `later`. */
  finish() {
    const named = (row) => row.status === 501;
    const refused = this.rows.filter((row) => !(row.status >= 200 && row.status < 300) && !named(row));
    const later = this.rows.filter(named);
    const misfits = this.rows.filter((row) => row.status >= 200 && row.status < 300 && row.wrong.length);
    const cut = (text) => (text && text.length > 400 ? text.slice(0, 400) + "…" : text);
    console.log(`\n${this.client}: ${this.rows.length} calls, ${this.rows.length - refused.length - later.length} answered, ${misfits.length} of them against the client's own types`);
    if (later.length) console.log(`\nNot there yet (501): ${later.map((row) => row.name).join(", ")}`);
    for (const row of refused) console.log(`\nREFUSED ${row.name}\n  ${row.method} ${row.path}\n  ${cut(row.given)}\n  ${row.status} ${cut(row.text)}`);
    for (const row of misfits) console.log(`\nMISFIT ${row.name} (${row.method} ${row.path.split("?")[0]})\n  ${row.wrong.slice(0, 12).join("\n  ")}`);
    process.exitCode = refused.length ? 1 : 0;
  }
}

export function settings() {
  const need = (name) => process.env[name] ?? console.error(`${name} is not set`) ?? process.exit(2);
  return {
    base: need("RECADO_URL").replace(/\/$/, ""),
    token: need("RECADO_TOKEN"),
    platform: need("RECADO_PLATFORM_TOKEN"),
    account: Number(need("RECADO_ACCOUNT")),
    modules: process.env.CLIENTS ?? process.cwd(),
  };
}
