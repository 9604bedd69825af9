/** Containers that scroll sideways if their content is wider than a phone. */
import type { ComponentChildren } from "preact";

/** `label` is the name for screen readers. */
export const Scrolls = ({ label, children }: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.2, 2.1.1), and not every browser sees to it
  <section class="scrolls" tabIndex={0} aria-label={label}>
    {children}
  </section>
);

/** Lines of code to copy. */
export const Code = ({ label, children }: { label: string; children: string }) => (
  <Scrolls label={label}>
    <pre>
      <code>{children}</code>
    </pre>
  </Scrolls>
);
