/* The report form of a room. What is tapped is kept on the phone at once: a reload, a lost line and an expired login
   lose nothing. A report has one id from its first tap on, so however often it is sent, it is one report. */
(function () {
  "use strict";

  const config = JSON.parse(document.getElementById("config").textContent);
  const words = config.words;
  const $ = (id) => document.getElementById(id);
  const items = Array.from(document.querySelectorAll(".item"));
  const FAULTS = ["LIGHT", "HEAVY", "MISSING"];
  const RETRY_MS = 15000;
  const SIDE = 1600;
  let token = config.csrf;
  let draft = fresh();
  let uses = config.uses;
  let isSending = false;

  function say(key, values) {
    return (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => (values && name in values ? values[name] : ""));
  }

  function id() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function fresh() {
    return { id: id(), user: config.user, answers: {}, notes: {}, photos: {}, when: "", use: "", state: "draft", at: 0 };
  }

  /* Keeping: IndexedDB holds the photos too; where there is none, the page itself. */

  const store = new Promise((resolve) => {
    try {
      const asked = indexedDB.open("pantau-lapor", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("drafts");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null);
    } catch (none) {
      resolve(null);
    }
  });

  async function within(mode, work) {
    const base = await store;
    if (!base) return undefined;
    return new Promise((resolve) => {
      const moved = base.transaction("drafts", mode);
      const asked = work(moved.objectStore("drafts"));
      moved.oncomplete = () => resolve(asked.result);
      moved.onerror = moved.onabort = () => resolve(undefined);
    });
  }

  let keeping = Promise.resolve();

  function keep() {
    keeping = keeping
      .then(() => within("readwrite", (drafts) => drafts.put(draft, config.room)))
      .then((kept) => ($("kept").textContent = kept === undefined ? say("not_kept") : say("kept")));
    return keeping;
  }

  function forget() {
    keeping = keeping.then(() => within("readwrite", (drafts) => drafts.delete(config.room)));
    return keeping;
  }

  /* Showing */

  function note(text, tone, action) {
    const line = document.createElement("p");
    line.className = "note " + (tone || "");
    line.textContent = text;
    if (tone === "late") line.setAttribute("role", "alert");
    if (action) line.append(action);
    $("notes").replaceChildren(line);
    if (tone) line.scrollIntoView({ block: "center" });
  }

  function quiet() {
    $("notes").replaceChildren();
  }

  function linked(text, href) {
    const link = document.createElement("a");
    link.className = "button";
    link.href = href;
    link.textContent = text;
    return link;
  }

  function show() {
    for (const item of items) showItem(item);
    const done = Object.keys(draft.answers).length;
    $("count").textContent = say("count", { done: done, of: items.length });
    $("all-words").textContent = done && done < items.length ? say("rest_good") : say("all_good");
    $("all").disabled = !items.some(isLeft);
    $("send").disabled = isSending;
    $("send").textContent = draft.state === "pending" ? say("again") : say("send");
    for (const radio of document.querySelectorAll('[name="when"]')) radio.checked = radio.value === when();
  }

  function isLeft({ dataset }) {
    return !draft.answers[dataset.item] && !("open" in dataset);
  }

  function showItem(item) {
    const name = item.dataset.item;
    const said = draft.answers[name];
    for (const radio of item.querySelectorAll('input[type="radio"]')) radio.checked = radio.value === said;
    const more = moreOf(item, FAULTS.includes(said));
    if (!more) return;
    const text = more.querySelector(".words");
    if (document.activeElement !== text) text.value = draft.notes[name] || "";
    const photos = draft.photos[name] || [];
    const box = more.querySelector(".photos");
    for (const old of box.querySelectorAll(".photo")) {
      URL.revokeObjectURL(old.dataset.url);
      old.remove();
    }
    photos.forEach((photo, place) => box.insertBefore(thumb(name, photo, place), box.querySelector(".add")));
    box.querySelector(".add").hidden = photos.length >= config.max_photos;
  }

  /* Where a fault is described; made when there is one. */
  function moreOf(item, isWanted) {
    let more = item.querySelector(".more");
    if (!more && isWanted) {
      more = $("more").content.cloneNode(true).firstElementChild;
      more.querySelector(".words").setAttribute("aria-label", words.note + " " + item.dataset.item);
      more.querySelector(".sr").append(": " + item.dataset.item);
      item.append(more);
    }
    if (more) more.hidden = !isWanted;
    return isWanted ? more : null;
  }

  function thumb(name, photo, place) {
    const picture = document.createElement("div");
    const url = URL.createObjectURL(photo);
    picture.className = "photo";
    picture.dataset.url = url;
    picture.style.backgroundImage = "url(" + url + ")";
    const away = document.createElement("button");
    away.type = "button";
    away.textContent = "✕";
    away.setAttribute("aria-label", say("photo_away", { number: place + 1, item: name }));
    away.onclick = () => {
      draft.photos[name].splice(place, 1);
      changed();
    };
    picture.append(away);
    return picture;
  }

  function when() {
    return draft.when || config.occasion;
  }

  function changed() {
    draft.state = "draft";
    show();
    return keep();
  }

  /* Tapping */

  for (const item of items) {
    const name = item.dataset.item;
    item.addEventListener("change", (event) => {
      if (event.target.type === "radio") {
        draft.answers[name] = event.target.value;
        changed();
      } else if (event.target.type === "file") {
        take(name, Array.from(event.target.files));
        event.target.value = "";
      }
    });
    item.addEventListener("input", (event) => {
      if (!event.target.classList.contains("words")) return;
      draft.notes[name] = event.target.value;
      changed();
    });
  }

  for (const radio of document.querySelectorAll('[name="when"]')) {
    radio.addEventListener("change", () => {
      draft.when = radio.value;
      changed();
    });
  }

  $("form").addEventListener("submit", (event) => event.preventDefault());

  // What was not in use is still not; an open fault is answered on its own; all else that nobody has tapped is good.
  $("all").addEventListener("click", () => {
    for (const { dataset } of items.filter(isLeft))
      draft.answers[dataset.item] = dataset.last === "NOT_APPLICABLE" ? dataset.last : "GOOD";
    changed();
  });

  async function take(name, files) {
    const photos = (draft.photos[name] = draft.photos[name] || []);
    quiet();
    for (const file of files) {
      if (photos.length >= config.max_photos) {
        note(say("photo_many", { number: config.max_photos }), "late");
        break;
      }
      if (file.size > config.max_bytes) {
        const mb = (bytes) => Math.round(bytes / 1048576);
        note(say("photo_big", { size: mb(file.size), limit: mb(config.max_bytes) }), "late");
        continue;
      }
      photos.push(await smaller(file));
    }
    await changed();
  }

  /* A photo as large as the office needs; whatever cannot be made smaller here, the server looks at. */
  function smaller(file) {
    return new Promise((resolve) => {
      const url = URL.createObjectURL(file);
      const image = new Image();
      const done = (photo) => {
        URL.revokeObjectURL(url);
        resolve(photo || file);
      };
      image.onerror = () => done(null);
      image.onload = () => {
        const scale = Math.min(1, SIDE / Math.max(image.naturalWidth, image.naturalHeight));
        const canvas = document.createElement("canvas");
        canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
        canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
        const paper = canvas.getContext("2d");
        if (!paper) return done(null);
        paper.drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(done, "image/jpeg", 0.85);
      };
      image.src = url;
    });
  }

  /* Sending */

  $("send").addEventListener("click", async () => {
    if (isSending) return;
    if (!Object.keys(draft.answers).length) return note(say("nothing"), "late");
    if (draft.state !== "pending") {
      draft.state = "pending";
      draft.at = Math.floor(Date.now() / 1000);
    }
    draft.user = config.user;
    isSending = true;
    show();
    await keep();
    isSending = false;
    send();
  });

  function body(one, room) {
    const names = Object.keys(one.answers);
    const use = one.use === undefined ? null : uses.find((known) => known.key === one.use);
    const form = new FormData();
    const said = names.map((name) => {
      const fault = FAULTS.includes(one.answers[name]);
      return { barang: name, kondisi: one.answers[name], uraian: (fault && one.notes[name]) || null };
    });
    const told = { id: one.id, dibuat: one.at, saat: one.when || config.occasion, jawaban: said };
    if (room === config.room && use) {
      told.surat = use.request_id;
      told.sesi = use.started_at;
    }
    form.append("laporan", JSON.stringify(told));
    names.forEach((name, number) => {
      if (FAULTS.includes(one.answers[name]))
        (one.photos[name] || []).forEach((photo) => form.append("foto-" + number, photo, "foto.jpg"));
    });
    return form;
  }

  async function ask(path, options) {
    const headers = Object.assign({ Accept: "application/json", "X-CSRFToken": token }, options.headers);
    const reply = await fetch(path, Object.assign({ credentials: "same-origin", redirect: "error" }, options, { headers: headers }));
    let told = {};
    try {
      told = await reply.json();
    } catch (none) {
      told = {};
    }
    return { status: reply.status, told: told };
  }

  async function post(path, options) {
    let reply = await ask(path, options());
    if (reply.status === 400 && reply.told.token) {
      const renewed = await ask("/lapor/-/token", {});
      if (renewed.status !== 200) return renewed;
      token = renewed.told.token;
      reply = await ask(path, options());
    }
    return reply;
  }

  async function send() {
    if (isSending) return;
    isSending = true;
    show();
    note(say("sending"));
    let reply;
    try {
      reply = await post(config.url, () => ({ method: "POST", body: body(draft, config.room) }));
    } catch (lost) {
      reply = { status: 0, told: {} };
    }
    isSending = false;
    answer(reply);
  }

  function answer(reply) {
    const status = reply.status;
    if (status === 200 || status === 201) return received(reply.told);
    if (status === 401) {
      note(say("expired"), "near", linked(say("sign_in"), "/masuk?ke=" + encodeURIComponent(config.url)));
    } else if (status === 0 || status >= 500) {
      note(say(status ? "server" : "offline"), "near");
    } else {
      draft.state = "draft";
      note(reply.told.error && status !== 403 ? reply.told.error : say("refused"), "late");
      keep();
    }
    show();
  }

  async function received(told) {
    await forget();
    draft = fresh();
    const box = document.createElement("section");
    box.className = "receipt";
    box.setAttribute("role", "status");
    box.tabIndex = -1;
    const tick = document.createElement("div");
    tick.className = "tick";
    tick.setAttribute("aria-hidden", "true");
    tick.textContent = "✓";
    const thanks = document.createElement("p");
    thanks.textContent = say("received");
    const number = document.createElement("strong");
    number.id = "receipt";
    number.textContent = told.nomor;
    const moment = document.createElement("p");
    moment.textContent = told.ruang + " · " + told.diterima;
    box.append(tick, thanks, number, moment, linked(say("new"), config.url));
    if (config.sarpras) box.append(linked(say("sarpras"), "/sarpras"));
    $("main").replaceChildren(box);
    $("bar").hidden = true;
    window.scrollTo(0, 0);
    box.focus();
  }

  function again() {
    if (draft.state === "pending" && draft.user === config.user && !isSending && navigator.onLine !== false) send();
  }

  window.addEventListener("online", again);
  setInterval(again, RETRY_MS);

  /* The session */

  function chosen() {
    return uses.find((use) => use.key === $("use").value) || null;
  }

  function showUses() {
    const wanted = draft.use || config.chosen;
    const options = uses.map((use) => new Option(use.label + " · " + say("state_" + use.state), use.key));
    options.push(new Option(say("no_use"), ""));
    $("use").replaceChildren(...options);
    $("use").value = uses.some((use) => use.key === wanted) ? wanted : "";
    draft.use = $("use").value;
    showSession();
  }

  function showSession() {
    if (!config.may_use) return;
    const use = chosen();
    const isRunning = Boolean(use && (use.state === "running" || use.state === "end_due"));
    $("session").hidden = Boolean(use && use.state === "over");
    $("start").hidden = isRunning;
    for (const name of ["stop", "present-box", "note-present"]) $(name).hidden = !isRunning;
    $("present").value = (use && use.present) || "";
  }

  async function tapped(button, what) {
    const use = chosen();
    const present = parseInt($("present").value, 10);
    const told = { id: button.dataset.id || (button.dataset.id = id()), apa: what };
    if (use) Object.assign(told, { surat: use.request_id, sesi: use.started_at });
    if (what !== "mulai" && present > 0) told.hadir = present;
    if (what === "hadir" && !told.hadir) return note(say("present_missing"), "late");
    button.disabled = true;
    let reply;
    try {
      const options = { method: "POST", body: JSON.stringify(told), headers: { "Content-Type": "application/json" } };
      reply = await ask(config.url + "/sesi", options);
    } catch (lost) {
      reply = { status: 0, told: {} };
    }
    button.disabled = false;
    if (reply.status !== 200) return refusedSession(button, reply);
    delete button.dataset.id;
    const known = uses.map((one) => one.key);
    uses = reply.told.uses;
    const born = uses.find((one) => !known.includes(one.key));
    draft.use = born ? born.key : use ? use.key : "";
    showUses();
    keep();
    note(say("session_" + what), "");
  }

  // Refused: the next tap is another one. Without an answer the same tap may be repeated, and counts once.
  function refusedSession(button, reply) {
    if (reply.status === 401)
      return note(say("expired_session"), "near", linked(say("sign_in"), "/masuk?ke=" + encodeURIComponent(config.url)));
    if (reply.status === 0 || reply.status >= 500) return note(say("session_offline"), "near");
    delete button.dataset.id;
    note(reply.told.error || say("refused"), "late");
  }

  $("use").addEventListener("change", () => {
    draft.use = $("use").value;
    const use = chosen();
    draft.when = use ? (use.state === "over" ? "after" : "before") : "routine";
    showSession();
    changed();
  });
  if (config.may_use) {
    $("start").onclick = () => tapped($("start"), "mulai");
    $("stop").onclick = () => tapped($("stop"), "selesai");
    $("note-present").onclick = () => tapped($("note-present"), "hadir");
  }

  /* Beginning: what the phone kept comes first; what was to be sent is sent. */

  async function begin() {
    const kept = await within("readonly", (drafts) => drafts.get(config.room));
    if (kept && kept.id) draft = kept;
    showUses();
    show();
    if (kept) $("kept").textContent = say("kept");
    if (draft.state === "pending" && draft.user !== config.user) note(say("others", { user: draft.user }), "near");
    else again();
    document.documentElement.dataset.ready = "yes";
  }

  begin();
  if ("serviceWorker" in navigator && window.isSecureContext)
    navigator.serviceWorker.register("/lapor/-/pekerja.js", { scope: "/lapor/" }).catch(() => undefined);
})();
