// The Data page: giving files, watching them arrive, choosing how they are read, saving them.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const token = () => new URLSearchParams(location.search).get("berkas") ?? "";
  const isHere = () => byId("data-drop") !== null;

  const words = (name, values = {}) => {
    const text = byId("data-words")?.dataset[name] ?? "";
    return text.replace(/\{(\w+)\}/g, (whole, hole) => values[hole] ?? whole);
  };

  const csrf = () => {
    const found = document.cookie.split("; ").find((one) => one.startsWith("_csrf_token="));
    return found ? decodeURIComponent(found.slice("_csrf_token=".length)) : "";
  };

  const headers = () => ({ Accept: "application/json", "X-CSRFToken": csrf() });

  // One message at a time; every failure is a sentence.

  const say = (text, action) => {
    const box = byId("data-message");
    if (!box) return;
    box.replaceChildren(document.createTextNode(text));
    if (action) box.append(" ", action);
    box.hidden = !text;
  };

  const signInAgain = () => {
    const way = document.createElement("a");
    way.href = `/masuk?habis=1&ke=${encodeURIComponent(location.pathname + location.search)}`;
    way.textContent = words("signIn");
    say(words("signedOut"), way);
  };

  const explain = (status, body) => {
    if (status === 401) return signInAgain();
    if (status === 403) return say(words("forbidden"));
    if (status === 413 && !body.error) return say(words("tooBig", { nama: body.nama ?? "", mb: byId("data-words").dataset.mb }));
    const code = body.code ? ` ${byId("shell-toast").dataset.code} ${body.code}.` : "";
    return say(body.error && status !== 500 ? body.error : words("failed") + code);
  };

  // A server that refuses before the whole file has come may just close the line: ask what was the matter.
  const explainSilence = async () => {
    try {
      const reply = await fetch("/_dash-layout", { headers: { Accept: "application/json" } });
      if (reply.status === 401) return signInAgain();
    } catch {
      // nobody answers at all
    }
    return say(words("offline"));
  };

  const parsed = (text) => {
    try {
      return JSON.parse(text) ?? {};
    } catch {
      return {};
    }
  };

  // Progress

  let running = null;

  const showProgress = (text, share) => {
    const box = byId("data-progress");
    if (!box) return;
    let bar = box.querySelector("progress");
    if (!bar) {
      bar = document.createElement("progress");
      bar.max = 1;
      const line = document.createElement("span");
      const stop = document.createElement("button");
      stop.type = "button";
      stop.className = "p-button is-quiet data-stop";
      stop.textContent = words("cancel");
      box.replaceChildren(line, bar, stop);
    }
    box.querySelector("span").textContent = text;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    box.querySelector(".data-stop").hidden = running === null;
    box.hidden = false;
  };

  const hideProgress = () => {
    const box = byId("data-progress");
    if (box) box.hidden = true;
  };

  const percent = (share) =>
    new Intl.NumberFormat(document.documentElement.lang || "id", { style: "percent" }).format(share);

  // Giving files: one request each, one after another, so that each has its own progress and its own answer.

  const send = (file) =>
    new Promise((done) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append("berkas", file, file.name);
      request.open("POST", "/data/unggah");
      for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        const share = event.lengthComputable ? event.loaded / event.total : null;
        const text = share === 1 ? words("checking", { nama: file.name }) : words("uploading", { nama: file.name, persen: percent(share ?? 0) });
        showProgress(text, share === 1 ? null : share);
      };
      request.onload = () => done({ status: request.status, body: parsed(request.responseText) });
      request.onerror = () => done({ status: 0, body: {} });
      request.onabort = () => done({ status: -1, body: {} });
      running = request;
      showProgress(words("uploading", { nama: file.name, persen: percent(0) }), 0);
      request.send(form);
    });

  const isSendable = (file) => {
    const limit = Number(byId("data-words").dataset.max);
    if (file.size > limit) say(words("tooBig", { nama: file.name, mb: byId("data-words").dataset.mb }));
    else if (file.size === 0) say(words("emptyFile", { nama: file.name }));
    return file.size > 0 && file.size <= limit;
  };

  const openFirst = (uploads) => {
    // What was said of the file before does not hold for this one.
    for (const place of ["data-notice", "data-preview"]) setProps(place, { children: null });
    byId("data-main").classList.add("is-checking");
    setProps("data-choice", { data: null });
    return setProps("data-url", { search: `?berkas=${uploads[0].token}` });
  };

  const give = async (files) => {
    if (running || files.length === 0) return;
    say("");
    const arrived = [];
    for (const file of files.filter(isSendable)) {
      const { status, body } = await send(file);
      if (status === 201) arrived.push(...body.berkas);
      else {
        if (status === 0) await explainSilence();
        else if (status > 0) explain(status, { ...body, nama: file.name });
        break;
      }
    }
    running = null;
    hideProgress();
    if (arrived.length) openFirst(arrived);
  };

  // Dash has no file field: ours stands before the drop zone, which is its label.

  const addField = () => {
    const zone = byId("data-drop");
    if (!zone || byId("data-file")) return;
    const field = document.createElement("input");
    field.type = "file";
    field.multiple = true;
    field.accept = ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt,.ics";
    field.id = "data-file";
    field.className = "visually-hidden";
    field.addEventListener("change", () => {
      give([...field.files]);
      field.value = "";
    });
    zone.before(field);
  };

  // The form of another kind has come: what was done to the old one is over.
  const welcomeForm = (form) => {
    form.inert = false;
    delete form.dataset.touched;
  };

  // The form of the file that is open now, where it is unfolded: asked for once, at the first sight of another file.
  let formAsked = "";

  const askForm = () => {
    const file = token();
    if (!file || file === formAsked || !byId("data-map-box")?.open) return;
    if (byId("data-map-form")?.dataset.token === file) return;
    formAsked = file;
    setProps("data-kind", { data: { berkas: file, jenis: "", at: Date.now() } });
  };

  new MutationObserver((changes) => {
    addField();
    askForm();
    for (const change of changes) if (change.type === "attributes" && change.target.id === "data-map-form") welcomeForm(change.target);
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-kind", "data-token"] });

  // Dropping: anywhere on the page, so that a file that misses the zone does not replace the page.

  const carriesFiles = (event) => isHere() && [...(event.dataTransfer?.types ?? [])].includes("Files");
  const light = (isOn) => byId("data-drop")?.classList.toggle("is-over", isOn);

  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    light(true);
  });

  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) light(false);
  });

  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    light(false);
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const hasFolder = items.some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    if (hasFolder) say(words("droppedFolder"));
    else give([...event.dataTransfer.files]);
  });

  // How the file is read

  // The server says with each answer how it has read the file.
  const currentChoice = () => parsed(document.querySelector("#data-main [data-choice]")?.dataset.choice ?? "{}");
  let formTimer = 0;

  const mapOf = (form) => {
    const map = {};
    for (const select of form.querySelectorAll("select[name^='kolom-']")) {
      const column = select.name.slice("kolom-".length);
      if (select.value === "=") {
        const value = form.querySelector(`[name='tetap-${column}']`).value.trim();
        if (value) map[column] = { tetap: value };
      } else if (select.value.startsWith("k:")) map[column] = { kolom: select.value.slice(2) };
    }
    return map;
  };

  const formChoice = (form) => {
    const choice = { jenis: form.querySelector("[name=jenis]").value, polos: true };
    const order = form.querySelector("[name=urutan]").value;
    if (order !== "*") choice.urutan = order;
    if (form.dataset.touched === "1" || form.dataset.mapped === "1") choice.peta = mapOf(form);
    return choice;
  };

  const readAs = (choice) => setProps("data-choice", { data: { ...choice, berkas: token() } });

  const changeChoice = (change) => {
    const order = byId("data-map-form")?.querySelector("[name=urutan]");
    if (order && change.urutan) order.value = change.urutan;
    readAs({ ...currentChoice(), ...change });
  };

  const formChanged = (form, field) => {
    const column = field.name?.startsWith("kolom-") ? field.name.slice("kolom-".length) : null;
    if (column) form.querySelector(`[name='tetap-${column}']`).closest(".data-map-constant").hidden = field.value !== "=";
    if (/^(kolom|tetap)-/.test(field.name ?? "")) form.dataset.touched = "1";
    if (field.type === "checkbox") {
      byId("data-remember-fields").hidden = !field.checked;
      return;
    }
    if (["nama", "pola", "irama"].includes(field.name)) return;
    if (field.name === "jenis") {
      if (field.value === form.dataset.kind) return;
      form.inert = true; // until its columns are there
      readAs({ jenis: field.value, polos: true });
      setProps("data-kind", { data: { berkas: token(), jenis: field.value, at: Date.now() } });
      return;
    }
    clearTimeout(formTimer);
    formTimer = setTimeout(() => readAs(formChoice(form)), field.tagName === "INPUT" ? 500 : 150);
  };

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.closest?.("#data-map-form");
      const isText = event.target.tagName === "INPUT" && event.target.type !== "checkbox";
      if (form && (kind === "input") === isText) formChanged(form, event.target);
    });
  }

  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.id !== "data-map-box") return;
      formAsked = "";
      askForm();
    },
    true, // a toggle does not bubble
  );

  const remembered = () => {
    const form = byId("data-map-form");
    if (!form || !byId("data-remember")?.checked) return null;
    const value = (name) => form.querySelector(`[name=${name}]`).value.trim();
    return { nama: value("nama"), pola: value("pola"), irama: value("irama").replace("*", "") };
  };

  // Saving

  const post = async (path, document_) => {
    try {
      const reply = await fetch(path, {
        method: "POST",
        headers: { ...headers(), "Content-Type": "application/json" },
        body: JSON.stringify(document_ ?? {}),
      });
      return { status: reply.status, body: await reply.json().catch(() => ({})) };
    } catch {
      return { status: 0, body: {} };
    }
  };

  const fetchRejects = (results) => {
    for (const one of results.filter((entry) => entry.counts.rejected > 0 && entry.load !== null)) {
      const way = document.createElement("a");
      way.href = `/data/tolakan/${one.load}`;
      way.download = "";
      document.body.append(way);
      way.click();
      way.remove();
    }
  };

  let isSaving = false;

  const save = async (button) => {
    if (isSaving) return;
    isSaving = true;
    say("");
    const began = Date.now();
    button.disabled = true;
    showProgress(words("saving"), null);
    const ticking = setInterval(() => {
      const seconds = Math.round((Date.now() - began) / 1000);
      if (seconds >= 4) showProgress(words("savingLong", { detik: seconds }), null);
    }, 1000);
    const choice = { ...currentChoice(), ingat: remembered() };
    const { status, body } = await post(`/data/unggah/${button.dataset.token}/simpan`, choice);
    clearInterval(ticking);
    hideProgress();
    isSaving = false;
    button.disabled = false;
    if (status === 200) {
      setProps("data-tick", { data: Date.now() });
      window.dash_clientside.renew.own();
      if (!body.ulang) fetchRejects(body.hasil);
    } else if (status === 0) await explainSilence();
    else explain(status, body);
  };

  const giveUp = async (button) => {
    const { status, body } = await post(`/data/unggah/${button.dataset.token}/batal`);
    if (status === 200) {
      say("");
      setProps("data-url", { search: "" });
    } else if (status === 0) await explainSilence();
    else explain(status, body);
  };

  document.addEventListener("click", (event) => {
    if (!isHere()) return;
    const at = (selector) => event.target.closest?.(selector);
    if (at(".data-pick")) byId("data-file")?.click();
    else if (at(".data-stop")) running?.abort();
    else if (at(".data-save")) save(at(".data-save"));
    else if (at(".data-give-up")) giveUp(at(".data-give-up"));
    else if (at(".data-retry")) setProps("data-tick", { data: Date.now() });
    else if (at(".data-quick")) changeChoice(parsed(at(".data-quick").dataset.quick));
  });
})();
