// The chat as a page of its own, for the WebViews of apps and the window that pops out. Around the same frame it speaks the language
// those apps know: texts that begin with "chatwoot-widget:". It draws nothing but the frame.
(() => {
  "use strict";
  const PREFIX = "chatwoot-widget:";
  const base = new URL("..", document.currentScript.src).href;
  const query = new URLSearchParams(location.search);
  const inbox = query.get("website_token") || "";
  const app = window.ReactNativeWebView;
  const framed = parent !== window;
  let token = query.get("cw_conversation") || null;
  let locale = (query.get("locale") || document.documentElement.lang).replace("_", "-");
  let user, scheme, page, ready, waiting, code;
  const told = [];
  // Apps of before put the key in the address: it goes no further than here.
  if (token) {
    query.delete("cw_conversation");
    history.replaceState(history.state, "", "?" + query + location.hash);
  }

  // The window that popped out changes its code for the key, once; whoever reads its address later reads nothing.
  const POPPED = "recado_popped_" + inbox;
  // Its own memory is the window's: a reload keeps it, and it goes when the window does.
  const remember = (given) => {
    try {
      given ? sessionStorage.setItem(POPPED, given) : sessionStorage.removeItem(POPPED);
    } catch {}
  };
  try {
    token ||= sessionStorage.getItem(POPPED);
  } catch {}
  const CODE = /^#[\w-]{65}$/;
  addEventListener("hashchange", () => CODE.test(location.hash) && location.reload());
  if (CODE.test(location.hash)) {
    const spent = location.hash.slice(1);
    history.replaceState(history.state, "", "?" + query);
    const asked = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ inbox, code: spent }) };
    code = fetch(base + "widget/v1/popped", asked)
      .then((answer) => answer.json())
      .then((given) => remember((token = given.token || token)))
      .catch(() => {});
  }

  // ---- what is said outwards. A page around hears the key only by its own origin's name.
  const ancestor = location.ancestorOrigins?.[0] || (document.referrer && new URL(document.referrer).origin);
  let around = framed && ancestor && ancestor != "null" ? ancestor : null;
  const out = (said) => {
    const text = PREFIX + JSON.stringify(said);
    app?.postMessage(text);
    if (framed && around) parent.postMessage(text, around);
  };
  const loaded = () => out({ event: "loaded", config: { authToken: token || "", channelConfig: { websiteToken: inbox } } });

  // ---- the frame, on our own origin
  const frame = document.createElement("iframe");
  frame.title = "Chat";
  frame.allow = "clipboard-write; microphone; fullscreen";
  frame.src = `${base}widget/frame?inbox=${encodeURIComponent(inbox)}&locale=${encodeURIComponent(locale)}`;
  Object.assign(frame.style, { position: "fixed", inset: "0", width: "100%", height: "100%", border: "0" });
  const say = (type, rest) => ready && frame.contentWindow.postMessage({ recado: 1, type, ...rest }, location.origin);
  const about = (said) => (ready ? say("about", { about: said }) : told.push(said));
  const begin = async () => {
    waiting = clearTimeout(waiting);
    await code;
    if (ready) return;
    ready = true;
    say("hello", { token, user, page, locale, scheme, mobile: !!app || matchMedia("(pointer: coarse)").matches });
    for (const said of told.splice(0)) say("about", { about: said });
    say("open");
    loaded();
  };
  const EVENTS = { message: "on-message", opened: "opened", closed: "closed", postback: "postback" };
  const heard = {
    // The window that popped out asks its opener who this is, and waits a moment for the answer.
    ready() {
      if (!opener || app) return begin();
      opener.postMessage({ recado: 1, type: "popped" }, "*");
      waiting = setTimeout(begin, 500);
    },
    token(said) {
      token = said.token || null;
      if (code || opener) remember(token);
      loaded();
    },
    unread: ({ count }) => out({ event: "handleNotificationDot", unreadMessageCount: +count || 0 }),
    close() {
      out({ event: "closeWindow", type: "close-widget" });
      if (opener && !framed && !app) close();
    },
    event({ name, detail }) {
      if (name == "error") return out({ event: "error", errorType: detail?.reason, data: detail });
      let data = detail;
      if (name == "message") {
        const mine = detail.from == "visitor";
        data = { id: detail.id, content: detail.text, message_type: mine ? 0 : 1, sender: { name: detail.author, type: mine ? "contact" : "user" } };
      }
      if (EVENTS[name]) out({ event: "onEvent", eventIdentifier: "chatwoot:" + EVENTS[name], data });
    },
    link: ({ url }) => /^(https?:|mailto:|tel:)/i.test(url) && open(url, "_blank", "noopener"),
    sound: () => out({ event: "playAudio" }),
  };

  // ---- what is said inwards, in the apps' words
  const name = (identifier, given) => {
    if (!["string", "number"].includes(typeof identifier) || identifier === "") return;
    const { name, email, phone_number: phone, identifier_hash: hash, custom_attributes, social_profiles, avatar_url, identifier: _, ...rest } = given || {};
    const attributes = { ...rest, ...social_profiles, ...custom_attributes };
    user = { identifier: String(identifier), hash, name, email, phone, attributes };
    say("set-user", user);
  };
  const speak = (wanted) => {
    if (!wanted) return;
    locale = String(wanted).replace("_", "-");
    say("set-locale", { locale });
  };
  const light = (wanted) => {
    if (!wanted) return;
    scheme = wanted;
    say("set-scheme", { scheme });
  };
  const some = (given) => given && typeof given == "object" && Object.keys(given).length > 0;
  const obey = {
    "config-set"(said) {
      speak(said.locale);
      light(said.darkMode);
    },
    "set-user": (said) => name(said.identifier ?? said.user?.identifier, said.user),
    "set-custom-attributes": ({ customAttributes: given }) => some(given) && about({ contact: given }),
    "delete-custom-attribute": ({ customAttribute: key }) => key && about({ contact: { [key]: null } }),
    "set-conversation-custom-attributes": ({ customAttributes: given }) => some(given) && about({ conversation: given }),
    "delete-conversation-custom-attribute": ({ customAttribute: key }) => key && about({ conversation: { [key]: null } }),
    "set-label": ({ label }) => label && about({ labels: { [label]: true } }),
    "remove-label": ({ label }) => label && about({ labels: { [label]: false } }),
    "set-locale": ({ locale: wanted }) => speak(wanted),
    "set-color-scheme": ({ darkMode }) => light(darkMode),
    "toggle-open": ({ isOpen }) => say(isOpen === false ? "close" : "open"),
    "change-url"({ referrerURL: url }) {
      page = url;
      say("page", { url });
    },
  };
  addEventListener("message", ({ source, origin, data }) => {
    if (source === frame.contentWindow) {
      if (origin == location.origin && data?.recado === 1 && Object.hasOwn(heard, data.type)) heard[data.type](data);
    } else if (opener && source === opener && data?.recado === 1 && data.type == "given") {
      if (ready) return;
      token = data.token || token;
      name(data.identifier, data.user);
      speak(data.locale);
      light(data.scheme);
      begin();
    } else if (typeof data == "string" && data.startsWith(PREFIX) && (source === window || (framed && source === parent))) {
      if (source !== window && around && origin !== around) return;
      if (source !== window) around ||= origin;
      let said;
      try {
        said = JSON.parse(data.slice(PREFIX.length));
      } catch {
        return;
      }
      if (Object.hasOwn(obey, said?.event)) obey[said.event](said);
    }
  });
  document.body.append(frame);
})();
