// npm @figuro/chatwoot-sdk, unmodified, against a running server: every method it offers, each answer held against its own types.
import { createRequire } from "node:module";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { recorder, Report, settings } from "./record.mjs";
import { Types } from "./types.mjs";

const { base, token, platform, account: accountId, modules } = settings();
const require = createRequire(modules + "/");
const sdk = require("@figuro/chatwoot-sdk");
// The client's own class says nothing of its `client` and `platform`; the services' files do.
const services = join(dirname(require.resolve("@figuro/chatwoot-sdk")), "services");
const declared = readdirSync(services, { recursive: true }).filter((file) => file.endsWith(".d.ts")).map((file) => join(services, file));
const types = new Types(declared, modules);
function typeOf(path, owner, method) {
  const folder = /^(client|platform)\./.exec(path)?.[1] ?? "";
  const files = declared.filter((file) => dirname(file) === join(services, folder));
  return files.map((file) => types.answer(file, owner.constructor.name, method)).find(Boolean);
}
const wire = await recorder(base);
const Client = sdk.default ?? sdk.ChatwootClient;
const client = (key) => new Client({ config: { basePath: wire.origin, with_credentials: false, credentials: "omit", token: key } });
const [own, operator] = [client(token), client(platform)];
const report = new Report("@figuro/chatwoot-sdk");
const run = Date.now().toString(36);

async function call(path, input = {}, on = own) {
  const parts = path.split(".");
  const method = parts.pop();
  const owner = parts.reduce((at, part) => at[part], on);
  wire.last = undefined;
  let answer;
  try {
    answer = await owner[method](input);
  } catch (error) {
    answer = undefined;
    if (!wire.last) report.add(path, { status: 0, text: String(error), method: "?", path: "?" });
  }
  const type = typeOf(path, owner, method);
  if (!type) throw new Error(`no types for ${path}`);
  if (wire.last) report.add(path, wire.last, answer === undefined ? [] : types.misfits(answer, type));
  return answer;
}

// ---- platform
const p = (path, input) => call("platform." + path, input, operator);
const made = await p("accounts.create", { data: { name: `Figuro ${run}` } });
await p("accounts.get", { accountId: made?.id });
await p("accounts.update", { accountId: made?.id, data: { name: "Figuro 2" } });
const person = await p("users.create", { data: { name: "Rui", email: `rui.${run}@example.com`, password: "Senha-bem-longa-1!", custom_attributes: {} } });
await p("users.get", { id: person?.id });
await p("users.update", { id: person?.id, data: { name: "Rui P." } });
await p("users.getSSOUrl", { id: person?.id });
await p("accountUsers.create", { accountId: made?.id, data: { user_id: person?.id, role: "administrator" } });
await p("accountUsers.list", { accountId: made?.id });
const robot = await p("agentBots.create", { data: { name: "Robô", description: "x", outgoing_url: "https://example.com/bot" } });
await p("agentBots.list");
await p("agentBots.get", { id: robot?.id });
await p("agentBots.update", { id: robot?.id, data: { name: "Robô 2" } });
await p("agentBots.delete", { id: robot?.id });
await p("accountUsers.delete", { accountId: made?.id, data: { user_id: person?.id } });
await p("users.delete", { id: person?.id });
await p("accounts.delete", { accountId: made?.id });

