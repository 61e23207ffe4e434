// What the compliance page does in the browser alone: print, and keep downloads in step.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.pantau = {
  ...window.dash_clientside.pantau,
  // The print button of pages: the browser's own dialogue, with the style sheet's paper rules.
  async printPage(clicks) {
    if (!clicks) return clicks;
    await window.dash_clientside.pantau.untilGone(".p-coming");
    window.print();
    return clicks;
  },
  followSearch(search, href) {
    return href.split("?")[0] + (search || "");
  },
};
