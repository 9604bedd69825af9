/** A form of an alert's page. With scripts its answer takes the page's place, at the same address: see `alert.client.js`. */
import type { ComponentChildren } from "preact";
import { alertPath } from "../../links.ts";
import type { Action } from "./actions.ts";

interface AlertFormProps {
  /** The alert's. */
  id: string;
  token: string;
  /** What it does; left out where its buttons say so. */
  action?: Action;
  /** What else it says. */
  fields?: Readonly<Record<string, string>>;
  /** The ids of what `live.client.js` replaces while one types in it. */
  live?: string;
  children: ComponentChildren;
}

export const AlertForm = ({ id, token, action, fields = {}, live, children }: AlertFormProps) => (
  <form
    method="post"
    action={alertPath(id)}
    data-stay=""
    {...(live && { "data-live": live, "data-ask": "/alerts/new" })}
  >
    <input type="hidden" name="token" value={token} />
    {action !== undefined && <input type="hidden" name="action" value={action} />}
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    {children}
  </form>
);