// ---- settings of the account
await call("profile.profile");
const agent = await call("agents.create", { accountId, data: { name: "Bia", email: `bia.${run}@example.com`, role: "agent", availability_status: "available", auto_offline: true } });
await call("agents.list", { accountId });
await call("agents.update", { accountId, id: agent?.id, data: { role: "administrator", availability: "busy", auto_offline: false } });
const bot = await call("accountAgentBots.create", { accountId, data: { name: "Bot", description: "", outgoing_url: "https://example.com/b" } });
await call("accountAgentBots.list", { accountId });
await call("accountAgentBots.get", { accountId, id: bot?.id });
await call("accountAgentBots.update", { accountId, id: bot?.id, data: { name: "Bot 2" } });
const canned = await call("cannedResponses.create", { accountId, data: { short_code: `oi${run}`, content: "Olá!" } });
await call("cannedResponses.list", { accountId });
await call("cannedResponses.update", { accountId, id: canned?.id, data: { short_code: `oi${run}`, content: "Oi!" } });
await call("cannedResponses.delete", { accountId, id: canned?.id });
for (const attributeModel of ["0", "1"]) {
  const data = { attribute_display_name: "Plano", attribute_display_type: 0, attribute_description: "d", attribute_key: `plano_${run}`, attribute_values: [], attribute_model: Number(attributeModel) };
  const made = await call("customAttributes.create", { accountId, data });
  await call("customAttributes.list", { accountId, attributeModel });
  await call("customAttributes.get", { accountId, id: made?.id });
  await call("customAttributes.update", { accountId, id: made?.id, data: { ...data, attribute_display_name: "Plano 2" } });
  await call("customAttributes.delete", { accountId, id: made?.id });
}
for (const filterType of ["conversation", "contact"]) {
  const query = { payload: [{ attribute_key: filterType === "contact" ? "name" : "status", filter_operator: "equal_to", values: ["open"], query_operator: null }] };
  const made = await call("customFilters.create", { accountId, filterType, data: { name: `Pasta ${run}`, type: filterType, query } });
  await call("customFilters.list", { accountId, filterType });
  await call("customFilters.get", { accountId, customFilterId: made?.id });
  await call("customFilters.update", { accountId, customFilterId: made?.id, data: { name: "Outra", type: filterType, query } });
  await call("customFilters.delete", { accountId, customFilterId: made?.id });
}
const team = await call("teams.create", { accountId, data: { name: `time ${run}`, description: "d", allow_auto_assign: true } });
await call("teams.list", { accountId });
await call("teams.get", { accountId, teamId: team?.id });
await call("teams.update", { accountId, teamId: team?.id, data: { name: `time-${run}` } });
await call("teams.addAgent", { accountId, teamId: team?.id, data: { user_ids: [agent?.id] } });
await call("teams.listMembers", { accountId, teamId: team?.id });
await call("teams.updateAgentsInTeam", { accountId, teamId: team?.id, data: { user_ids: [agent?.id] } });
const hook = await call("webhooks.create", { accountId, data: { url: `https://example.com/${run}`, subscriptions: ["message_created", "webwidget_triggered"] } });
await call("webhooks.list", { accountId });
await call("webhooks.update", { accountId, webhookId: hook?.id ?? hook?.payload?.webhook?.id, data: { url: `https://example.com/${run}2`, subscriptions: ["conversation_created"] } });
await call("webhooks.delete", { accountId, webhookId: hook?.id ?? hook?.payload?.webhook?.id });

// ---- inboxes
const web = await call("inboxes.create", { accountId, data: { name: "Site", channel: { type: "web_widget", website_url: "https://loja.example", welcome_title: "Oi", welcome_tagline: "t", agent_away_message: "", widget_color: "#123456" } } });
const inbox = await call("inboxes.create", { accountId, data: { name: "API", channel: { type: "api", webhook_url: "" } } });
await call("inboxes.list", { accountId });
await call("inboxes.get", { accountId, id: inbox?.id });
await call("inboxes.update", { accountId, id: web?.id, data: { name: "Site 2", enable_auto_assignment: false, channel: { welcome_title: "Olá" } } });
await call("inboxes.updateAgentBot", { accountId, id: web?.id, data: { agent_bot: bot?.id } });
await call("inboxes.getAgentBot", { accountId, id: web?.id });
await call("inboxes.updateAgentBot", { accountId, id: web?.id, data: { agent_bot: null } });
await call("inboxes.addAgent", { accountId, data: { inbox_id: String(inbox?.id), user_ids: [agent?.id] } });
await call("inboxes.listAgents", { accountId, inboxId: inbox?.id });
await call("inboxes.updateAgentsInInbox", { accountId, data: { inbox_id: String(inbox?.id), user_ids: [agent?.id, 1] } });

