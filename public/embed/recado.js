// Recado's loader: draws the launcher, opens the chat's frame when somebody wants it, keeps the visitor's key.
// Works under script-src, frame-src and connect-src naming only this server. Nothing is stored before the chat says so.
(() => {
  "use strict";
  const early = window.recado;
  if (early && !Array.isArray(early)) return; // already running
  const script = document.currentScript || document.querySelector("script[data-token][src*='embed/recado.js']");
  const settings = { ...script?.dataset, ...window.recadoSettings };
  const inbox = settings.token;
  if (!script || !inbox) return console.error("Recado: data-token is missing");

  const base = new URL("..", script.src).href;
  const origin = new URL(base).origin;
  const root = document.documentElement;
  const key = "recado_visitor_" + inbox;
  const phone = matchMedia("(max-width: 666px)");
  const handlers = {};
  const undo = []; // what `destroy` calls
  const told = [];
  let locale, user, scheme = settings.colorScheme;
  let frame, ready, opened, unread = 0, page, restore, gone, fresh;

  const words = () =>
    /^pt/i.test(locale)
      ? { open: "Abrir chat", unread: (n) => n + (n == 1 ? " não lida" : " não lidas"), hide: "Dispensar" }
      : { open: "Open chat", unread: (n) => n + " unread", hide: "Dismiss" };

  const speak = (wanted) => {
    locale = (wanted || settings.locale || root.lang || navigator.language || "en").replace("_", "-");
  };

  const listen = (target, name, heard) => {
    target.addEventListener(name, heard);
    undo.push(() => target.removeEventListener(name, heard));
  };

  const emit = (name, detail) => {
    for (const handler of [...(handlers[name] || [])]) handler(detail);
    dispatchEvent(new CustomEvent("recado:" + name, { detail }));
  };

  // ---- the visitor's key: a cookie of the host's site, mirrored, since either may be blocked
  const load = () => {
    try {
      const cookie = document.cookie.split("; ").find((one) => one.startsWith(key + "="));
      return cookie ? decodeURIComponent(cookie.slice(key.length + 1)) : localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const keep = (token) => {
    const domain = settings.baseDomain ? "; Domain=" + settings.baseDomain : "";
    const secure = location.protocol == "https:" ? "; Secure" : "";
    try {
      document.cookie = `${key}=${encodeURIComponent(token || "")}; Path=/; Max-Age=${token ? 15552000 : 0}; SameSite=Lax${domain}${secure}`;
      token ? localStorage.setItem(key, token) : localStorage.removeItem(key);
    } catch {} // the frame keeps its own copy
  };
  // What was written and not sent; the frame's own storage may be refused.
  const kept = (text) => {
    try {
      if (text === undefined) return localStorage.getItem(key + "_kept");
      text ? localStorage.setItem(key + "_kept", text) : localStorage.removeItem(key + "_kept");
    } catch {}
  };

  // ---- what is drawn, in a shadow root and without one inline style
  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    node.append(...children);
    return node;
  };
  const picture = (path) => {
    const [svg, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };
  const count = make("span", { class: "count", "aria-hidden": "true" });
  const launcher = make(
    "button",
    { class: "launcher", type: "button", "aria-expanded": "false", "aria-controls": "panel" },
    picture("M21 12a8.5 8.5 0 0 1-12.3 7.6L3 21l1.4-5.7A8.5 8.5 0 1 1 21 12Z"),
    picture("m6 9 6 6 6-6"),
    count,
  );
  const panel = make("div", { id: "panel", role: "dialog", "aria-label": "Chat" });
  const preview = make("button", { class: "text", type: "button" });
  const dismiss = make("button", { type: "button" }, "×");
  const bubble = make("div", { class: "bubble" }, preview, dismiss);
  const host = make("recado-chat");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host{all:initial!important;position:fixed!important;inset:auto 0 0 auto!important;width:0!important;height:0!important;z-index:2147483000!important;color-scheme:light dark}
:host([data-scheme=light]){color-scheme:light}
:host([data-scheme=dark]){color-scheme:dark}
*{box-sizing:border-box;font:14px/1.4 system-ui,sans-serif}
.launcher,.bubble,#panel{position:fixed;right:var(--x);bottom:var(--y)}
:host([data-side=left]) :is(.launcher,.bubble,#panel){right:auto;left:var(--x);transform-origin:0 100%}
button{margin:0;padding:0;border:0;background:none;color:inherit;cursor:pointer}
button:focus-visible{outline:3px solid var(--fill);outline-offset:2px;box-shadow:0 0 0 2px #fff}
.launcher{width:56px;height:56px;border:1px solid transparent;border-radius:50%;background:var(--fill);color:var(--ink);box-shadow:0 2px 12px #0004;transition:transform .12s}
.launcher:hover{transform:scale(1.05)}
svg{display:block;width:26px;margin:auto;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.launcher[aria-expanded=false] svg+svg,.launcher[aria-expanded=true] svg:first-child,:empty:is(.count,.text),.bubble:has(.text:empty),[hidden]{display:none}
.count{position:absolute;top:-4px;right:-4px;min-width:22px;padding:0 6px;border:2px solid #fff;border-radius:11px;background:#c4231c;color:#fff;font-size:12px;font-weight:600;line-height:18px}
.bubble{bottom:calc(var(--y) + 68px);display:flex;max-width:280px;border-radius:14px;background:light-dark(#fff,#26252c);color:light-dark(#1d1b22,#f3f2f5);box-shadow:0 4px 20px #0003}
.text{padding:12px 0 12px 16px;text-align:start;overflow-wrap:anywhere}
.text+button{flex:none;width:44px;min-height:44px;font-size:18px}
#panel{bottom:calc(var(--y) + 68px);width:392px;height:min(640px,100dvh - var(--y) - 84px);overflow:hidden;border-radius:16px;background:light-dark(#fff,#1d1c22);box-shadow:0 8px 40px #0004;transform-origin:100% 100%;visibility:hidden;opacity:0;transform:scale(.96) translateY(8px);transition:.15s ease-out}
#panel[data-open]{visibility:visible;opacity:1;transform:none}
iframe{display:block;width:100%;height:100%;border:0}
@media(max-width:666px){#panel#panel#panel{inset:0;width:100%;height:100dvh;border-radius:0}.launcher[aria-expanded=true]{visibility:hidden}}
@media(prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{:host{display:none!important}}`);
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(panel, bubble, launcher);

  // White on the inbox's colour where that has 3:1, else ink.
  const paint = (colour) => {
    if (!/^#[0-9a-f]{6}$/i.test(colour)) colour = "#6d4aba";
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    host.style.setProperty("--fill", colour);
    host.style.setProperty("--ink", 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) >= 3 ? "#fff" : "#16141c");
  };
  const draw = () => {
    const text = words();
    count.textContent = unread > 99 ? "99+" : unread || "";
    launcher.setAttribute("aria-label", text.open + (unread ? ", " + text.unread(unread) : ""));
    launcher.setAttribute("aria-expanded", !!opened);
    launcher.hidden = ![undefined, false, "false"].includes(settings.hideLauncher);
    dismiss.setAttribute("aria-label", text.hide);
    panel.toggleAttribute("data-open", !!opened);
    panel.setAttribute("aria-modal", !!restore);
    host.dataset.scheme = scheme || "auto";
    if (opened || !unread) preview.textContent = "";
    if (!host.isConnected && !gone) root.append(host); // beside <body>, which some sites replace on every visit
  };

  // ---- the frame, and what is said to it: objects only, to and from our own origin only
  const say = (type, rest) => ready && frame.contentWindow.postMessage({ recado: 1, type, ...rest }, origin);
  const create = () => {
    if (frame) return;
    frame = make("iframe", {
      title: "Chat",
      allow: "clipboard-write; microphone; fullscreen",
      src: `${base}widget/frame?inbox=${encodeURIComponent(inbox)}&locale=${encodeURIComponent(locale)}`,
    });
    panel.append(frame);
    const mine = frame;
    setTimeout(() => mine == frame && !ready && emit("error", { reason: "frame" }), 15000);
  };
  const heard = {
    ready() {
      ready = true;
      page = location.href;
      say("hello", { token: load(), kept: kept(), user, page, locale, scheme, mobile: phone.matches, consent: settings.cookieConsent, reset: fresh });
      fresh = false;
      for (const about of told) say("about", { about });
      if (opened) say("open");
      emit("ready");
    },
    token: (message) => keep(message.token),
    keep: (message) => kept(message.value || null),
    unread(message) {
      unread = +message.count || 0;
      preview.textContent = (settings.showPreview !== false && message.preview) || "";
      draw();
      emit("unread", { count: unread });
    },
    close: () => close(true),
    event: (message) => emit(message.name, message.detail),
    link: (message) => /^(https?:|mailto:|tel:)/i.test(message.url) && open(message.url, "_blank", "noopener"),
    sound() {
      if (!navigator.userActivation?.hasBeenActive) return;
      const audio = new AudioContext();
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      tone.connect(volume).connect(audio.destination);
      tone.frequency.value = 880;
      volume.gain.setValueAtTime(0.08, 0);
      volume.gain.exponentialRampToValueAtTime(0.001, 0.3);
      tone.start();
      tone.stop(0.3);
      tone.onended = () => audio.close();
    },
  };
  listen(window, "message", ({ source, origin: from, data }) => {
    if (!frame || source !== frame.contentWindow || from !== origin || data?.recado !== 1) return;
    if (Object.hasOwn(heard, data.type)) heard[data.type](data);
  });

  // ---- open and close; on a phone the page behind stands still, and Back closes
  const show = () => {
    if (opened) return;
    create();
    opened = true;
    if (phone.matches) {
      const [before, top] = [root.style.overflow, scrollY];
      root.style.overflow = "hidden";
      history.pushState({ ...history.state, recado: 1 }, "");
      restore = () => {
        root.style.overflow = before;
        scrollTo(0, top);
        if (history.state?.recado) history.back();
      };
    }
    draw();
    say("open");
    frame.focus();
    emit("opened");
  };
  const close = (refocus) => {
    if (!opened) return;
    opened = false;
    restore?.();
    restore = null;
    draw();
    say("close");
    if (refocus) launcher.focus({ preventScroll: true });
    emit("closed");
  };
  const toggle = () => (opened ? close(true) : show());
  launcher.onclick = toggle;
  preview.onclick = show;
  dismiss.onclick = () => (preview.textContent = "");
  launcher.onpointerenter = launcher.onfocus = create; // intent: it loads while the finger still moves
  shadow.addEventListener("keydown", (event) => event.key == "Escape" && close(true));

  const moved = () => page !== location.href && say("page", { url: (page = location.href) });
  listen(window, "popstate", () => (opened && restore && !history.state?.recado ? close(true) : moved()));
  listen(window, "hashchange", moved);
  for (const name of ["pushState", "replaceState"]) {
    const before = history[name];
    const ours = (history[name] = function (...args) {
      before.apply(this, args);
      moved();
    });
    undo.push(() => history[name] == ours && (history[name] = before));
  }

  // ---- window.recado
  const api = {
    open: show,
    close: () => close(true),
    toggle,
    setUser(identifier, { identifier_hash: hash, name, email, phone_number, phone = phone_number, attributes, custom_attributes } = {}) {
      user = { identifier: String(identifier), hash, name, email, phone, attributes: attributes || custom_attributes };
      say("set-user", user);
    },
    about(about) {
      told.push(about);
      say("about", { about });
    },
    set(more) {
      Object.assign(settings, more);
      draw();
    },
    setLocale(wanted) {
      speak(wanted);
      draw();
      say("set-locale", { locale });
    },
    setColorScheme(wanted) {
      scheme = wanted;
      draw();
      say("set-scheme", { scheme });
    },
    reset() {
      close();
      keep();
      kept(null);
      user = null;
      told.length = unread = 0;
      draw();
      say("reset"); // the frame forgets its own copy of the key and starts over
      fresh = !ready;
      ready = false;
    },
    destroy() {
      gone = true;
      close();
      frame = null;
      host.remove();
      undo.forEach((step) => step());
      delete window.recado;
    },
    on: (name, handler) => void (handlers[name] ||= new Set()).add(handler),
    off: (name, handler) => void handlers[name]?.delete(handler),
    push(...calls) {
      for (const call of calls) {
        const [name, ...args] = typeof call == "function" ? [call] : call;
        typeof name == "function" ? name() : api[name]?.(...args);
      }
    },
  };
  window.recado = api;
  speak();

  const start = (answer) => {
    if (gone) return;
    const { x = 20, y = 20 } = settings.offset || {};
    for (const [name, value] of [["--x", x], ["--y", y]]) host.style.setProperty(name, parseFloat(value) + "px");
    host.dataset.side = settings.position || answer.position || "right";
    paint(settings.colour || answer.colour);
    draw();
    emit("drawn");
    const observer = new MutationObserver(() => host.isConnected || draw());
    observer.observe(root, { childList: true });
    undo.push(() => observer.disconnect());
    // Somebody who wrote before: their chat loads in the quiet, to learn what came meanwhile.
    if (load()) (window.requestIdleCallback || setTimeout)(() => gone || create());
  };
  const parsed = new Promise((done) => (document.body ? done() : document.addEventListener("DOMContentLoaded", done)));
  const asked = fetch(`${base}widget/v1/launcher?inbox=${encodeURIComponent(inbox)}`, { credentials: "omit" })
    .catch(() => null) // blocked or offline: the launcher still stands, in our own colour
    .then((answer) => (answer && !answer.ok ? Promise.reject(answer.status) : answer ? answer.json() : {}));
  Promise.all([asked, parsed]).then(
    ([answer]) => start(answer),
    (status) => emit("error", { reason: "inbox", status }),
  );
  api.push(...(early || []));
})();
