// npm @devlikeapro/n8n-nodes-chatwoot, unmodified: every operation of the node's own description, sent as n8n's declarative nodes are
// (address and body by the description's routing, the token by its credential), with its own example values where ours are not needed.
import { createRequire } from "node:module";
import { recorder, Report, settings } from "./record.mjs";

const { base, token, platform, account, modules } = settings();
const require = createRequire(modules + "/");
const { ChatWoot } = require("@devlikeapro/n8n-nodes-chatwoot/dist/nodes/ChatWoot/ChatWoot.node.js");
const { ChatWootApi } = require("@devlikeapro/n8n-nodes-chatwoot/dist/credentials/ChatWootApi.credentials.js");
const wire = await recorder(base);
const report = new Report("@devlikeapro/n8n-nodes-chatwoot");
const run = Date.now().toString(36);
const header = Object.keys(new ChatWootApi().authenticate.properties.headers)[0];

const properties = new ChatWoot().description.properties;
const shown = (property, resource, operation) => {
  const show = property.displayOptions?.show ?? {};
  return (!show.resource || show.resource.includes(resource)) && (!show.operation || show.operation.includes(operation));
};
const operations = properties
  .filter((one) => one.name === "operation")
  .flatMap((one) => (one.options ?? []).map((option) => ({ resource: one.displayOptions.show.resource[0], ...option })));

