/**
 * An alert's page, at one address. Its forms (`data-stay`) are sent from here, and the answer's content takes the place of the page's, so that
 * the address keeps its fragment: there the token may stand, which is never sent with it. While something waits (`data-waiting`), the form
 * `data-watch` is sent again and again, and the elements that it names are replaced.
 */

/** How long until it looks again: at first, at the most, in milliseconds; each time longer by this factor. */
const [FIRST, LONGEST, FACTOR] = [2_000, 30_000, 1.5];

/** A token, as the fragment of the page's address. */
const TOKEN = /^#([a-z0-9]{40})$/;

let pause = FIRST;
/** @type {number | undefined} */
let timer;
let busy = false;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.dataset["watch"] !== undefined) {
    event.preventDefault();
    pause = FIRST;
    void look();
  } else if (form.dataset["stay"] !== undefined) {
    event.preventDefault();
    void send(form, event.submitter);
  }
});

/**
 * Sends a form; what is answered takes the page's place.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 */
async function send(form, submitter) {
  if (busy) return;
  busy = true;
  const main = document.querySelector("main");
  main?.setAttribute("aria-busy", "true");
  try {
    const page = await ask(form, submitter);
    const fresh = page.querySelector("main");
    if (fresh) main?.replaceWith(fresh);
    document.title = page.title;
    attend();
  } catch {
    say(form, "The connection failed. Nothing is lost: try again.");
  } finally {
    main?.removeAttribute("aria-busy");
    busy = false;
  }
  pause = FIRST;
  plan();
}

/**
 * The page that a form brings.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 */
async function ask(form, submitter) {
  const fields = [...new FormData(form, submitter ?? null)].flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value]] : [],
  );
  // Not `form.action`: a field may have that name.
  const response = await fetch(form.getAttribute("action") ?? "", {
    method: "POST",
    headers: { accept: "text/html" },
    body: new URLSearchParams(fields),
  });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Goes to what the page has to say: what came of an action, a field that is wrong, else its beginning. */
function attend() {
  const place = document.querySelector("#result, [aria-invalid='true'], h1");
  if (!(place instanceof HTMLElement)) return;
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus();
  place.scrollIntoView({ block: "nearest" });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} words
 */
function say(form, words) {
  const status = document.createElement("p");
  status.className = "error";
  status.setAttribute("role", "alert");
  status.textContent = words;
  form.querySelector("[role='alert']")?.remove();
  form.append(status);
}

/** Looks again after a while, if anything waits and somebody can see it. */
function plan() {
  window.clearTimeout(timer);
  if (document.hidden || document.querySelector("[data-waiting]") === null) return;
  timer = window.setTimeout(() => void look(), pause);
  pause = Math.min(pause * FACTOR, LONGEST);
}

async function look() {
  const form = document.querySelector("form[data-watch]");
  if (!(form instanceof HTMLFormElement)) return;
  try {
    const page = await ask(form);
    if (!busy) for (const id of (form.dataset["watch"] ?? "").split(" ")) replace(id, page);
  } catch {
    // The connection: the next look may have one.
  }
  plan();
}

/**
 * Replaces an element by the one that a page has, if that is another one. Not while the focus is in it; what is unfolded stays so.
 * @param {string} id
 * @param {Document} page
 */
function replace(id, page) {
  const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
  if (!old || !fresh || old.contains(document.activeElement)) return;
  for (const { id: folded } of old.querySelectorAll("details[open][id]")) {
    page.getElementById(folded)?.setAttribute("open", "");
  }
  if (old.outerHTML !== fresh.outerHTML) old.replaceWith(fresh);
}

document.addEventListener("visibilitychange", () => {
  pause = FIRST;
  plan();
});

/** With the token in the fragment, the page that asks for it opens at once. */
function open() {
  const token = TOKEN.exec(location.hash)?.[1];
  const form = document.querySelector("form[data-open]");
  const field = form?.querySelector("input[name='token']");
  if (token === undefined || !(form instanceof HTMLFormElement) || !(field instanceof HTMLInputElement)) return;
  field.value = token;
  void send(form);
}

// Links within the page must not take the token out of the fragment.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href^='#']") : null;
  const place = link && document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
  if (!place || !TOKEN.test(location.hash)) return;
  event.preventDefault();
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus();
  place.scrollIntoView();
});

window.addEventListener("hashchange", open);
open();
plan();
