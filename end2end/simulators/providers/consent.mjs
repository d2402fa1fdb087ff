// The page on which a person lets an app act for an account, at Meta, Instagram and X.
// It grants and refuses; exchanging the code is the provider's.
import { Refusal, text } from "../kernel/http.mjs";

const escape = (value) => String(value ?? "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Shows the question, or with `decision` in the address redirects with a code or an error. */
export function consent(call, { brand, who, client, tail = "", grant }) {
  const ask = (name) => call.query.get(name);
  if (ask("client_id") !== client) throw new Refusal(400, `${brand}: unknown client_id`);
  let back;
  try {
    back = new URL(ask("redirect_uri"));
  } catch {
    throw new Refusal(400, `${brand}: redirect_uri is not an address`);
  }
  if (ask("response_type") && ask("response_type") !== "code") throw new Refusal(400, `${brand}: response_type must be code`);
  const decision = ask("decision");
  if (decision) {
    if (decision === "allow") back.searchParams.set("code", grant(ask("redirect_uri"), call.query));
    else for (const [name, value] of [["error", "access_denied"], ["error_reason", "user_denied"]]) back.searchParams.set(name, value);
    if (ask("state") !== null) back.searchParams.set("state", ask("state"));
    return { status: 302, headers: { location: back.href + (decision === "allow" ? tail : "") }, body: Buffer.alloc(0) };
  }
  const to = (choice) => `?${new URLSearchParams([...call.query, ["decision", choice]])}`;
  const scopes = (ask("scope") ?? "").split(/[ ,]+/).filter(Boolean);
  return text(200, `<!doctype html><html lang="pt-BR"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(brand)} · simulador</title>
<link rel="stylesheet" href="/page/page.css"><main class="consent"><h1>${escape(brand)} <small>simulador</small></h1>
<p>Entrar como <strong>${escape(who)}</strong> e permitir:</p><ul>${scopes.map((scope) => `<li>${escape(scope)}</li>`).join("")}</ul>
<p><a class="primary" href="${escape(to("allow"))}">Permitir</a> <a href="${escape(to("deny"))}">Recusar</a></p></main></html>`, { "content-type": "text/html; charset=utf-8" });
}
