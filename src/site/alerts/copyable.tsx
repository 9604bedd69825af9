/** A text with a button that copies it. `copy.client.js` shows the button. */

export const Copyable = ({ id, what, text }: { id: string; what: string; text: string }) => (
  <div class="copyable">
    <code id={id}>{text}</code>
    <button type="button" class="second scripted" data-copy={id} aria-label={`Copy the ${what}`}>
      Copy
    </button>
    <span role="status" class="small" />
  </div>
);
