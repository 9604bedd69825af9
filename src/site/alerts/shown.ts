/** What an alert's page shows. */
import type { HeldAlert } from "../../alerts/holder.ts";
import type { InputError } from "../../problem.ts";
import type { Action, Done } from "./actions.ts";
import type { MessagePage } from "./messages.tsx";
import type { Tried } from "./preview.tsx";

export interface Shown {
  alert: HeldAlert;
  token: string;
  page: MessagePage;
  /** What was asked for, with its fields as they were typed; and what came of it. */
  action: Action;
  form: URLSearchParams;
  done: Done;
  errors: readonly InputError[];
  /** The query as it stands in the form that changes it. */
  tried: Tried;
}
