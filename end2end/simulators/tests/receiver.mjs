// A webhook's other end for tests: remembers every call and answers as told.
// It proves nothing; signatures are judged where they matter.
import { createServer } from "node:http";
import { once } from "node:events";
import { startSimulators } from "../simulators.mjs";

/** Starts a receiver; `answer(call)` may give `{ status, type, body }`, or hold the call open with a promise. */
export async function receive(answer = () => ({})) {
  const calls = [];
  const waiting = [];
  const self = { calls, answer };
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const call = { method: request.method, url: request.url, headers: request.headers, raw: Buffer.concat(pieces) };
    call.json = () => JSON.parse(call.raw.toString("utf8"));
    call.form = () => new URLSearchParams(call.raw.toString("utf8"));
    calls.push(call);
    for (const one of waiting.splice(0)) one();
    const { status = 200, type = "text/xml", body = "" } = (await self.answer(call)) ?? {};
    response.writeHead(status, { "content-type": type }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  self.url = `http://127.0.0.1:${server.address().port}`;
  /** Resolves once `enough(calls)` holds. */
  self.until = async (enough) => {
    while (!enough(calls)) await new Promise((go) => waiting.push(go));
  };
  self.close = () => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  return self;
}

/** Simulators and a receiver for one test, both closed with it. */
export async function stage(test, answer) {
  const sim = await startSimulators();
  const hook = await receive(answer);
  test.after(async () => {
    await sim.close();
    await hook.close();
  });
  const control = async (path, body) => {
    const response = await fetch(`${sim.origin}/_sim/${path}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
    const found = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(found));
    return found;
  };
  const call = async (method, host, path, { body, form, headers = {} } = {}) => {
    const response = await fetch(`${sim.bases[host]}${path}`, {
      method, redirect: "manual", headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers }, body: body === undefined ? form : JSON.stringify(body),
    });
    const text = await response.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  };
  return { sim, hook, control, call, post: (...all) => call("POST", ...all), get: (...all) => call("GET", ...all) };
}
