/**
 * The page of an alert. This script sends its forms (`data-stay`) and replaces the page's content by the answer's, so
 * the address keeps its fragment with the token. While something is pending (`data-waiting`), it sends the form
 * `data-watch` repeatedly and replaces the elements that the form names.
 */

/** Time between two refreshes in ms: the first, the longest, and the factor by which it grows. */
const [FIRST, LONGEST, FACTOR] = [2_000, 30_000, 1.5];

/** The fragment of an address with a token. */
const TOKEN = /^#([a-z0-9]{40})$/;

let pause = FIRST;
/** @type {number | undefined} */
let timer;
let busy = false;
/** Number of forms sent. A refresh that began before the last one is stale. */
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
 * Sends a form and shows the answer in place of the page.
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
    // A proxy may answer with a page of its own.
    if (!main || !fresh) throw new Error("no page of ours");
    const unsent = unsentFields(form);
    main.replaceWith(fresh);
    document.title = page.title;
    for (const [id, value] of unsent) retype(id, value);
    attend();
  } catch {
    tell("The server did not answer. What you typed is still here: try again.");
  } finally {
    main?.removeAttribute("aria-busy");
    busy = false;
  }
  pause = FIRST;
  plan();
}

/**
 * Returns what was typed into other forms than this one, by the fields' ids.
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
 * Sends a form and returns the answered page with its status. Throws if the server failed.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 */
async function ask(form, submitter) {
  const fields = [...new FormData(form, submitter ?? null)].flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value]] : [],
  );
  // A field may be named `action`, so `form.action` cannot be used.
  const response = await fetch(form.getAttribute("action") ?? "", {
    method: "POST",
    headers: { accept: "text/html" },
    body: new URLSearchParams(fields),
  });
  const { status } = response;
  if (status >= 500) throw new Error(`status ${status}`);
  return { status, page: new DOMParser().parseFromString(await response.text(), "text/html") };
}

/** Moves the focus to the result of the action, to a field with an error, or to the heading. */
function attend() {
  const place = document.querySelector("#result, [aria-invalid='true'], h1");
  if (!(place instanceof HTMLElement)) return;
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus();
  place.scrollIntoView({ block: "nearest" });
}

/**
 * Shows an error.
 * @param {string} words
 */
function tell(words) {
  const place = document.getElementById("trouble");
  if (place === null) return;
  place.textContent = words;
  place.hidden = false;
}

/** Plans the next refresh if something is pending and the page is visible. */
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
    // The alert was deleted or has expired, so there is nothing left to refresh.
    if (status === 404) return tell(page.querySelector(".error:not([hidden])")?.textContent ?? "");
    if (sent === before) for (const id of (form.dataset["watch"] ?? "").split(" ")) replace(id, page);
  } catch {
    // There is no connection; the next refresh may have one.
  }
  plan();
}

/**
 * Replaces an element by the same element of a fresh page, unless the focus is in it. Open sections stay open.
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

/** Opens the alert without asking if the fragment has its token. */
function open() {
  const token = TOKEN.exec(location.hash)?.[1];
  const form = document.querySelector("form[data-open]");
  const field = form?.querySelector("input[name='token']");
  if (token === undefined || !(form instanceof HTMLFormElement) || !(field instanceof HTMLInputElement)) return;
  field.value = token;
  void send(form);
}

// Links within the page must not replace the token in the fragment.
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
