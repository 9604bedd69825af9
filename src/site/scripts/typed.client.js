/** What is registered is what stands in the box, and once: whatever has `data-typed` follows it as one types. */

const box = document.querySelector("input#q");

function copy() {
  if (!(box instanceof HTMLInputElement)) return;
  for (const follower of document.querySelectorAll("[data-typed]")) {
    if (follower instanceof HTMLInputElement) follower.value = box.value;
    else follower.textContent = box.value;
  }
}

box?.addEventListener("input", copy);
// Going back, a browser fills in what was typed.
window.addEventListener("pageshow", copy);

/** How soon after another a form is sent by mistake, in milliseconds. */
const TWICE = 5_000;
let sent = -TWICE;

// A registration that is sent twice makes two alerts, and nobody gets the first one's token.
document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || event.target.method !== "post") return;
  if (event.timeStamp - sent < TWICE) event.preventDefault();
  else sent = event.timeStamp;
});
window.addEventListener("pageshow", () => {
  sent = -TWICE;
});
