/** Copies the typed query into every element with `data-typed`, and prevents sending a form twice. */

const box = document.querySelector("input#q");

function copy() {
  if (!(box instanceof HTMLInputElement)) return;
  for (const follower of document.querySelectorAll("[data-typed]")) {
    if (follower instanceof HTMLInputElement) follower.value = box.value;
    else follower.textContent = box.value;
  }
}

box?.addEventListener("input", copy);
// A browser restores what was typed when the user goes back.
window.addEventListener("pageshow", copy);

/** A form that is sent again within this time is sent by mistake, in ms. */
const TWICE = 5_000;
let sent = -TWICE;

// A form that is sent twice creates two alerts, and the token of the first one is lost.
document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || event.target.method !== "post") return;
  if (event.timeStamp - sent < TWICE) event.preventDefault();
  else sent = event.timeStamp;
});
window.addEventListener("pageshow", () => {
  sent = -TWICE;
});
