/**
 * A form that answers as one types. `<form method="get" data-live="reading results">`: after a pause in typing, the page that sending the
 * form would bring is fetched, and the elements with these ids are replaced by those that it has. So all HTML is made in one place, and
 * what one sees while typing is what one would get.
 */

/** How long a pause in typing is, in milliseconds. */
const PAUSE = 250;

for (const form of document.querySelectorAll("form[data-live]")) {
  if (form instanceof HTMLFormElement) follow(form, (form.dataset["live"] ?? "").split(" "));
}

/**
 * @param {HTMLFormElement} form
 * @param {readonly string[]} ids
 */
function follow(form, ids) {
  /** @type {number | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let asked;
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      await refresh(addressOf(form), ids, asked.signal).catch(() => {
        // The connection, or a later question: the form can still be sent.
      });
    }, PAUSE);
  });
}

/**
 * Where sending a form with the method GET leads.
 * @param {HTMLFormElement} form
 */
function addressOf(form) {
  const url = new URL(form.action);
  const fields = [...new FormData(form)].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  url.search = new URLSearchParams(fields).toString();
  return url;
}

/**
 * @param {URL} url
 * @param {readonly string[]} ids
 * @param {AbortSignal} signal
 */
async function refresh(url, ids, signal) {
  const response = await fetch(url, { headers: { accept: "text/html" }, signal });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ids) {
    const fresh = page.getElementById(id);
    if (fresh) document.getElementById(id)?.replaceWith(fresh);
  }
  history.replaceState(null, "", url);
}
