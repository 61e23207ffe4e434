// Where the page has asked for the charts' script already, Dash waits for that one instead of asking again.
(() => {
  const script = document.getElementById("charts");
  if (!script || window.Plotly) return;
  window.Plotly = new Promise((done) => {
    script.addEventListener("load", done);
    script.addEventListener("error", () => {
      window.Plotly = undefined;
      const again = document.createElement("script");
      again.src = window._dashPlotlyJSURL;
      again.addEventListener("load", done);
      document.head.append(again);
    });
  });
})();
