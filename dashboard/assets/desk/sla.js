// What the compliance page does in the browser alone: print, open the cases of a point, keep downloads in step.
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
  // A point of a chart carries the address of its cases. It is let go at once, so that it can be clicked again.
  openCases(clicked) {
    const address = clicked?.points?.[0]?.customdata;
    if (typeof address !== "string" || !address.startsWith("/")) return window.dash_clientside.no_update;
    window.dash_clientside.pantau.goTo(address);
    return null;
  },
  followSearch(search, href) {
    return href.split("?")[0] + (search || "");
  },
};
