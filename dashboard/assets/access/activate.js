// Change the token after "#" for a cookie. It is posted, never part of an address that a server would log.
(() => {
  const page = document.getElementById("aktifkan");
  const words = document.getElementById("kabar");
  const token = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);

  const say = (which) => { words.textContent = words.dataset[which]; };

  const activate = async () => {
    const reply = await fetch(location.pathname, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": page.dataset.csrf },
      body: JSON.stringify({ token }),
    });
    if (!reply.ok) return say((await reply.json()).error === "used" ? "used" : "refused");
    location.replace((await reply.json()).to);
  };

  if (token) activate().catch(() => say("unreachable"));
  else say("refused");
})();
