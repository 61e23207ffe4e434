/* Opens the form of a room without a line: the newest page that was seen is kept, never an answer of the server. */
"use strict";

const STORE = "lapor-@build@";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function page(request) {
  const store = await caches.open(STORE);
  let reply;
  try {
    reply = await fetch(request);
  } catch (lost) {
    const kept = await store.match(request.url);
    if (kept) return kept;
    throw lost;
  }
  if (reply.ok && !reply.redirected && reply.type === "basic") await store.put(request.url, reply.clone());
  // Signed out: what this page showed is no longer for whoever holds the phone.
  else if (reply.type === "opaqueredirect") await store.delete(request.url);
  return reply;
}

async function file(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request.url);
  if (kept) return kept;
  const reply = await fetch(request);
  if (reply.ok) await store.put(request.url, reply.clone());
  return reply;
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && /^\/lapor\/(?!-\/).+/.test(url.pathname)) {
    event.respondWith(page(event.request));
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(file(event.request));
  }
});
