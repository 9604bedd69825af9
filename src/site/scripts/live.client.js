/**
 * Updates a page while the user types. `<form method="get" data-live="reading results">`: after a pause in typing,
 * this script fetches the page that the form would open and replaces the elements with these ids. All HTML is made by
 * the Worker, so the user sees the same as after sending the form.
 */

/** Pause in typing after which the page is updated, in ms. */
const PAUSE = 250;

/** @type {WeakMap<HTMLFormElement, { timer?: number, asked?: AbortController }>} */
const states = new WeakMap();

// At the document, so that it works for forms that are added later.
document.addEventListener("input", ({ target }) => {
  const form = target instanceof Element ? target.closest("form") : null;
  if (form?.dataset["live"] !== undefined) follow(form, form.dataset["live"].split(" "));
});

/**
 * @param {HTMLFormElement} form
 * @param {readonly string[]} ids
 */
function follow(form, ids) {
  const state = states.get(form) ?? {};
  states.set(form, state);
  window.clearTimeout(state.timer);
  state.timer = window.setTimeout(async () => {
    state.asked?.abort();
    state.asked = new AbortController();
    const url = addressOf(form);
    try {
      const title = await refresh(url, ids, state.asked.signal);
      tell("");
      if (form.method !== "get") return;
      document.title = title;
      history.replaceState(null, "", url);
    } catch (error) {
      // A newer request has replaced this one.
      if (error instanceof DOMException && error.name === "AbortError") return;
      tell("The server did not answer, so this page does not show what you typed. Keep typing, or send the form.");
    }
  }, PAUSE);
}

/**
 * Shows an error; "" hides it.
 * @param {string} words
 */
function tell(words) {
  const place = document.getElementById("trouble");
  if (place === null) return;
  place.textContent = words;
  place.hidden = words === "";
}

/**
 * Returns the address that a form opens, without empty fields. For a form that is posted, it is the page that
 * `data-ask` names with the field `q` only, because the other fields do not belong in an address.
 * @param {HTMLFormElement} form
 */
function addressOf(form) {
  const { ask } = form.dataset;
  const url = new URL(ask ?? form.getAttribute("action") ?? "", location.origin);
  const fields = [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === "string" && value !== "" && (ask === undefined || name === "q") ? [[name, value]] : [],
  );
  url.search = new URLSearchParams(fields).toString();
  return url;
}

/**
 * Replaces the elements and returns the title of the fetched page.
 * @param {URL} url
 * @param {readonly string[]} ids
 * @param {AbortSignal} signal
 */
async function refresh(url, ids, signal) {
  const response = await fetch(url, { headers: { accept: "text/html" }, signal });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  // A proxy may answer with a page of its own.
  if (!response.ok || !ids.some((id) => page.getElementById(id))) throw new Error(`status ${response.status}`);
  for (const id of ids) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh) continue;
    // Open sections stay open.
    for (const { id: folded } of old.querySelectorAll("details[open][id]")) {
      page.getElementById(folded)?.setAttribute("open", "");
    }
    // Screen readers announce a status when its content changes, but not when the element is replaced.
    if (old.role === "status") old.replaceChildren(...fresh.childNodes);
    else old.replaceWith(fresh);
  }
  // The field keeps what was typed, and shows whether that is valid.
  const field = document.activeElement;
  const read = field?.id ? page.getElementById(field.id) : null;
  if (field && read) field.ariaInvalid = read.ariaInvalid;
  return page.title;
}
