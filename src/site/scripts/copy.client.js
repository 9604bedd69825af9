/** `<button data-copy="id">` copies the text of the element with this id, and says so in the element after the button. */

document.addEventListener("click", async ({ target }) => {
  const button = target instanceof Element ? target.closest("button[data-copy]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const source = document.getElementById(button.dataset["copy"] ?? "");
  const status = button.nextElementSibling;
  if (source === null || status === null) return;
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    status.textContent = "Copied";
  } catch {
    // The clipboard is not available, so the text is selected for copying by keyboard.
    window.getSelection()?.selectAllChildren(source);
    status.textContent = "Selected. Copy it with your keyboard.";
  }
});
