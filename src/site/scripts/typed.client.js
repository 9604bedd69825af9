/** What is registered is what stands in the box: whatever has `data-typed` follows it as one types. */

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
