// Letters on the screen: a free time that is offered fills the form; a tap on a request says what is done with it.
(() => {
  "use strict";

  const PATIENCE = 20000;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  const fill = (button) => {
    const prefix = button.dataset.nearFor ?? "ask";
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.near))) setProps(`${prefix}-${name}`, { value });
  };

  const tap = (button) => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    setTimeout(() => button.removeAttribute("aria-disabled"), PATIENCE);
    setProps("ask-tap", { data: { ...JSON.parse(button.dataset.asked), at: Date.now() } });
  };

  document.addEventListener("click", (event) => {
    const near = event.target.closest?.("[data-near]");
    if (near) return fill(near);
    const asked = event.target.closest?.("[data-asked]");
    if (asked) tap(asked);
  });
})();
