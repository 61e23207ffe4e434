// The frame of the desk pages: title, place in the top bar, expired sessions, words for what failed.
(() => {
  "use strict";

  // Filled by the frame; where that could not be loaded, a bare one.
  const toastBox = () => {
    const bare = '<div id="shell-toast" class="p-toast" role="alert"><span class="p-toast-words"></span></div>';
    if (!document.getElementById("shell-toast")) document.body.insertAdjacentHTML("beforeend", bare);
    return document.getElementById("shell-toast");
  };

  const toast = (words) => {
    if (!words) return;
    const box = toastBox();
    box.querySelector(".p-toast-words").textContent = words;
    box.hidden = false;
  };

  const words = (name) => document.getElementById("shell-toast")?.dataset[name] ?? "";

  const goToLogin = () => {
    const back = location.pathname + location.search;
    location.assign(`/masuk?habis=1&ke=${encodeURIComponent(back)}`);
  };

  const isEmpty = (place) => !place.textContent.trim() || place.querySelector(":scope > .p-coming") !== null;

  // A part of the page that shows nothing yet says itself why it stays so; what stands there already is left.
  const sayInPlace = (sentence, request) => {
    const outputs = [JSON.parse(request?.body ?? "{}").outputs ?? []].flat();
    const parts = outputs.filter((out) => out.property === "children").map((out) => document.getElementById(out.id));
    const place = parts.filter((part) => part?.tagName === "DIV" && isEmpty(part)).pop();
    if (!place) return;
    const banner = { className: "p-banner is-late", role: "status", children: sentence };
    const part = { namespace: "dash_html_components", type: "Div", props: banner };
    window.dash_clientside.set_props(place.id, { children: part });
  };

  // Sentences are for people: those of a refusal (422), and of a failure, which has a code.
  const explain = async (reply, request) => {
    const { error, code } = await reply.clone().json().catch(() => ({}));
    const sentence = code || reply.status === 422 ? error : "";
    if (sentence) sayInPlace(sentence, request);
    const failed = words("failed") && code ? `${words("failed")} ${words("code")} ${code}.` : words("failed");
    toast((!code && sentence) || failed || sentence);
  };

  // What base/first.js has asked already is not asked again; where that failed, it is.
  const fetchOfBrowser = window.fetch;
  const fetchOnce = (...request) => {
    const early = window.pantauFirst?.[request[0]];
    if (!early) return fetchOfBrowser(...request);
    delete window.pantauFirst[request[0]];
    return early.catch(() => fetchOfBrowser(...request));
  };

  // What a request says of presses: the buttons pressed just now, and whether nobody pressed any of those it asks for.
  const pressesOf = (request) => {
    const body = request?.body;
    if (typeof body !== "string" || !body.includes('"n_clicks"')) return { ids: [], isNone: false };
    const { output, inputs, changedPropIds } = JSON.parse(body);
    const clicks = inputs.flat().filter((input) => input.property === "n_clicks");
    const isNow = ({ id, value }) => value && changedPropIds.includes(`${id}.n_clicks`);
    const isNone = changedPropIds.length > 0 && inputs.length === clicks.length && !clicks.some(({ value }) => value);
    return { output, ids: clicks.filter(isNow).map(({ id }) => id), isNone };
  };

  // Presses on their way to the server, by what they answer.
  const underWay = new Map();

  // A pressed button looks busy until its answer is there, and takes no second press meanwhile.
  const whileBusy = async (output, ids, answer) => {
    const buttons = ids.map((id) => document.getElementById(id)).filter((button) => button?.matches("button.p-button"));
    for (const button of buttons) button.classList.add("is-busy");
    underWay.set(output, answer);
    try {
      return await answer;
    } finally {
      if (underWay.get(output) === answer) underWay.delete(output);
      for (const button of buttons) button.classList.remove("is-busy");
    }
  };

  // Dash asks for a press that nobody made whenever a part with buttons is drawn: that needs no server. It also throws
  // the answer to a press away whose button is drawn anew meanwhile, and waits for this one instead.
  const answerOf = (request) => {
    const { output, ids, isNone } = pressesOf(request[1]);
    if (isNone) return underWay.get(output)?.then((reply) => reply.clone()) ?? new Response(null, { status: 204 });
    const answer = fetchOnce(...request);
    return ids.length ? whileBusy(output, ids, answer) : answer;
  };

  document.addEventListener(
    "click",
    (event) => {
      if (!event.target.closest?.(".p-button.is-busy")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  // Dash asks in the language in which this page was drawn, whatever was chosen in another window meanwhile.
  const inOwnLanguage = ([address, options]) => {
    const headers = new Headers(options?.headers);
    headers.set("X-Bahasa", document.documentElement.lang);
    return [address, { ...options, headers }];
  };

  // What a question to the server will draw anew: its parts, and what the filters narrow while the address changes. What
  // a timer asks, or comes below by itself, dims nothing.
  const SELF = /\.n_intervals$|^stamp-done\.data$|-later\.data$/;
  const drawnBy = (request) => {
    const { outputs = [], changedPropIds = [] } = JSON.parse(request[1]?.body ?? "{}");
    if (changedPropIds.length === 0 || changedPropIds.every((id) => SELF.test(id))) return [];
    const parts = [outputs].flat().map(({ id, property }) => {
      if (property === "search") return `${String(id).replace(/-url$/, "")}-body`;
      return property.startsWith("children") ? id : "";
    });
    return parts.map((id) => document.getElementById(id)).filter((part) => part?.closest("#shell-page"));
  };

  // So long a part may wait before it is dimmed, and so long it stays dimmed between two questions.
  const DIM_AFTER = 150;
  const GAP = 80;
  const waitingParts = new Map();

  const lighten = (part) => {
    if (waitingParts.get(part) > 0) return;
    waitingParts.delete(part);
    part.removeAttribute("aria-busy");
  };

  const whileDimmed = async (request, answer) => {
    const parts = drawnBy(request);
    for (const part of parts) waitingParts.set(part, (waitingParts.get(part) ?? 0) + 1);
    const dim = () => parts.forEach((part) => waitingParts.get(part) > 0 && part.setAttribute("aria-busy", "true"));
    setTimeout(dim, DIM_AFTER);
    try {
      return await answer;
    } finally {
      for (const part of parts) waitingParts.set(part, waitingParts.get(part) - 1);
      setTimeout(() => parts.forEach(lighten), GAP);
    }
  };

  // Tells who waits for an answer that none will be drawn: it failed, or there is nothing to draw.
  const tellSettled = (request) => {
    const { changedPropIds = [] } = JSON.parse(request[1]?.body ?? "{}");
    document.dispatchEvent(new CustomEvent("pantau:settled", { detail: changedPropIds }));
  };

  // Dash reports a failed callback to the console only; people need words.
  window.fetch = async (...given) => {
    const address = String(given[0]?.url ?? given[0]);
    const isDash = address.includes("/_dash-");
    const request = isDash ? inOwnLanguage(given) : given;
    try {
      const reply = await (isDash ? whileDimmed(request, answerOf(request)) : fetchOnce(...request));
      if (isDash && reply.status === 401) {
        goToLogin();
        return new Promise(() => {}); // the page is being left; nobody needs the answer any more
      }
      if (isDash && reply.status !== 200) tellSettled(request);
      if (isDash && reply.status >= 400) await explain(reply, request[1]);
      return reply;
    } catch (failure) {
      if (isDash) tellSettled(request);
      if (isDash && failure.name !== "AbortError") toast(words("offline"));
      throw failure;
    }
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest(".p-toast-close")) document.getElementById("shell-toast").hidden = true;
    // A menu closes when something else is clicked, or an entry of it.
    for (const menu of document.querySelectorAll("details.p-user[open]")) {
      if (!menu.contains(event.target) || event.target.closest("a")) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.p-user[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // When nothing on the page matches any more; after some seconds in any case.
  const untilGone = (selector, patience = 8_000) =>
    new Promise((done) => {
      const last = performance.now() + patience;
      const look = () => {
        if (document.querySelector(selector) && performance.now() < last) setTimeout(look, 40);
        else done();
      };
      setTimeout(look);
    });

  // Filters that the next page knows as well go along with the menu, however an entry of it is opened; the entry of the
  // page itself leads to it without any.
  const pathOf = (entry) => entry.getAttribute("href").split("?")[0];
  const carry = ({ target }) => {
    const entry = target.closest?.("a[data-carries]");
    if (!entry) return;
    const here = new URLSearchParams(entry.hasAttribute("aria-current") ? "" : location.search);
    const kept = entry.dataset.carries.split(" ").filter((name) => here.get(name));
    const query = new URLSearchParams(kept.map((name) => [name, here.get(name)]));
    entry.setAttribute("href", pathOf(entry) + (kept.length ? `?${query}` : ""));
  };
  for (const kind of ["pointerover", "pointerdown", "focusin", "click"]) document.addEventListener(kind, carry, true);

  // Not by scrollIntoView: the first Tab would go on from there, past the way to the page's content.
  const centre = (entry) => {
    const bar = entry.parentElement;
    const [own, around] = [entry.getBoundingClientRect(), bar.getBoundingClientRect()];
    bar.scrollLeft += own.left - around.left - (around.width - own.width) / 2;
  };

  const markPlace = (pathname) => {
    for (const entry of document.querySelectorAll(".p-nav-link")) {
      const own = pathOf(entry);
      const isHere = pathname === own || pathname.startsWith(`${own}/`);
      if (isHere) {
        entry.setAttribute("aria-current", "page");
        centre(entry);
      } else entry.removeAttribute("aria-current");
    }
    return pathname;
  };

  // What came of a press is brought into view: on a phone it stands above the button, out of sight.
  const ANSWER = "[role=alert]";
  const PATIENCE = 20_000;
  let pressedAt = -Infinity;
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("button")) pressedAt = performance.now();
  });
  const within = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return null;
    return node.matches(ANSWER) ? node : node.querySelector(ANSWER);
  };
  const alertIn = ({ target, addedNodes }) => {
    const changed = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
    return changed?.closest(ANSWER) ?? [...addedNodes].map(within).find(Boolean);
  };
  new MutationObserver((changes) => {
    if (performance.now() - pressedAt > PATIENCE) return;
    const answer = changes.map(alertIn).find(Boolean);
    if (answer) requestAnimationFrame(() => answer.scrollIntoView({ block: "nearest" }));
  }).observe(document.documentElement, { childList: true, characterData: true, subtree: true });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.pantau = {
    ...window.dash_clientside.pantau,
    // To another page of ours without loading everything again, as Dash's own links do.
    goTo(address) {
      history.pushState({}, "", address);
      window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
      scrollTo(0, 0);
    },
    untilGone,
    // Hands the address on: what lies below is asked for once what stands above has come.
    asked(search) {
      return search ?? "";
    },
    // For words that go once something else is done; a count of 0 has only just been drawn.
    emptied(changed) {
      return changed === 0 ? window.dash_clientside.no_update : null;
    },
    // For words about a deed, which go when another address is opened than the one that it led to.
    keptAt(address, saidAt) {
      return address === saidAt ? window.dash_clientside.no_update : null;
    },
    setTitle(title) {
      if (title) document.title = title;
      return title;
    },
    markPlace(pathname) {
      // The first page in the top bar also stands at "/".
      const first = document.querySelector(".p-nav-link");
      return markPlace(pathname === "/" && first ? pathOf(first) : pathname);
    },
  };
})();
