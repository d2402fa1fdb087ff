// The names other desks' snippets use (chatwootSDK.run, chatwootSettings, $chatwoot, chatwoot:… events), over Recado's own loader.
// It draws nothing and stores nothing by itself; a site that moves here changes one address.
(() => {
  "use strict";
  if (window.chatwootSDK) return;
  const own = document.currentScript;
  const tell = (name, detail) => dispatchEvent(new CustomEvent("chatwoot:" + name, { detail }));
  // Before the loader has run this is a plain list, afterwards its own `push`: both take the same calls.
  const ask = (...call) => (window.recado ||= []).push(call);
  const need = (given, why) => {
    if (!given) throw new Error("$chatwoot: " + why);
  };
  const some = (given) => given && typeof given == "object" && Object.keys(given).length;
  const one = (key, value) => ({ [key]: value });

  const run = ({ websiteToken, baseUrl } = {}) => {
    if (window.$chatwoot) return;
    const base = (baseUrl || new URL("../..", own?.src || location.href).href).replace(/\/+$/, "");
    const given = window.chatwootSettings || {};
    const locale = given.locale || (given.useBrowserLanguage ? navigator.language : undefined);
    const storage = "recado_visitor_" + websiteToken;
    let holder, popup, coded;

    // Whoever wrote before has a key in the site's own storage; the window that pops out is given a code for it, good once. Where none is
    // to be had it is handed the key itself, from window to window.
    const key = () => {
      try {
        const cookie = document.cookie.split("; ").find((part) => part.startsWith(storage + "="));
        return cookie ? decodeURIComponent(cookie.slice(storage.length + 1)) : localStorage.getItem(storage);
      } catch {
        return null;
      }
    };

    const $ = (window.$chatwoot = {
      baseUrl: base,
      websiteToken,
      hasLoaded: false,
      isOpen: false,
      hideMessageBubble: !!given.hideMessageBubble,
      position: given.position == "left" ? "left" : "right",
      locale,
      useBrowserLanguage: !!given.useBrowserLanguage,
      type: given.type || "standard",
      launcherTitle: given.launcherTitle || "",
      showPopoutButton: !!given.showPopoutButton,
      showUnreadMessagesDialog: given.showUnreadMessagesDialog !== false,
      widgetStyle: given.widgetStyle || "standard",
      darkMode: given.darkMode || "light",
      baseDomain: given.baseDomain,
      resetTriggered: false,

      toggle(wanted) {
        ask(wanted == "open" ? "open" : wanted == "close" ? "close" : "toggle");
      },
      toggleBubbleVisibility(wanted) {
        $.hideMessageBubble = wanted == "hide" || (wanted != "show" && !$.hideMessageBubble);
        ask("set", { hideLauncher: $.hideMessageBubble });
      },
      popoutChatWindow() {
        ask("close");
        if (popup && !popup.closed) return popup.focus();
        const language = $.locale ? "&locale=" + encodeURIComponent($.locale) : "";
        const address = `${base}/widget?website_token=${encodeURIComponent(websiteToken)}${language}`;
        const token = key();
        coded = false;
        // A window opens only while the click lasts: it waits empty for its code, which stands where no server reads it.
        popup = open(token ? "" : address, "webwidget_session_" + websiteToken, "resizable=off,width=400,height=600");
        if (!token || !popup) return;
        const go = ({ code } = {}) => {
          coded = !!code;
          popup.location = code ? address + "#" + code : address;
        };
        fetch(base + "/widget/v1/code", { method: "POST", body: JSON.stringify({ inbox: websiteToken, token }), credentials: "omit" })
          .then((answer) => (answer.ok ? answer.json() : {}))
          .then(go, () => go());
      },
      setUser(identifier, user) {
        need(typeof identifier == "string" || typeof identifier == "number", "setUser wants a text or a number to know the person by");
        need(user && (user.name || user.email || user.avatar_url), "setUser wants a name, an email or an avatar_url");
        $.identifier = identifier;
        $.user = user;
        const { name, email, phone_number, identifier_hash, custom_attributes, social_profiles, avatar_url, ...rest } = user;
        const attributes = {};
        for (const [part, value] of Object.entries({ ...rest, ...social_profiles, ...custom_attributes })) {
          attributes[part] = value && typeof value == "object" ? JSON.stringify(value) : value;
        }
        ask("setUser", identifier, { name, email, phone_number, identifier_hash, attributes });
      },
      setCustomAttributes(attributes) {
        need(some(attributes), "setCustomAttributes wants at least one attribute");
        ask("about", { contact: attributes });
      },
      deleteCustomAttribute(name) {
        need(name, "deleteCustomAttribute wants a name");
        ask("about", { contact: one(name, null) });
      },
      setConversationCustomAttributes(attributes) {
        need(some(attributes), "setConversationCustomAttributes wants at least one attribute");
        ask("about", { conversation: attributes });
      },
      deleteConversationCustomAttribute(name) {
        need(name, "deleteConversationCustomAttribute wants a name");
        ask("about", { conversation: one(name, null) });
      },
      setLabel: (title = "") => ask("about", { labels: one(title, true) }),
      removeLabel: (title = "") => ask("about", { labels: one(title, false) }),
      setLocale(wanted = "en") {
        $.locale = wanted;
        ask("setLocale", wanted);
      },
      setColorScheme(wanted = "light") {
        $.darkMode = wanted;
        ask("setColorScheme", wanted);
      },
      reset() {
        $.resetTriggered = true;
        popup?.close();
        $.identifier = $.user = undefined;
        ask("reset");
      },
    });

    const hear = (name, heard) => addEventListener("recado:" + name, ({ detail }) => heard(detail));
    const stand = (on) => {
      $.isOpen = on;
      holder?.classList.toggle("woot--hide", !on);
    };
    hear("drawn", () => {
      // What other people's code looks for: the holder's class says whether the chat is open, the bubble can be clicked.
      holder = document.querySelector("recado-chat");
      holder.classList.add("woot-widget-holder");
      stand($.isOpen);
      const bubble = document.createElement("button");
      bubble.className = "woot-widget-bubble";
      bubble.onclick = () => ask("toggle");
      holder.append(bubble); // without a slot it is never drawn
      const launcher = holder.shadowRoot.querySelector(".launcher");
      const sheet = new CSSStyleSheet();
      if ($.type == "expanded_bubble" && $.launcherTitle) {
        const title = document.createElement("span");
        title.textContent = $.launcherTitle;
        title.className = "title";
        launcher.append(title);
        sheet.replaceSync(
          ".launcher[aria-expanded=false]{display:flex;gap:10px;align-items:center;width:auto;padding:0 20px;border-radius:28px}.title{font-weight:600}.launcher[aria-expanded=true] .title{display:none}.launcher[hidden]{display:none}",
        );
      }
      if ($.showPopoutButton) {
        const pop = document.createElement("button");
        const portuguese = /^pt/i.test($.locale || document.documentElement.lang || navigator.language);
        pop.type = "button";
        pop.className = "pop";
        pop.title = portuguese ? "Abrir em outra janela" : "Open in another window";
        pop.setAttribute("aria-label", pop.title);
        pop.append(launcher.querySelector("svg").cloneNode());
        const line = pop.firstChild.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
        line.setAttribute("d", "M15 4h5v5m0-5-9 9m7 1v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5");
        pop.onclick = () => $.popoutChatWindow();
        launcher.after(pop);
        // Beside the launcher while the chat is open, over nothing of the chat's own; a phone's screen is a window already.
        sheet.insertRule(
          ".pop{position:fixed;right:calc(var(--x) + 68px);bottom:calc(var(--y) + 6px);width:44px;height:44px;border-radius:50%;background:var(--fill);color:var(--ink);box-shadow:0 2px 12px #0004}",
        );
        sheet.insertRule(":host([data-side=left]) .pop{right:auto;left:calc(var(--x) + 68px)}", 1);
        sheet.insertRule(".pop svg{width:20px}", 2);
        sheet.insertRule(".launcher[aria-expanded=false]~.pop{display:none}", 3);
        sheet.insertRule("@media(max-width:666px){.pop{display:none}}", 4);
      }
      if ($.widgetStyle == "flat") sheet.insertRule(".launcher,#panel{box-shadow:none}");
      holder.shadowRoot.adoptedStyleSheets.push(sheet);
      $.hasLoaded = true;
      tell("ready");
    });
    hear("opened", () => {
      stand(true);
      tell("opened");
    });
    hear("closed", () => {
      stand(false);
      tell("closed");
    });
    hear("message", ({ from, id, text, author, first }) => {
      const mine = from == "visitor";
      if (first) tell("on-start-conversation", { hasConversation: false });
      tell("on-message", {
        id,
        content: text,
        content_type: "text",
        content_attributes: {},
        message_type: mine ? 0 : 1,
        sender_type: mine ? "Contact" : "User",
        sender: mine ? { type: "contact" } : { type: "user", name: author, available_name: author },
        created_at: Math.floor(Date.now() / 1000),
      });
    });
    hear("unread", ({ count }) => tell("on-unread-message-count-changed", { unreadMessageCount: count, count }));
    hear("postback", (detail) => tell("postback", detail));
    hear("error", (detail) => tell("error", detail));
    addEventListener("message", ({ source, origin, data }) => {
      if (!popup || source !== popup || origin !== new URL(base).origin || data?.recado !== 1 || data.type != "popped") return;
      const { identifier, user, locale, darkMode: scheme } = $;
      popup.postMessage({ recado: 1, type: "given", token: coded ? null : key(), identifier, user, locale, scheme }, origin);
    });

    window.recadoSettings = {
      position: $.position,
      locale,
      colorScheme: $.darkMode,
      hideLauncher: $.hideMessageBubble,
      showPreview: $.showUnreadMessagesDialog,
      baseDomain: $.baseDomain,
      ...window.recadoSettings,
      token: websiteToken,
    };
    const script = document.createElement("script");
    script.src = base + "/embed/recado.js";
    script.async = true;
    script.dataset.token = websiteToken;
    if (own?.nonce) script.nonce = own.nonce;
    script.onerror = () => tell("error", { reason: "loader" });
    document.head.append(script);
  };

  window.chatwootSDK = { run };
})();
