/** What may be wider than a phone, and scrolls by itself. */
import type { ComponentChildren } from "preact";

/** `label` names it for screen readers. */
export const Scrolls = ({ label, children }: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.2, 2.1.1), and not every browser sees to it
  <section class="scrolls" tabIndex={0} aria-label={label}>
    {children}
  </section>
);

/** Lines to copy. */
export const Code = ({ label, children }: { label: string; children: string }) => (
  <Scrolls label={label}>
    <pre>
      <code>{children}</code>
    </pre>
  </Scrolls>
);
