// Shows news that arrive while nobody looks, and opens the message they are about. It keeps no page and answers no request.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

async function tell(news) {
  // Whoever has a page in front is told there.
  if ((await windows()).some((page) => page.focused && page.visibilityState === "visible")) return;
  await self.registration.showNotification(news.title || "Recado", {
    body: news.body || "",
    tag: news.tag || "recado",
    renotify: true,
    icon: "/favicon.svg",
    data: { url: news.url || "/" },
  });
}

async function open(address) {
  const to = new URL(address, self.location.origin);
  if (to.origin !== self.location.origin) return;
  const pages = (await windows()).filter((page) => new URL(page.url).pathname.startsWith("/app/"));
  const page = pages.find((page) => page.focused) || pages.find((page) => page.visibilityState === "visible") || pages[0];
  if (!page) {
    await self.clients.openWindow(to.href);
    return;
  }
  // A browser may refuse to bring a page to the front; it goes to the message all the same.
  await page.focus().catch(() => {});
  if (page.url !== to.href) await page.navigate(to.href).catch(() => self.clients.openWindow(to.href));
}

self.addEventListener("push", (event) => {
  let news = {};
  try {
    news = event.data.json();
  } catch {
    // A push without words still says that there is something.
  }
  event.waitUntil(tell(news));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

// The push service gave the browser another address: the server is told at once, in the same session.
self.addEventListener("pushsubscriptionchange", (event) => {
  const again = async () => {
    const made = event.newSubscription || (await self.registration.pushManager.subscribe(event.oldSubscription.options));
    const { endpoint, keys } = made.toJSON();
    const draft = { endpoint, p256dh: keys.p256dh, auth: keys.auth };
    await fetch("/rpc/subscribe_push", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ draft }),
    });
  };
  event.waitUntil(again());
});
