// The print button of pages: the browser's own dialogue, with the style sheet's paper rules.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.pantau = {
  ...window.dash_clientside.pantau,
  printPage(clicks) {
    if (clicks) window.print();
    return clicks;
  },
};