const known = {}; // what earlier answers named
const api = async (method, path, body, key) => {
  const answer = await fetch(wire.origin + path, { method, headers: { [header]: key, "content-type": "application/json", accept: "application/json" }, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
const first = async (path, body) => api("POST", `/api/v1/accounts/${account}${path}`, body, token);

// ---- what every operation may need, made through the API itself
const inbox = await first("/inboxes", { name: "n8n", channel: { type: "api", webhook_url: "" } });
const web = await first("/inboxes", { name: "n8n web", channel: { type: "web_widget", website_url: "https://loja.example" } });
const contact = (await first("/contacts", { inbox_id: inbox.id, name: "Caio", email: `n8n.${run}@example.com` })).payload;
const talk = await first("/conversations", { source_id: contact.contact_inbox.source_id, inbox_id: inbox.id, contact_id: contact.contact.id });
const message = await first(`/conversations/${talk.id}/messages`, { content: "oi", message_type: "incoming" });
const me = await api("GET", "/api/v1/profile", undefined, token);
const bot = await first("/agent_bots", { name: "Bot", outgoing_url: "https://example.com/b" });
const agent = await first("/agents", { name: "Bia", email: `bia.n8n.${run}@example.com`, role: "agent" });
const team = await first("/teams", { name: `n8n ${run}` });
const made = async (path, body, ...keys) => keys.reduce((at, key) => at?.[key], await first(path, body));
const filter = { payload: [{ attribute_key: "status", filter_operator: "equal_to", values: ["open"] }] };
const app = await api("POST", `/public/api/v1/inboxes/${inbox.inbox_identifier}/contacts`, { name: "Eva", identifier: run });
const thread = await api("POST", `/public/api/v1/inboxes/${inbox.inbox_identifier}/contacts/${app.source_id}/conversations`, {});
const asked = await api("POST", `/api/v1/accounts/${account}/conversations/${thread.id}/messages`, { content: "?", message_type: "outgoing", content_type: "input_select", content_attributes: { items: [{ title: "A", value: "a" }] } }, token);
const operated = async (path, body) => (await api("POST", `/platform/api/v1${path}`, body, platform)).id;
const platformAccount = await operated("/accounts", { name: `n8n ${run}` });
const platformUser = await operated("/users", { name: "Rui", email: `rui.n8n.${run}@example.com`, password: "Senha-bem-longa-1!" });
await api("POST", `/platform/api/v1/accounts/${platformAccount}/account_users`, { user_id: platformUser, role: "agent" }, platform);
const platformBot = await operated("/agent_bots", { name: "R", outgoing_url: "https://example.com/b" });
Object.assign(known, {
  canned: await made("/canned_responses", { short_code: `n${run}`, content: "x" }, "id"),
  attribute: await made("/custom_attribute_definitions", { attribute_display_name: "P", attribute_display_type: 0, attribute_key: `n_${run}`, attribute_model: 1 }, "id"),
  filter: await made("/custom_filters", { name: "n", type: "conversation", query: filter }, "id"),
  hook: await made("/webhooks", { url: `https://example.com/${run}`, subscriptions: ["message_created"] }, "payload", "webhook", "id"),
  doomed: (await first("/contacts", { inbox_id: inbox.id, name: "Fim", email: `fim.${run}@example.com` })).payload.contact.id,
});
await first(`/inbox_members`, { inbox_id: inbox.id, user_ids: [agent.id] });
await first(`/teams/${team.id}/team_members`, { user_ids: [agent.id] });

/** The value of a parameter of an address. */
function place(path, name) {
  const at = (part) => path.includes(part);
  if (name === "account_id") return at("/platform/") ? platformAccount : account;
  if (name === "inbox_identifier") return inbox.inbox_identifier;
  if (name === "contact_identifier") return app.source_id;
  if (name === "conversation_id") return at("/public/") ? thread.id : talk.id;
  if (name === "message_id") return at("/public/") ? asked.id : message.id;
  if (name === "conversation_uuid") return talk.uuid;
  if (name === "inbox_id") return inbox.id;
  if (name === "team_id") return team.id;
  if (name === "custom_filter_id") return known.filter;
  if (name === "webhook_id") return known.hook;
  if (name === "hook_id" || name === "portal_id") return 1;
  if (at("/platform/api/v1/users")) return platformUser;
  if (at("/platform/api/v1/agent_bots")) return platformBot;
  if (at("/agent_bots")) return bot.id;
  if (at("/agents")) return agent.id;
  if (at("/canned_responses")) return known.canned;
  if (at("/custom_attribute_definitions")) return known.attribute;
  if (at("/contacts")) return contact.contact.id;
  if (at("/inboxes")) return at("agent_bot") ? web.id : inbox.id;
  return 1;
}

/** Bodies and queries where the node's own defaults would collide or say nothing. */
const given = {
  "POST /platform/api/v1/accounts": { name: `n8n 2 ${run}` },
  "POST /platform/api/v1/users": { name: "Lia", email: `lia.${run}@example.com`, password: "Senha-bem-longa-1!", custom_attributes: {} },
  "PATCH /platform/api/v1/users/": { name: "Rui P." },
  "/account_users": { user_id: platformUser, role: "agent" },
  "/agent_bots": { name: "Bot n8n", description: "d", outgoing_url: "https://example.com/n8n" },
  [`POST /api/v1/accounts/${account}/agents`]: { name: "Leo", email: `leo.${run}@example.com`, role: "agent" },
  [`/api/v1/accounts/${account}/agents/`]: { role: "agent", availability: "available", auto_offline: true },
  "/canned_responses": { content: "Olá", short_code: `n2${run}` },
  "/canned_responses/": { content: "Olá", short_code: `n3${run}` },
  "/custom_attribute_definitions": { attribute_display_name: "P", attribute_display_type: 0, attribute_description: "d", attribute_key: `n2_${run}`, attribute_values: [], attribute_model: 0 },
  "/contacts/filter": { payload: [{ attribute_key: "name", filter_operator: "contains", values: ["Caio"] }] },
  "/contact_inboxes": { inbox_id: web.id },
  [`POST /api/v1/accounts/${account}/contacts`]: { inbox_id: inbox.id, name: "Ida", email: `ida.${run}@example.com`, custom_attributes: {} },
  [`PUT /api/v1/accounts/${account}/contacts`]: { name: "Caio M." },
  "POST /public/api/v1/inboxes": { name: "Eva", identifier: `x${run}` },
  "/conversations/filter": filter,
  "/toggle_status": { status: "open" },
  "/toggle_priority": { priority: "high" },
  "/assignments": { assignee_id: me.id },
  "/labels": { labels: ["vip"] },
  "/set_agent_bot": { agent_bot: bot.id },
  "/inbox_members": { inbox_id: inbox.id, user_ids: [agent.id] },
  "/team_members": { user_ids: [agent.id] },
  [`PATCH /api/v1/accounts/${account}/teams/`]: { name: `n8n-b ${run}` },
  [`POST /api/v1/accounts/${account}/teams`]: { name: `n8n c ${run}`, description: "d", allow_auto_assign: true },
  "/custom_filters": { name: "n2", type: "conversation", query: filter },
  "/webhooks": { url: `https://example.com/${run}-2`, subscriptions: ["message_created"] },
  "/webhooks/": { url: `https://example.com/${run}-3`, subscriptions: ["message_created"] },
  [`PATCH /api/v1/accounts/${account}/inboxes`]: { name: "n8n 2", enable_auto_assignment: true, channel: {} },
  [`POST /api/v1/accounts/${account}/inboxes`]: { name: "n8n 3", channel: { type: "web_widget", website_url: "https://loja.example", welcome_title: "t", welcome_tagline: "t", widget_color: "#123456" } },
  "submitted": { submitted_values: { name: "a", title: "b", value: "c" } },
};
const said = (method, path) => {
  if (path.includes("/public/") && path.includes("/messages")) return method === "PATCH" ? given.submitted : { content: "oi", echo_id: run };
  if (path.includes("/public/") && path.endsWith("/conversations")) return { custom_attributes: {} };
  if (path.includes("/public/") && method === "PATCH") return { name: "Eva L." };
  if (path.endsWith("/messages")) return { content: "Olá", message_type: "outgoing", private: false };
  if (path.endsWith("/conversations")) return { source_id: contact.contact_inbox.source_id, inbox_id: inbox.id, contact_id: contact.contact.id };
  const keys = Object.keys(given).filter((key) => (key.includes(" ") ? `${method} ${path}`.startsWith(key) : path.includes(key)));
  // What names a part of a path beats what names its beginning.
  const weight = (key) => (key.includes(" ") ? 0 : 1000) + key.length;
  return given[keys.sort((a, b) => weight(b) - weight(a))[0]];
};
const queries = {
  metric: "conversations_count",
  type: "account",
  since: String(Math.floor(Date.now() / 1000) - 86400),
  until: String(Math.floor(Date.now() / 1000)),
  q: "caio",
  attribute_model: "0",
  filter_type: "conversation",
  page: 1,
  status: "open",
  assignee_type: "all",
  sort: "name",
  user_id: String(agent.id),
};

// Deleting comes last, and parts before wholes, so that the others find what they name.
const order = ({ routing: { request } }) => (request.method === "DELETE" ? 1000 - request.url.length : 0);
for (const one of operations.sort((a, b) => order(a) - order(b))) {
  const { method, url } = one.routing.request;
  const template = url.replace(/^=/, "");
  const path = template.replace(/\{\{\$parameter\["([^"]+)"\]\}\}/g, (_, name) => encodeURIComponent(place(template, name)));
  const fields = properties.filter((property) => property.name !== "operation" && property.name !== "resource" && shown(property, one.resource, one.value));
  const query = new URLSearchParams();
  for (const field of fields) {
    const send = field.routing?.send;
    if (send?.type === "query" && queries[send.property] !== undefined) query.set(send.property, queries[send.property]);
  }
  const takes = fields.some((field) => field.routing?.send?.type === "body" || field.routing?.request?.body);
  const body = method !== "GET" && takes ? said(method, path) : undefined;
  const key = path.startsWith("/platform/") ? platform : token;
  wire.last = undefined;
  await api(method, path + (query.size ? "?" + query : ""), body, key);
  if (wire.last) report.add(`${one.resource}: ${one.value}`, wire.last);
}
const tested = new ChatWootApi().test.request;
await api("GET", tested.url, undefined, token);
report.add("the credential's own test", wire.last);
wire.close();
report.finish();