// ---- contacts and conversations
const contact = await call("contacts.create", { accountId, data: { inbox_id: inbox?.id, name: "Caio", email: `caio.${run}@example.com`, phone_number: "+5511987" + String(Date.now()).slice(-6), identifier: run, custom_attributes: { plano: "ouro" } } });
const known = contact?.payload?.contact ?? contact;
await call("contacts.list", { accountId, sort: "-last_activity_at", page: 1 });
await call("contacts.get", { accountId, id: known?.id });
await call("contacts.update", { accountId, id: known?.id, data: { name: "Caio M." } });
await call("contacts.search", { accountId, q: "caio", sort: "name", page: 1 });
await call("contacts.filter", { accountId, page: 1, payload: [{ attribute_key: "name", filter_operator: "contains", values: ["Caio"], query_operator: undefined }] });
await call("contact.create", { accountId, id: known?.id, data: { inbox_id: web?.id } });
await call("contact.getContactable", { accountId, id: known?.id });
const source = contact?.payload?.contact_inbox?.source_id;
const talk = await call("conversations.create", { accountId, data: { source_id: source, inbox_id: String(inbox?.id), contact_id: String(known?.id), status: "open", additional_attributes: { a: 1 }, custom_attributes: { pedido: 7 } } });
const conversationId = talk?.id;
await call("conversations.list", { accountId, assigneeType: "all", status: "open", inboxId: inbox?.id, page: 1 });
await call("conversations.getMeta", { accountId, status: "open" });
await call("conversations.filter", { accountId, page: 1, payload: [{ attribute_key: "status", filter_operator: "equal_to", values: ["open"] }] });
const first = await call("messages.create", { accountId, conversationId, data: { content: "Olá", message_type: "incoming", private: false } });
await call("messages.create", { accountId, conversationId, data: { content: "Escolha", message_type: "outgoing", content_type: "input_select", content_attributes: { items: [{ title: "A", value: "a" }] } } });
await call("messages.create", { accountId, conversationId, data: { content: "nota", message_type: "outgoing", private: true } });
const paper = join(mkdtempSync(join(tmpdir(), "figuro-")), "a.pdf");
writeFileSync(paper, "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
await call("messages.create", { accountId, conversationId, data: { content: "ficheiro", message_type: "outgoing", attachments: [{ content: readFileSync(paper), filename: "a.pdf" }] } });
await call("messages.list", { accountId, conversationId });
await call("messages.update", { accountId, conversationId, messageId: first?.id, data: { submitted_values: { name: "x", title: "x", value: "x" } } });
await call("conversations.get", { accountId, conversationId });
await call("contacts.listConversations", { accountId, id: known?.id });
await call("conversationLabels.add", { accountId, conversationId, data: { labels: ["vip"] } });
await call("conversationLabels.list", { accountId, conversationId });
await call("conversationAssignment.assign", { accountId, conversationId, data: { assignee_id: 1 } });
await call("conversationAssignment.assign", { accountId, conversationId, data: { team_id: team?.id } });
await call("conversations.get", { accountId, conversationId });
for (const status of ["resolved", "pending", "open"]) await call("conversations.toggleStatus", { accountId, conversationId, data: { status } });
await call("messages.delete", { accountId, conversationId, messageId: first?.id });

// ---- apps
const inboxIdentifier = inbox?.inbox_identifier;
const mine = await call("client.contacts.create", { inboxIdentifier, data: { identifier: `app-${run}`, name: "Eva", email: `eva.${run}@example.com` } });
const contactIdentifier = mine?.source_id;
await call("client.contacts.get", { inboxIdentifier, contactIdentifier });
await call("client.contacts.update", { inboxIdentifier, contactIdentifier, data: { name: "Eva L." } });
const thread = await call("client.conversations.create", { inboxIdentifier, contactIdentifier });
await call("client.conversations.list", { inboxIdentifier, contactIdentifier });
const said = await call("client.messages.create", { inboxIdentifier, contactIdentifier, conversationId: thread?.id, data: { content: "oi", echo_id: run } });
await call("client.messages.list", { inboxIdentifier, contactIdentifier, conversationId: thread?.id });
await call("client.messages.update", { inboxIdentifier, contactIdentifier, conversationId: thread?.id, messageId: said?.id, data: { submitted_values: { name: "a", title: "b", value: "c" } } });

// ---- reports, rules, integrations
const since = String(Math.floor(Date.now() / 1000) - 86400);
const until = String(Math.floor(Date.now() / 1000));
await call("reports.list", { accountId, metric: "conversations_count", type: "account", since, until });
await call("reports.listSummaries", { accountId, type: "account", since, until });
await call("reports.getMetrics", { accountId, type: "account" });
await call("reports.getAgentMetrics", { accountId, type: "agent" });
const rule = { name: "r", description: "d", event_name: "message_created", active: true, actions: [{ action_name: "add_label", action_params: ["vip"] }], conditions: [{ attribute_key: "content", filter_operator: "contains", values: ["x"], query_operator: "and" }] };
const ruled = await call("automationRule.create", { accountId, data: rule });
await call("automationRule.list", { accountId, page: 1 });
await call("automationRule.get", { accountId, id: ruled?.id ?? 1 });
await call("automationRule.update", { accountId, id: ruled?.id ?? 1, data: rule });
await call("automationRule.delete", { accountId, id: ruled?.id ?? 1 });
await call("integrations.list", { accountId });
await call("integrations.create", { accountId, data: { app_id: "dialogflow", inbox_id: web?.id, settings: {} } });
await call("integrations.update", { accountId, hookId: 1, data: { settings: {} } });
await call("integrations.delete", { accountId, hookId: 1 });

// ---- and away with it
await call("inboxes.removeAgent", { accountId, inboxId: inbox?.id, data: { inbox_id: String(inbox?.id), user_ids: [agent?.id] } });
await call("teams.removeAgent", { accountId, teamId: team?.id, data: { user_ids: [agent?.id] } });
await call("teams.delete", { accountId, teamId: team?.id });
await call("accountAgentBots.delete", { accountId, id: bot?.id });
await call("agents.delete", { accountId, id: agent?.id });
await call("contacts.delete", { accountId, id: known?.id });

wire.close();
report.finish();
