// The templates a sandbox business has, and the checks Meta makes when one is sent.
// Creating and reviewing templates is not played: give an account others with `templates`.
import { graphError } from "./meta.mjs";

const one = (id, name, language, components, more = {}) => ({ id: String(400_000_000_000_000 + id), name, language, status: "APPROVED", category: "UTILITY", parameter_format: "POSITIONAL", components, ...more });
const body = (text, example) => ({ type: "BODY", text, ...(example && { example: { body_text: [example] } }) });

export const TEMPLATES = [
  one(1, "hello_world", "en_US", [{ type: "HEADER", format: "TEXT", text: "Hello World" }, body("Welcome and congratulations!! This message demonstrates your ability to send a message notification."), { type: "FOOTER", text: "WhatsApp Business Platform sample message" }]),
  one(2, "retomar_conversa", "pt_BR", [body("Olá {{1}}, ainda podemos ajudar com o seu pedido?", ["Ana"])]),
  one(3, "retomar_conversa", "en", [body("Hi {{1}}, can we still help with your order?", ["Ana"])]),
  one(4, "pedido_enviado", "pt_BR", [
    { type: "HEADER", format: "IMAGE", example: { header_handle: ["https://example.com/foto.jpg"] } },
    body("{{1}}, seu pedido {{2}} saiu para entrega.", ["Ana", "12345"]),
    { type: "FOOTER", text: "Loja de teste" },
    { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Falar com alguém" }, { type: "URL", text: "Acompanhar", url: "https://example.com/p/{{1}}", example: ["https://example.com/p/12345"] }] },
  ]),
  one(5, "lembrete_nomeado", "pt_BR", [
    { type: "HEADER", format: "TEXT", text: "Lembrete para {{cliente}}", example: { header_text_named_params: [{ param_name: "cliente", example: "Ana" }] } },
    { type: "BODY", text: "Sua visita é {{dia}} às {{hora}}.", example: { body_text_named_params: [{ param_name: "dia", example: "sexta" }, { param_name: "hora", example: "14h" }] } },
  ], { parameter_format: "NAMED" }),
  one(6, "boleto", "pt_BR", [{ type: "HEADER", format: "DOCUMENT", example: { header_handle: ["https://example.com/boleto.pdf"] } }, body("Segue o boleto de {{1}}.", ["março"])]),
  one(7, "cupom", "pt_BR", [body("Use o cupom até {{1}}.", ["domingo"]), { type: "BUTTONS", buttons: [{ type: "COPY_CODE", text: "Copiar código", example: ["VALE10"] }] }], { category: "MARKETING" }),
  one(8, "em_analise", "pt_BR", [body("Este modelo ainda não foi aprovado.")], { status: "PENDING" }),
  one(9, "recusado", "pt_BR", [body("Este modelo foi recusado.")], { status: "REJECTED", category: "MARKETING" }),
  one(10, "pausado", "pt_BR", [body("Este modelo está pausado.")], { status: "PAUSED", category: "MARKETING" }),
];

const holes = (text) => [...new Set([...String(text ?? "").matchAll(/\{\{\s*([\w]+)\s*\}\}/g)].map((found) => found[1]))];

/** Finds the template a send names and judges its parameters; answers its text filled in and the media to fetch. */
export function checkTemplate(templates, sent) {
  const named = templates.filter((template) => template.name === sent.name);
  const template = named.find((candidate) => candidate.language === sent.language?.code);
  if (!template || template.status === "PENDING" || template.status === "REJECTED") throw graphError(132001, { details: `template name (${sent.name}) does not exist in ${sent.language?.code}` });
  if (template.status === "PAUSED") throw graphError(132015);
  if (template.status === "DISABLED") throw graphError(132016);
  const given = (type) => (sent.components ?? []).find((component) => component.type?.toLowerCase() === type);
  const media = [];
  let text = "";
  for (const component of template.components) {
    if (component.type === "HEADER" && component.format !== "TEXT") media.push(...headerMedia(component, given("header")));
    else if (component.type === "HEADER") fill(template, component.text, given("header"), "header");
    else if (component.type === "BODY") text = fill(template, component.text, given("body"), "body");
    else if (component.type === "BUTTONS") checkButtons(component.buttons, sent.components ?? []);
  }
  return { template, text, media };
}

function fill(template, text, component, where) {
  const wanted = holes(text);
  const params = component?.parameters ?? [];
  if (params.length !== wanted.length) throw graphError(132000, { details: `${where}: number of localizable_params (${params.length}) does not match the expected number of params (${wanted.length})` });
  params.forEach((param, at) => {
    if (param.type !== "text" && !["currency", "date_time"].includes(param.type)) throw graphError(132012, { details: `${where}: Format mismatch, expected TEXT, received ${String(param.type).toUpperCase()}` });
    if (typeof param.text !== "string" || param.text === "") throw graphError(131008, { details: `${where}: parameter ${at} has no text` });
    if (/[\n\t]| {4,}/.test(param.text)) throw graphError(132018, { details: "Param text cannot have new-line/tab characters or more than 4 consecutive spaces" });
    if (template.parameter_format === "NAMED" && !wanted.includes(param.parameter_name)) throw graphError(132000, { details: `${where}: parameter_name ${param.parameter_name} is not in the template` });
  });
  const value = (hole, at) => (template.parameter_format === "NAMED" ? params.find((param) => param.parameter_name === hole) : params[at])?.text ?? "";
  return wanted.reduce((filled, hole, at) => filled.replaceAll(new RegExp(`\\{\\{\\s*${hole}\\s*\\}\\}`, "g"), () => value(hole, at)), text);
}

function headerMedia(component, given) {
  const kind = component.format.toLowerCase();
  const param = given?.parameters?.[0];
  if (param?.type !== kind) throw graphError(132012, { details: `header: Format mismatch, expected ${component.format}, received ${param?.type?.toUpperCase() ?? "UNKNOWN"}` });
  return kind === "location" ? [] : [[kind, param[kind] ?? {}]];
}

function checkButtons(buttons, components) {
  buttons.forEach((button, index) => {
    const given = components.find((component) => component.type?.toLowerCase() === "button" && String(component.index) === String(index));
    if (button.type === "URL" && holes(button.url).length && !given?.parameters?.[0]?.text) throw graphError(131008, { details: `buttons: Button at index ${index} of type Url requires a parameter` });
    if (button.type === "COPY_CODE" && !given?.parameters?.[0]?.coupon_code) throw graphError(131008, { details: `buttons: Button at index ${index} of type CopyCode requires a parameter` });
    if (given && button.type === "QUICK_REPLY" && given.sub_type?.toLowerCase() !== "quick_reply") throw graphError(132012, { details: `buttons: sub_type of index ${index} must be quick_reply` });
  });
}
