/**
 * Asks before the user leaves a page with unsent input in a `<form data-unsaved>`. With `data-unsaved="yes"` the form
 * has unsent input from the beginning, as in a preview.
 */
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  if (form instanceof HTMLFormElement) guard(form);
}

/** @param {HTMLFormElement} form */
function guard(form) {
  let unsaved = form.dataset["unsaved"] === "yes";
  form.addEventListener("input", () => {
    unsaved = true;
  });
  // Sending any form leaves the page on purpose.
  document.addEventListener("submit", () => {
    unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
}
