/**
 * A form of an alert's page. With scripts, its answer replaces the page without a navigation: see `alert.client.js`.
 */
import type { ComponentChildren } from "preact";
import { alertPath } from "../../http/links.ts";
import type { Action } from "./actions.ts";

interface AlertFormProps {
  /** The alert's id. */
  id: string;
  token: string;
  /** The action; undefined if the form's buttons name it. */
  action?: Action;
  /** Other hidden fields. */
  fields?: Readonly<Record<string, string>>;
  /** Ids of the elements that `live.client.js` updates while the user types in the form. */
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
