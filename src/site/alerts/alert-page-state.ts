/** Everything that an alert's page shows. */
import type { HeldAlert } from "../../alerts/alert-answers.ts";
import type { InputError } from "../../http/problem.ts";
import type { Action, ActionResult } from "./actions.ts";
import type { MessagePage } from "./messages.tsx";
import type { TriedQuery } from "./query-preview.tsx";

export interface AlertPageState {
  alert: HeldAlert;
  token: string;
  page: MessagePage;
  /** The action that was requested, with its fields as typed, and its result. */
  action: Action;
  form: URLSearchParams;
  done: ActionResult;
  errors: readonly InputError[];
  /** The query in the form that changes it. */
  tried: TriedQuery;
}
