// Puts the providers together behind one port, or behind a port each; tests start it from here, people from main.mjs.
// It reads a request, finds the provider by the address' first part, and applies what was asked for by hand.
import { createServer } from "node:http";
import { Call, readAll, Refusal, text } from "./kernel/http.mjs";
import { World } from "./kernel/world.mjs";
import { control } from "./control.mjs";
import { bandwidth } from "./providers/bandwidth.mjs";
import { line } from "./providers/line.mjs";
import { meta } from "./providers/meta.mjs";
import { pages } from "./providers/pages.mjs";
import { telegram } from "./providers/telegram.mjs";
import { twilio } from "./providers/twilio.mjs";
import { whatsapp } from "./providers/whatsapp.mjs";
import { x } from "./providers/x.mjs";

/** Starts everything; `publicUrl` is what others call us by, `origins` opens a port per provider's host as well, `metaCallback` is the app-wide address already in Meta's dashboard. */
export async function startSimulators({ port = 0, host = "127.0.0.1", publicUrl, origins = false, metaCallback } = {}) {
  const world = new World();
  world.metaCallback = metaCallback;
  const graph = meta(world);
  const providers = [telegram(world), whatsapp(world, graph), ...pages(world, graph), line(world), twilio(world), bandwidth(world), x(world)];
  const hosts = new Map(Object.entries(graph.hosts));
  world.providers.set("meta", graph);
  for (const provider of providers) {
    world.providers.set(provider.channel, provider);
    for (const [name, handle] of Object.entries(provider.hosts)) hosts.set(name, handle);
  }
  const ours = control(world);
  const servers = [];

  const listen = async (answer, at) => {
    const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
      answer(request, response).catch((error) => {
        world.trouble(error);
        if (!response.headersSent) response.writeHead(500).end();
      });
    });
    await new Promise((done, failed) => server.once("error", failed).listen(at, host, done));
    servers.push(server);
    return `http://${host.includes(":") ? `[${host}]` : host}:${server.address().port}`;
  };

  const main = await listen(async (request, response) => {
    const url = new URL(request.url, "http://here");
    const [, first] = url.pathname.split("/", 2);
    const handle = hosts.get(first);
    if (handle) return serve(world, request, response, url, first, url.pathname.slice(first.length + 1) || "/", handle);
    return ours(request, response, url);
  }, port);
  world.base = (publicUrl ?? main).replace(/\/$/, "");
  const bases = Object.fromEntries([...hosts.keys()].map((name) => [name, world.at(name)]));
  world.bases = bases;
  if (origins) {
    world.origins = {};
    for (const [name, handle] of hosts) {
      world.origins[name] = await listen((request, response) => {
        const url = new URL(request.url, "http://here");
        return serve(world, request, response, url, name, url.pathname, handle);
      }, 0);
    }
  }
  for (const provider of providers) provider.sandbox?.();

  return {
    world,
    origin: world.base,
    bases,
    origins: world.origins,
    async close() {
      world.reset();
      await Promise.all(servers.map((server) => new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      })));
    },
  };
}

/** Answers for one provider: refusals are noted, accepted sends may hang, vanish or come back as nonsense. */
async function serve(world, request, response, url, host, path, handle) {
  const raw = await readAll(request);
  if (raw === null) return finish(response, text(413, "Request Entity Too Large"));
  const call = new Call(request, url, path, raw);
  let reply;
  try {
    if (swallow(world, call, host)) return request.socket.destroy();
    reply = await handle(call);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reply = error.reply;
    world.refuse({ host, method: call.method, path: masked(path), status: reply.status, answer: reply.body.toString("utf8").slice(0, 600), request: call.raw.toString("utf8").slice(0, 600) });
  }
  const account = call.accepted?.account;
  if (account?.knobs.slowMs > 0) await new Promise((go) => setTimeout(go, account.knobs.slowMs));
  if (account?.knobs.hang > 0) {
    account.knobs.hang -= 1;
    world.amend(call.accepted.line, { hung: true });
    // The send was taken; its answer never leaves, until whoever asked gives up.
    return undefined;
  }
  if (account?.knobs.garble > 0) {
    account.knobs.garble -= 1;
    world.amend(call.accepted.line, { garbled: true });
    reply = { ...reply, body: Buffer.from('{"ok": tru') };
  }
  return finish(response, reply);
}

/** `lose` drops a connection before anything is taken: the opposite of `hang`. */
function swallow(world, call, host) {
  if (call.method !== "POST" || !/message|send|Messages/.test(call.path)) return false;
  const account = [...world.accounts.values()].find((one) => one.knobs.lose > 0 && speaksFor(one, call, host));
  if (!account) return false;
  account.knobs.lose -= 1;
  return true;
}

const speaksFor = (account, call, host) =>
  (host === "telegram" && call.path.includes(`/bot${account.token}/`)) || (call.bearer !== undefined && (call.bearer === account.token || account.tokens?.has?.(call.bearer))) || call.basic?.[0] === account.key || (account.user !== undefined && call.basic?.[0] === account.user);

/** Tokens travel in Telegram's addresses; the log shows only whose they are. */
const masked = (path) => path.replace(/\/bot(\d+)(?::|%3A)[^/]+/i, "/bot$1:…");

function finish(response, reply) {
  const headers = Object.fromEntries(Object.entries(reply.headers).filter(([, value]) => value !== undefined));
  response.writeHead(reply.status, { "content-length": String(reply.body.length), ...headers });
  response.end(reply.body);
}

