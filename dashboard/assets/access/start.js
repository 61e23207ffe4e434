// The code of a one-time link stands after "#", so that it reaches no log; move it into the form, out of the address.
// Whoever has it need not be told where it is. A link pasted where the page stands already loads nothing anew, and a
// form that was sent is not sent twice: the second answer would say that the link was used.
(() => {
  const field = document.getElementById("kode");
  const how = document.getElementById("cara");
  const button = field.form.querySelector("button");

  const take = () => {
    const code = decodeURIComponent(location.hash.slice(1));
    if (code) field.value = code;
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (how) how.hidden = field.value !== "";
  };

  window.addEventListener("hashchange", take);
  window.addEventListener("pageshow", () => (button.disabled = false)); // back from the page that followed
  field.form.addEventListener("submit", () => (button.disabled = true));
  take();
})();
