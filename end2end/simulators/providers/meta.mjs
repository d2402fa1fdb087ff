// What Meta's three messengers share: the app and its secrets, tokens, Graph errors, handshakes, log-in, the way webhooks leave.
// What a message is belongs to whatsapp.mjs and pages.mjs.
import { json, Refusal, text } from "../kernel/http.mjs";
import { appsecretProof, metaJson, metaLegacySignature, metaSignature, same } from "../kernel/signing.mjs";
import { secure } from "../kernel/files.mjs";
import { consent } from "./consent.mjs";

/** Graph's documented errors: HTTP status, words, and whether it calls them transient. */
const ERRORS = {
  0: [401, "AuthException"], 1: [500, "An unknown error occurred", true], 2: [500, "Service temporarily unavailable", true], 3: [403, "Capability or permissions issue"], 4: [429, "Application request limit reached", true],
  10: [403, "Application does not have permission for this action"], 17: [429, "User request limit reached", true], 32: [400, "Page request limit reached", true], 100: [400, "Invalid parameter"], 102: [401, "Session key invalid or no longer valid"],
  190: [401, "Invalid OAuth access token - Cannot parse access token"], 200: [403, "Permissions error"], 230: [400, "Requires user consent"], 341: [400, "Application limit reached", true], 368: [403, "Temporarily blocked for policies violations"],
  551: [400, "This person isn't available right now."], 613: [400, "Calls to this api have exceeded the rate limit.", true], 803: [404, "Some of the aliases you requested do not exist"], 1200: [500, "Temporary send message failure. Please try again later.", true],
  9010: [400, "No matching user found"], 80006: [400, "There have been too many calls to this Messenger account.", true], 80007: [400, "Rate limit issues", true],
  130429: [400, "Rate limit hit"], 130472: [400, "User's number is part of an experiment"], 130497: [403, "Business account is restricted from messaging users in this country."], 131000: [500, "Something went wrong"], 131005: [403, "Access denied"],
  131008: [400, "Required parameter is missing"], 131009: [400, "Parameter value is not valid"], 131016: [503, "Service unavailable"], 131021: [400, "Recipient cannot be sender"], 131026: [400, "Message undeliverable"],
  131030: [400, "Recipient phone number not in allowed list"], 131031: [403, "Business Account locked"], 131037: [400, "Display name approval needed"], 131042: [400, "Business eligibility payment issue"], 131045: [500, "Incorrect certificate"],
  131047: [400, "Re-engagement message"], 131048: [400, "Spam Rate limit hit"], 131049: [400, "This message was not delivered to maintain healthy ecosystem engagement."], 131050: [400, "User has stopped receiving marketing messages"], 131051: [400, "Unsupported message type"],
  131052: [400, "Media download error"], 131053: [400, "Media upload error"], 131056: [400, "(Business Account, Consumer Account) pair rate limit hit"], 131057: [500, "Account in maintenance mode"], 131062: [400, "Business-scoped user IDs are not supported for this message"],
  132000: [400, "Number of parameters does not match the expected number of params"], 132001: [404, "Template name does not exist in the translation"], 132005: [400, "Template hydrated text too long"], 132007: [400, "Template format character policy violated"], 132008: [400, "Template parameter format is invalid"],
  132012: [400, "Parameter format does not match format in the created template"], 132015: [400, "Template is paused"], 132016: [400, "Template is disabled"], 132018: [400, "Template parameters are not valid"], 133004: [503, "Server temporarily unavailable"], 137000: [400, "Reaction cannot be sent"],
};

/** A refusal as Graph words it. */
export function graphError(code, { message, details, subcode, status, type, transient, whatsapp } = {}) {
  const [usual, words, passing] = ERRORS[code] ?? [400, "Invalid request"];
  const said = message ?? (code === 190 || code === 0 ? words : `(#${code}) ${words}`);
  return new Refusal(status ?? usual, {
    error: {
      message: said, type: type ?? "OAuthException", code, ...(subcode && { error_subcode: subcode }), ...((transient ?? passing) && { is_transient: true }),
      ...((details || whatsapp) && { error_data: { ...(whatsapp !== false && { messaging_product: "whatsapp" }), details: details ?? words } }), fbtrace_id: `A${Math.random().toString(36).slice(2, 13)}`,
    },
  }, { "www-authenticate": code === 190 ? 'OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token."' : undefined });
}

/** The same failure as a status carries it, after a send was accepted. */
export const statusError = (code, details) => {
  const words = (ERRORS[code] ?? [0, "Unknown error"])[1];
  return { code, title: words, message: words, error_data: { details: details ?? words }, href: "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes" };
};

