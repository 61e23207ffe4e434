// The code of a one-time link stands after "#", so that it reaches no log; move it into the form, out of the address.
(() => {
  const code = decodeURIComponent(location.hash.slice(1));
  const field = document.getElementById("kode");
  if (code && !field.value) field.value = code;
  if (location.hash) history.replaceState(null, "", location.pathname);
})();
