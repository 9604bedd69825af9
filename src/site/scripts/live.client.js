/**
 * A form that answers as one types. `<form method="get" data-live="reading results">`: after a pause in typing, the page that sending the
 * form would bring is fetched, and the elements with these ids are replaced by those that it has. So all HTML is made in one place, and
 * what one sees while typing is what one would get.
 */

/** How long a pause in typing is, in milliseconds. */
const PAUSE = 250;

/** @type {WeakMap<HTMLFormElement, { timer?: number, asked?: AbortController }>} */
const states = new WeakMap();

// At the document, so that forms which come later answer as well.
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
      // A later question has taken its place.
      if (error instanceof DOMException && error.name === "AbortError") return;
      tell("There was no answer, so what you see is older than what you typed. Go on typing, or send the form.");
    }
  }, PAUSE);
}

/**
 * What went wrong, or "".
 * @param {string} words
 */
function tell(words) {
  const place = document.getElementById("trouble");
  if (place === null) return;
  place.textContent = words;
  place.hidden = words === "";
}

/**
 * Where sending a form with the method GET leads. A form that is posted has other fields, that belong in no address: of it only `q`
 * is asked, at the page that its `data-ask` names. A field that says nothing is left out.
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
 * Answers the title of the page that was fetched.
 * @param {URL} url
 * @param {readonly string[]} ids
 * @param {AbortSignal} signal
 */
async function refresh(url, ids, signal) {
  const response = await fetch(url, { headers: { accept: "text/html" }, signal });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  // What stands between here and the Worker may answer with a page of its own.
  if (!response.ok || !ids.some((id) => page.getElementById(id))) throw new Error(`status ${response.status}`);
  for (const id of ids) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh) continue;
    // What is unfolded stays so.
    for (const { id: folded } of old.querySelectorAll("details[open][id]")) {
      page.getElementById(folded)?.setAttribute("open", "");
    }
    // A status is read out when its words change, not when another takes its place.
    if (old.role === "status") old.replaceChildren(...fresh.childNodes);
    else old.replaceWith(fresh);
  }
  // The field itself stays, with what was typed; whether that can be read is told of it.
  const field = document.activeElement;
  const read = field?.id ? page.getElementById(field.id) : null;
  if (field && read) field.ariaInvalid = read.ariaInvalid;
  return page.title;
}
