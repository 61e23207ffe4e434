// The page's first two questions, asked while its scripts are still on their way; assets/desk/shell.js hands the answers
// to Dash. The frame is asked for together with the page of this address, unless that is too long to be said again.
(() => {
  const here = encodeURIComponent(location.pathname + location.search);
  const ask = (address) => {
    const headers = { Accept: "application/json", "X-Bahasa": document.documentElement.lang };
    const answer = fetch(address, { headers });
    answer.catch(() => {}); // whoever takes the answer sees the failure
    return answer;
  };
  window.pantauFirst = {
    "/_dash-layout": ask(here.length < 2000 ? `/_dash-layout?alamat=${here}` : "/_dash-layout"),
    "/_dash-dependencies": ask("/_dash-dependencies"),
  };
})();
