// The Content templates a sandbox Twilio account has, with their WhatsApp approvals.
// Creating and submitting them is not played.
const one = (number, name, language, type, about, variables = {}, status = "approved") => ({
  sid: `HX${String(number).padStart(32, "0")}`, friendly_name: name, language, variables, types: { [type]: about }, date_created: "2026-01-10T12:00:00Z", date_updated: "2026-01-10T12:00:00Z", links: {},
  approval_requests: { name, status, category: "UTILITY", content_type: type, rejection_reason: status === "rejected" ? "INVALID_FORMAT" : "", allow_category_change: true },
});

export const CONTENTS = [
  one(1, "retomar_conversa", "pt_BR", "twilio/text", { body: "Olá {{1}}, ainda podemos ajudar com o seu pedido?" }, { 1: "Ana" }),
  one(2, "pedido_enviado", "pt_BR", "twilio/media", { body: "{{1}}, seu pedido saiu para entrega.", media: ["https://example.com/{{2}}.jpg"] }, { 1: "Ana", 2: "foto" }),
  one(3, "confirmar_visita", "pt_BR", "twilio/quick-reply", { body: "Podemos confirmar a visita de {{1}}?", actions: [{ id: "sim", title: "Sim" }, { id: "nao", title: "Não" }] }, { 1: "sexta" }),
  one(4, "acompanhar", "pt_BR", "twilio/call-to-action", { body: "Acompanhe o pedido {{1}}.", actions: [{ type: "URL", title: "Acompanhar", url: "https://example.com/p/{{1}}" }] }, { 1: "12345" }),
  one(5, "em_analise", "pt_BR", "twilio/text", { body: "Este modelo ainda não foi aprovado." }, {}, "pending"),
  one(6, "recusado", "pt_BR", "twilio/text", { body: "Este modelo foi recusado." }, {}, "rejected"),
];
