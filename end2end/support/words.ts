// The words tests look for. Those other people's tools rely on are written out here and may not change;
// all others come from the product's own texts, so that a better wording breaks no test.
import { readFileSync } from "node:fs";

export type Language = "pt-BR" | "en";

const FIXED = {
  "pt-BR": {
    accountName: "Nome da conta",
    yourName: "Seu nome",
    email: "E-mail",
    password: "Senha",
    createAccount: "Criar conta",
    signIn: "Entrar",
    conversations: "Conversas",
    contacts: "Contatos",
    settings: "Configurações",
    inboxes: "Caixas de entrada",
    addInbox: "Adicionar caixa de entrada",
    website: "Site",
    websiteName: "Nome do site",
    websiteDomain: "Domínio do site",
    createInbox: "Criar caixa de entrada",
    addAgents: "Adicionar agentes",
    copy: "Copiar",
    openTestPage: "Abrir página de teste",
    reply: "Responder",
    send: "Enviar",
    resolve: "Resolver",
    reopen: "Reabrir",
    openChat: "Abrir chat",
    typeYourMessage: "Escreva sua mensagem",
    mine: "Minhas",
    unassigned: "Não atribuídas",
    all: "Todos",
  },
  en: {
    accountName: "Account name",
    yourName: "Your name",
    email: "Email",
    password: "Password",
    createAccount: "Create account",
    signIn: "Sign in",
    conversations: "Conversations",
    contacts: "Contacts",
    settings: "Settings",
    inboxes: "Inboxes",
    addInbox: "Add inbox",
    website: "Website",
    websiteName: "Website name",
    websiteDomain: "Website domain",
    createInbox: "Create inbox",
    addAgents: "Add agents",
    copy: "Copy",
    openTestPage: "Open test page",
    reply: "Reply",
    send: "Send",
    resolve: "Resolve",
    reopen: "Reopen",
    openChat: "Open chat",
    typeYourMessage: "Type your message",
    mine: "Mine",
    unassigned: "Unassigned",
    all: "All",
  },
};

export type Words = (typeof FIXED)["en"] & {
  /** A text of the product by its path in app/locales, such as `congrats.title`. */
  text(path: string, values?: Record<string, string>): string;
  /** The same, whatever stands for its placeholders. */
  pattern(path: string): RegExp;
};

/** Names that begin so: labels may go on with a count. */
export const begins = (words: string) => new RegExp(`^${escape(words)}`);

export function words(language: Language): Words {
  const texts = JSON.parse(readFileSync(new URL(`../../app/locales/${language}.json`, import.meta.url), "utf8"));
  const find = (path: string): string => {
    const found = path.split(".").reduce((node, part) => node?.[part], texts);
    if (typeof found !== "string") throw new Error(`${language} has no text ${path}`);
    return found;
  };
  return {
    ...FIXED[language],
    text: (path, values = {}) => find(path).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole),
    pattern: (path) => new RegExp(find(path).split(/\{\w+\}/).map(escape).join(".*")),
  };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
