// npm @productdevbook/chatwoot (its Vue plugin) and @chatwoot/react-native-widget (the scripts and messages of its WebView), unmodified, in
// Chromium against a running server. The app's side is played by what the widget's own modules generate and read.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execSync } from "node:child_process";
import { chromium } from "@playwright/test";
import { settings } from "./record.mjs";

const { base, token, account, modules } = settings();
const folder = (name) => join(modules, "node_modules", name);
const post = async (path, body) => {
  const answer = await fetch(`${base}/api/v1/accounts/${account}${path}`, { method: "POST", headers: { api_access_token: token, "content-type": "application/json" }, body: JSON.stringify(body) });
  return answer.json();
};
const get = async (path) => (await fetch(`${base}/api/v1/accounts/${account}${path}`, { headers: { api_access_token: token } })).json();
const inbox = await post("/inboxes", { name: "Navegador", channel: { type: "web_widget", website_url: "https://loja.example" } });
await post("/labels", { title: "vip", color: "#123456", show_on_sidebar: true });
let failed = 0;
const check = (what, fine, more = "") => {
  failed += fine ? 0 : 1;
  console.log(`${fine ? "ok  " : "FAIL"} ${what}${fine ? "" : " " + JSON.stringify(more)}`);
};
const until = async (look, wanted = (value) => value, patience = 15_000) => {
  const end = Date.now() + patience;
  let value;
  do {
    value = await Promise.resolve(look()).catch((error) => String(error));
    if (wanted(value)) return value;
    await new Promise((done) => setTimeout(done, 200));
  } while (Date.now() < end);
  return value;
};

