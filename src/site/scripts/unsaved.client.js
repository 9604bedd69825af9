/**
 * Asks before a page is left on which something was typed that was not sent. `<form data-unsaved>`; with `data-unsaved="yes"` it holds such from
 * the beginning, as a preview does.
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
  // Whichever form is sent, the page is left on purpose.
  document.addEventListener("submit", () => {
    unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
}
