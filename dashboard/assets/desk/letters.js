// Letters on the screen: a free time that is offered fills the form; a tap on a request says what is done with it.
(() => {
  "use strict";

  const PATIENCE = 20000;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  const fill = (button) => {
    const prefix = button.dataset.nearFor ?? "ask";
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.near))) setProps(`${prefix}-${name}`, { value });
  };

  const free = (button) => {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
  };

  const tap = (button) => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    button.classList.add("is-busy");
    setTimeout(() => free(button), PATIENCE);
    setProps("ask-tap", { data: { ...JSON.parse(button.dataset.asked), at: Date.now() } });
  };

  // The answer to a press frees the buttons; the list is drawn with it.
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.letters = {
    answered() {
      document.querySelectorAll("[data-asked].is-busy").forEach(free);
      window.dash_clientside.renew.own();
      return null;
    },
  };

  // Scans: sent as soon as they are chosen, so that saving the letter does not wait for them.

  const csrf = () => {
    const found = document.cookie.split("; ").find((one) => one.startsWith("_csrf_token="));
    return found ? decodeURIComponent(found.slice("_csrf_token=".length)) : "";
  };

  const line = (field, text, look) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.className = look;
    field.querySelector(".scan-said").append(item);
    return item;
  };

  const attached = (field, name) => {
    if (field.dataset.scan) return setProps("stamp-done", { data: Math.floor(Date.now() / 1000) });
    const names = [...JSON.parse(field.dataset.names ?? "[]"), name];
    field.dataset.names = JSON.stringify(names);
    return setProps("paper-scans", { data: names });
  };

  const send = async (field, file) => {
    if (file.size > Number(field.dataset.max)) return line(field, `${file.name}: ${field.dataset.large}`, "is-late");
    const item = line(field, `${file.name}: ${field.dataset.sending}`, "");
    const form = new FormData();
    form.append("berkas", file, file.name);
    form.append("surat", field.dataset.scan);
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": csrf() };
      const reply = await fetch("/pindaian", { method: "POST", body: form, headers });
      const body = await reply.json().catch(() => ({}));
      item.className = reply.status === 201 ? "is-good" : "is-late";
      item.textContent = `${file.name}: ${reply.status === 201 ? field.dataset.attached : (body.error ?? field.dataset.failed)}`;
      if (reply.status === 201) attached(field, body.nama);
    } catch {
      item.className = "is-late";
      item.textContent = `${file.name}: ${field.dataset.failed}`;
    }
    return item;
  };

  // A letter that is saved takes the scans that have arrived: until all have, it waits.
  let batches = 0;
  const hold = (by) => {
    batches += by;
    if (document.getElementById("paper-save")) setProps("paper-save", { disabled: batches > 0 });
  };

  const sendAll = async (field, files) => {
    hold(1);
    try {
      for (const file of files) await send(field, file);
    } finally {
      hold(-1);
    }
  };

  const remove = async (button) => {
    button.disabled = true;
    const headers = { Accept: "application/json", "X-CSRFToken": csrf() };
    const reply = await fetch(button.dataset.scanRemove, { method: "POST", headers }).catch(() => null);
    if (reply?.ok) return setProps("stamp-done", { data: Math.floor(Date.now() / 1000) });
    const body = await reply?.json().catch(() => ({}));
    button.parentElement.querySelector("[role=status]").textContent = body?.error ?? button.dataset.failed;
    button.disabled = false;
    return reply;
  };

  const pick = (field) => {
    const chooser = document.createElement("input");
    chooser.type = "file";
    chooser.accept = ".pdf,.jpg,.jpeg,.png";
    chooser.multiple = true;
    chooser.addEventListener("change", () => sendAll(field, chooser.files));
    chooser.click();
  };

  document.addEventListener("click", (event) => {
    const scan = event.target.closest?.(".scan-pick");
    if (scan) return pick(scan.closest("[data-scan]"));
    const removal = event.target.closest?.("[data-scan-remove]");
    if (removal) return remove(removal);
    const near = event.target.closest?.("[data-near]");
    if (near) return fill(near);
    const asked = event.target.closest?.("[data-asked]");
    if (asked) tap(asked);
  });
})();