const onPath = (name) => {
  try {
    return execSync(`command -v ${name}`, { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
};
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? onPath("chromium") ?? onPath("chromium-browser") ?? onPath("google-chrome") });

// ---- the Vue plugin, from its own files, on a page of another origin
const files = {
  "/vue.js": join(folder("vue"), "dist/vue.esm-browser.prod.js"),
  "/defu.js": join(folder("defu"), "dist/defu.mjs"),
  "/plugin/vue.js": join(folder("@productdevbook/chatwoot"), "dist/runtime/vue/vue.js"),
  "/plugin/index.js": join(folder("@productdevbook/chatwoot"), "dist/runtime/vue/index.js"),
};
const page = `<!doctype html><html lang="en"><head><script type="importmap">{"imports":{"vue":"/vue.js","defu":"/defu.js"}}</script></head><body><div id="app"></div>
<script type="module">
  import { createApp, h } from "vue";
  import { createChatWoot, useChatWoot } from "/plugin/index.js";
  window.told = [];
  for (const name of ["ready", "opened", "closed", "error", "on-message", "on-start-conversation"]) addEventListener("chatwoot:" + name, (event) => told.push([name, event.detail]));
  createApp({ setup() { window.woot = useChatWoot(); return () => h("p", String(woot.isModalVisible.value)); } })
    .use(createChatWoot({ init: { websiteToken: "${inbox.website_token}", baseUrl: "${base}" }, settings: { locale: "en", position: "left", launcherTitle: "Hello" } }))
    .mount("#app");
</script></body></html>`;
const site = createServer((request, response) => {
  const path = files[new URL(request.url, "http://here").pathname];
  response.setHeader("content-type", path ? "text/javascript" : "text/html; charset=utf-8");
  response.end(path ? readFileSync(path) : page);
});
await new Promise((done) => site.listen(0, "127.0.0.1", done));
{
  const context = await browser.newContext({ locale: "en-US" });
  const tab = await context.newPage();
  await tab.goto(`http://localhost:${site.address().port}/`);
  const told = () => tab.evaluate(() => window.told.map(([name]) => name));
  check("productdevbook: ready", (await until(told, (names) => names.includes?.("ready"))).includes("ready"), await told());
  check("productdevbook: the launcher has its title", (await tab.getByRole("button", { name: "Open chat" }).textContent()).includes("Hello"));
  await tab.evaluate(() => {
    woot.setCustomAttributes({ plan: "gold" });
    woot.setConversationCustomAttributes({ order: "7" });
    woot.setLabel("vip");
    woot.setUser("u-1", { name: "Rui", email: "rui.browser@example.com" });
    woot.toggle("open");
  });
  const chat = tab.frameLocator('iframe[title="Chat"]');
  await chat.getByRole("textbox", { name: "Type your message" }).fill("Hello from Vue");
  await chat.getByRole("button", { name: "Send", exact: true }).click();
  const names = await until(told, (all) => all.includes?.("on-message"));
  check("productdevbook: opened, on-message", names.includes("opened") && names.includes("on-message"), names);
  check("productdevbook: on-start-conversation", names.includes("on-start-conversation"), names);
  check("productdevbook: it sees that the chat is open", await until(() => tab.evaluate(() => woot.isModalVisible.value)));
  const find = async () => (await get(`/conversations?inbox_id=${inbox.id}&status=all`)).data.payload.find((one) => one.last_non_activity_message.content.includes("Hello from Vue"));
  const talk = await until(find, (one) => one?.labels?.includes("vip"));
  check("productdevbook: the label stands on the conversation", talk?.labels?.includes("vip"), talk?.labels);
  check("productdevbook: so does its attribute", talk?.custom_attributes?.order === "7", talk?.custom_attributes);
  check("productdevbook: the contact has name and attribute", talk?.meta.sender.name === "Rui" && talk?.meta.sender.custom_attributes.plan === "gold", talk?.meta.sender);
  await post(`/conversations/${talk.id}/messages`, { content: "Hello back", message_type: "outgoing" });
  await chat.getByText("Hello back").waitFor();
  const last = await until(() => tab.evaluate(() => window.told.filter(([name]) => name === "on-message").at(-1)[1]), (one) => one?.content === "Hello back");
  check("productdevbook: an agent's message is told", last?.content === "Hello back" && last.message_type === 1, last);
  await tab.evaluate(() => woot.toggle("close"));
  check("productdevbook: closed", (await until(told, (all) => all.includes?.("closed"))).includes("closed"));
  await tab.evaluate(() => woot.reset());
  check("productdevbook: reset leaves no key behind", (await until(() => tab.evaluate(() => document.cookie), (left) => left === "")) === "");
  await context.close();
}

// ---- the React Native widget: its utils generate the injected script and read the messages
const utils = readFileSync(join(folder("@chatwoot/react-native-widget"), "src/utils.js"), "utf8");
const constants = readFileSync(join(folder("@chatwoot/react-native-widget"), "src/constants.js"), "utf8");
const source = constants + utils.replace(/import AsyncStorage[^;]*;/, "const AsyncStorage = { getItem() {}, setItem() {} };").replace(/import \{[\s\S]*?\} from '\.\/constants';/, "");
const { generateScripts, getMessage, isJsonString } = await import("data:text/javascript," + encodeURIComponent(source));
const webview = async (cookie = "") => {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const tab = await context.newPage();
  const heard = [];
  await tab.exposeFunction("toApp", (data) => heard.push(data));
  await tab.addInitScript(() => {
    if (top === window) window.ReactNativeWebView = { postMessage: (data) => window.toApp(data) };
  });
  await tab.goto(`${base}/widget?website_token=${inbox.website_token}&locale=en${cookie ? `&cw_conversation=${cookie}` : ""}`);
  await tab.evaluate(generateScripts({ user: { identifier: "rn-1", name: "Lia", email: "lia.browser@example.com" }, locale: "en", customAttributes: { app: "1.2" }, colorScheme: "dark" }));
  const read = () => heard.map(getMessage).filter(isJsonString).map((text) => JSON.parse(text));
  return { context, tab, read, chat: tab.frameLocator('iframe[title="Chat"]') };
};
{
  const app = await webview();
  await app.chat.getByRole("textbox", { name: "Type your message" }).fill("Hello from the app");
  check("react-native: the chat stands in dark", (await until(() => app.chat.locator("html").getAttribute("data-scheme"), (word) => word === "dark")) === "dark");
  await app.chat.getByRole("button", { name: "Send", exact: true }).click();
  const key = await until(() => app.read().filter((one) => one.event === "loaded").at(-1)?.config.authToken, (text) => text?.length > 20);
  check("react-native: `loaded` gives the key", key?.length > 20, app.read());
  const find = async () => (await get(`/conversations?inbox_id=${inbox.id}&status=all`)).data.payload.find((one) => one.last_non_activity_message.content.includes("Hello from the app"));
  const talk = await until(find, (one) => one?.meta.sender.custom_attributes.app === "1.2");
  check("react-native: user and attributes arrive", talk?.meta.sender.name === "Lia" && talk?.meta.sender.custom_attributes.app === "1.2", talk?.meta.sender);
  await app.chat.getByRole("textbox", { name: "Type your message" }).press("Escape");
  check("react-native: closing tells the app", (await until(() => app.read().some((one) => one.type === "close-widget"))) === true, app.read());
  const again = await webview(key);
  await again.chat.getByText("Hello from the app").waitFor({ timeout: 15_000 }).catch(() => {});
  check("react-native: the key finds the conversation again", (await again.chat.getByText("Hello from the app").count()) === 1);
  check("react-native: the key does not stay in the address", !again.tab.url().includes(key), again.tab.url());
  await app.context.close();
  await again.context.close();
}
await browser.close();
site.close();
process.exitCode = failed ? 1 : 0;