/** Keeps what `fields` names, and always the id. */
export function pick(node, fields) {
  if (!fields) return node;
  const wanted = String(fields).split(/,(?![^{(]*[})])/).map((field) => field.replace(/[{(].*$/, "").trim());
  return Object.fromEntries(Object.entries(node).filter(([name, value]) => value !== undefined && (name === "id" || wanted.includes(name))));
}

export function meta(world) {
  const modules = [];
  const self = { hosts: { graph: handle, instagram: handleInstagram, facebook: dialog, "instagram-login": dialog, lookaside }, register, post, handshake, address, refuseByHand, sandbox };

  function sandbox() {
    world.meta = {
      app_id: "900000000000001", app_secret: "sandbox-meta-app-secret-0123456789ab", verify_token: "sandbox-verify-token",
      instagram_app_id: "900000000000002", instagram_app_secret: "sandbox-instagram-app-secret",
      callbacks: Object.fromEntries(world.metaCallback ? ["whatsapp_business_account", "page", "instagram"].map((object) => [object, { url: world.metaCallback, fields: ["messages"] }]) : []), logins: new Map(), codes: new Map(),
    };
  }

  /** A messenger joins: it answers Graph paths, owns tokens and lends files. */
  function register(module) {
    modules.push(module);
  }

  // ---- Graph ----------------------------------------------------------------------------------

  async function handle(call) {
    const version = /^\/v(\d+)\.\d+(?=\/)/.exec(call.path);
    if (version && Number(version[1]) < 17) throw graphError(100, { message: "(#2635) You are calling a deprecated version of the Graph API. Please update to the latest version.", whatsapp: false });
    const segments = call.path.slice(version ? version[0].length : 0).split("/").filter(Boolean);
    const params = unfold(call.params());
    const open = await loginCalls(call, segments, params);
    if (open) return open;
    const token = call.bearer ?? params.access_token;
    const owner = ownerOf(token);
    proof(params, token);
    if (segments[0] === "debug_token") return json(200, { data: describe(params.input_token) });
    if (segments[1] === "subscriptions" && segments[0] === world.meta.app_id) return subscriptions(call, params, owner);
    for (const module of modules) {
      const answer = await module.graph({ call, segments, params, token, owner, host: "graph" });
      if (answer) return answer;
    }
    throw unknown(segments[0]);
  }

  async function handleInstagram(call) {
    const segments = call.path.replace(/^\/v\d+\.\d+(?=\/)/, "").split("/").filter(Boolean);
    const params = unfold(call.params());
    const open = await loginCalls(call, segments, params, true);
    if (open) return open;
    const token = call.bearer ?? params.access_token;
    const owner = ownerOf(token);
    for (const module of modules) {
      const answer = await module.graph({ call, segments, params, token, owner, host: "instagram" });
      if (answer) return answer;
    }
    throw unknown(segments[0]);
  }

  const unknown = (id) => graphError(100, { message: `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`, subcode: 33, type: "GraphMethodException", whatsapp: false });

  /** Who a token speaks for: an account, a person who logged in, or the app itself. */
  function ownerOf(token) {
    const { app_id, app_secret, logins } = world.meta;
    if (!token) throw graphError(190, { message: "An access token is required to request this resource.", whatsapp: false });
    if (token === `${app_id}|${app_secret}`) return { app: true };
    if (logins.has(token)) return { login: logins.get(token) };
    for (const module of modules) {
      const account = module.byToken(token);
      if (account && !account.knobs.revoked) return { account };
      if (account) throw graphError(190, { message: "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.", subcode: 460, whatsapp: false });
    }
    throw graphError(190, { whatsapp: false });
  }

  function proof(params, token) {
    if (params.appsecret_proof !== undefined && !same(params.appsecret_proof, appsecretProof(world.meta.app_secret, token))) {
      throw graphError(100, { message: "Invalid appsecret_proof provided in the API argument", type: "GraphMethodException", whatsapp: false });
    }
  }

  function describe(token) {
    try {
      const owner = ownerOf(token);
      const kind = owner.app ? "APP" : owner.login ? "USER" : owner.account.channel === "whatsapp" ? "SYSTEM_USER" : "PAGE";
      const scopes = { whatsapp: ["whatsapp_business_management", "whatsapp_business_messaging"], messenger: ["pages_messaging", "pages_manage_metadata"], instagram: ["instagram_manage_messages", "instagram_basic"] };
      return { app_id: world.meta.app_id, application: "Recado Sandbox", type: kind, is_valid: true, expires_at: 0, issued_at: Math.floor(Date.now() / 1000) - 60, data_access_expires_at: 0, scopes: scopes[owner.account?.channel] ?? ["pages_show_list"], user_id: "1", ...(owner.account?.channel === "messenger" && { profile_id: owner.account.key }) };
    } catch {
      return { is_valid: false, scopes: [], error: { code: 190, message: "Invalid OAuth access token." } };
    }
  }

  /** Nested objects are JSON strings when they came in a form. */
  function unfold(params) {
    for (const name of ["recipient", "message", "payload", "reply_to", "webhook_configuration"]) {
      if (typeof params[name] !== "string" || !/^\s*[{[]/.test(params[name])) continue;
      try {
        params[name] = JSON.parse(params[name]);
      } catch {
        throw graphError(100, { message: `(#100) Param ${name} must be valid JSON`, whatsapp: false });
      }
    }
    return params;
  }

  /** A failure asked for by hand, as Graph would word it. */
  function refuseByHand(asked) {
    if (asked.html) return new Refusal(asked.status ?? 502, "<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>", { "content-type": "text/html" });
    return graphError(Number(asked.error ?? 131000), { message: asked.text, subcode: asked.subcode, status: asked.status, whatsapp: asked.whatsapp, ...(asked.details && { details: asked.details }) });
  }

  // ---- webhooks -------------------------------------------------------------------------------

  /** Where an object's webhooks go: the address in the app's dashboard. */
  function address(object) {
    return world.meta.callbacks[object]?.url;
  }

  /** Asks an address to prove it knows the verify token, as Meta does before it takes one. */
  async function handshake(url, verifyToken) {
    const challenge = String(1_000_000_000 + Math.floor(Math.random() * 899_999_999));
    const asked = new URL(url);
    if (!secure(asked)) return { ok: false, why: "The callback URL must use https" };
    asked.searchParams.set("hub.mode", "subscribe");
    asked.searchParams.set("hub.challenge", challenge);
    asked.searchParams.set("hub.verify_token", verifyToken ?? "");
    try {
      const response = await fetch(asked, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
      const said = await response.text();
      return response.status === 200 && said === challenge ? { ok: true, status: 200 } : { ok: false, status: response.status, why: `The URL couldn't be validated. Response does not match challenge, expected value="${challenge}", received="${said.slice(0, 60)}"` };
    } catch (error) {
      return { ok: false, why: `The URL couldn't be validated. ${error.cause?.code ?? error.message}` };
    }
  }

  async function subscriptions(call, params, owner) {
    if (!owner.app) throw graphError(200, { message: "(#200) This method must be called with an app access_token.", whatsapp: false });
    if (call.method === "GET") return json(200, { data: Object.entries(world.meta.callbacks).map(([object, one]) => ({ object, callback_url: one.url, active: true, fields: one.fields.map((name) => ({ name, version: "v26.0" })) })) });
    if (call.method === "DELETE") {
      delete world.meta.callbacks[params.object];
      return json(200, { success: true });
    }
    if (!["whatsapp_business_account", "page", "instagram"].includes(params.object)) throw graphError(100, { message: "(#100) Param object must be one of {user, page, instagram, whatsapp_business_account, …}", whatsapp: false });
    const shake = await handshake(params.callback_url, params.verify_token);
    if (!shake.ok) throw graphError(2200, { status: 400, message: `(#2200) Callback verification failed with the following errors: ${shake.why}`, whatsapp: false });
    world.meta.callbacks[params.object] = { url: params.callback_url, fields: String(params.fields ?? "").split(",").filter(Boolean) };
    return json(200, { success: true });
  }

  /** Sends one envelope, signed with the app's secret (or the one named), to the address given. */
  function post(account, { url, envelope, what, ids, secret }) {
    const body = metaJson(envelope);
    const key = secret ?? world.meta.app_secret;
    return world.courier.send(account, {
      what,
      ids,
      make: () => ({
        url: typeof url === "function" ? url() : url,
        headers: { "content-type": "application/json", accept: "*/*", "user-agent": "facebookexternalua", "x-hub-signature-256": metaSignature(key, body), "x-hub-signature": metaLegacySignature(key, body) },
        body,
      }),
    });
  }

  // ---- log-in ---------------------------------------------------------------------------------

  /** The consent pages of facebook.com and instagram.com. */
  function dialog(call) {
    if (call.path === "/oauth/access_token") return instagramToken(call.params());
    if (!/\/(dialog\/oauth|oauth\/authorize)$/.test(call.path)) throw new Refusal(404, "not found");
    const instagram = call.path.endsWith("/authorize");
    const client = instagram ? world.meta.instagram_app_id : world.meta.app_id;
    const [brand, who] = instagram ? ["Instagram", world.of("instagram").find((one) => one.login === "instagram")?.username] : ["Facebook", "Pessoa de teste"];
    return consent(call, { brand, who, client, tail: instagram ? "#_" : "", grant: (redirect) => issueCode(instagram ? "instagram" : "facebook", redirect) });
  }

  function issueCode(kind, redirect) {
    const code = `AQ${world.hex(24)}`;
    world.meta.codes.set(code, { kind, redirect });
    return code;
  }

  function redeem(kind, params, client, secret) {
    const found = world.meta.codes.get(params.code);
    if (params.client_id !== client || params.client_secret !== secret) throw graphError(1, { status: 400, message: "Error validating client secret.", whatsapp: false });
    if (!found || found.kind !== kind) throw graphError(100, { message: "This authorization code has been used.", subcode: 36009, whatsapp: false });
    if (found.redirect !== params.redirect_uri) throw graphError(100, { message: "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request", subcode: 36008, whatsapp: false });
    world.meta.codes.delete(params.code);
  }

  async function loginCalls(call, segments, params, instagram = false) {
    const path = segments.join("/");
    const { app_id, app_secret, instagram_app_secret, logins } = world.meta;
    if (path === "oauth/access_token") {
      if (params.grant_type === "client_credentials") {
        if (params.client_id !== app_id || params.client_secret !== app_secret) throw graphError(1, { status: 400, message: "Error validating client secret.", whatsapp: false });
        return json(200, { access_token: `${app_id}|${app_secret}`, token_type: "bearer" });
      }
      if (params.grant_type === "fb_exchange_token") {
        if (params.client_id !== app_id || params.client_secret !== app_secret) throw graphError(1, { status: 400, message: "Error validating client secret.", whatsapp: false });
        if (!logins.has(params.fb_exchange_token)) throw graphError(190, { whatsapp: false });
      } else {
        redeem("facebook", params, app_id, app_secret);
      }
      const token = `EAA${world.hex(40)}`;
      logins.set(token, { kind: "facebook", id: "1000000000001", name: "Pessoa de teste" });
      return json(200, { access_token: token, token_type: "bearer", expires_in: params.grant_type ? 5_183_944 : 5_400 });
    }
    if (instagram && path === "access_token") {
      const account = world.of("instagram").find((one) => one.shortToken === params.access_token);
      if (!account || params.client_secret !== instagram_app_secret) throw graphError(190, { whatsapp: false });
      return json(200, { access_token: account.token, token_type: "bearer", expires_in: 5_183_944 });
    }
    if (instagram && path === "refresh_access_token") {
      const account = world.of("instagram").find((one) => one.token === params.access_token);
      if (!account || account.knobs.revoked) throw graphError(190, { whatsapp: false });
      return json(200, { access_token: account.token, token_type: "bearer", expires_in: 5_183_944, permissions: "instagram_business_basic,instagram_business_manage_messages" });
    }
    return undefined;
  }

  function instagramToken(params) {
    redeem("instagram", params, world.meta.instagram_app_id, world.meta.instagram_app_secret);
    const account = world.of("instagram").find((one) => one.login === "instagram");
    account.shortToken = `IGQ${world.hex(30)}`;
    return json(200, { access_token: account.shortToken, user_id: account.app_scoped_id, permissions: ["instagram_business_basic", "instagram_business_manage_messages"] });
  }

  // ---- files ----------------------------------------------------------------------------------

  /** The CDN: signed addresses that expire; WhatsApp's ask for the token too. */
  function lookaside(call) {
    const file = world.files.get(call.query.get("mid") ?? call.query.get("asset_id") ?? "");
    if (!file || file.broken || call.query.get("hash") !== file.hash) throw new Refusal(404, "Not Found");
    if (Number(call.query.get("ext")) < Date.now() / 1000) throw new Refusal(403, "URL signature expired");
    if (call.path.startsWith("/whatsapp_business/")) {
      const account = call.bearer && modules.map((module) => module.byToken(call.bearer)).find(Boolean);
      if (!account || account.knobs.revoked) return text(401, "<!DOCTYPE html><html><body>Log in</body></html>", { "content-type": "text/html" });
    }
    return { status: 200, headers: { "content-type": file.mime, "content-length": String(file.size) }, body: call.method === "HEAD" ? Buffer.alloc(0) : file.bytes };
  }

  sandbox();
  return self;
}

