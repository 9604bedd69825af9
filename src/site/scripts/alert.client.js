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
/** How many forms were sent: what was asked for before one of them says nothing of what came of it. */
let sent = 0;

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
  sent++;
  const main = document.querySelector("main");
  main?.setAttribute("aria-busy", "true");
  try {
    const { page } = await ask(form, submitter);
    const fresh = page.querySelector("main");
    // What stands between here and the Worker may answer with a page of its own.
    if (!main || !fresh) throw new Error("no page of ours");
    const unsent = unsentFields(form);
    main.replaceWith(fresh);
    document.title = page.title;
    for (const [id, value] of unsent) retype(id, value);
    attend();
  } catch {
    tell("There was no answer. Nothing that you typed is lost: try again.");
  } finally {
    main?.removeAttribute("aria-busy");
    busy = false;
  }
  pause = FIRST;
  plan();
}

/**
 * What was typed into other forms than the one that is sent, by the fields' ids.
 * @param {HTMLFormElement} form
 * @returns {[id: string, value: string][]}
 */
function unsentFields(form) {
  const fields = document.querySelectorAll("main input[id]");
  return [...fields].flatMap((field) =>
    field instanceof HTMLInputElement &&
    field.form !== form &&
    field.value !== field.defaultValue &&
    !TICKED.has(field.type)
      ? [[field.id, field.value]]
      : [],
  );
}

const TICKED = new Set(["checkbox", "radio"]);

/**
 * @param {string} id
 * @param {string} value
 */
function retype(id, value) {
  const field = document.getElementById(id);
  if (!(field instanceof HTMLInputElement)) return;
  field.value = value;
  field.closest("details")?.setAttribute("open", "");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * The page that a form brings, and its status. Throws where the server failed.
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
  const { status } = response;
  if (status >= 500) throw new Error(`status ${status}`);
  return { status, page: new DOMParser().parseFromString(await response.text(), "text/html") };
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
 * What went wrong.
 * @param {string} words
 */
function tell(words) {
  const place = document.getElementById("trouble");
  if (place === null) return;
  place.textContent = words;
  place.hidden = false;
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
  const before = sent;
  try {
    const { status, page } = await ask(form);
    // It was deleted, or has expired: there is nothing more to look for.
    if (status === 404) return tell(page.querySelector(".error:not([hidden])")?.textContent ?? "");
    if (sent === before) for (const id of (form.dataset["watch"] ?? "").split(" ")) replace(id, page);
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
