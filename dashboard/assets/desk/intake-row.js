// A link to one row of a file opens the load's page with that row in sight.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.pantau = {
  ...window.dash_clientside.pantau,
  showRow() {
    requestAnimationFrame(() => document.querySelector(".intake-table tr.is-target")?.scrollIntoView({ block: "center" }));
    return Date.now();
  },
};
