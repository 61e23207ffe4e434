// Parts of pages that come as finished HTML: one element for Dash, and links in it that do not load everything again.
(() => {
  "use strict";

  const Markup = ({ tag, attributes, html }) =>
    window.React.createElement(tag, { ...attributes, dangerouslySetInnerHTML: { __html: html } });

  window.pantau = { ...window.pantau, Markup };

  document.addEventListener("click", (event) => {
    const way = event.target.closest("a[data-way]");
    const isElsewhere = event.metaKey || event.shiftKey || event.altKey || event.ctrlKey;
    if (!way || isElsewhere || event.defaultPrevented) return;
    event.preventDefault();
    window.dash_clientside.pantau.goTo(way.getAttribute("href"));
  });
})();
