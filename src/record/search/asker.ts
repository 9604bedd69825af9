/** The caller of the present request, available to all code that works on the request. */
import { AsyncLocalStorage } from "node:async_hooks";

/** Identifies the caller; undefined for work without a caller, such as the work of a shard. */
export const asker = new AsyncLocalStorage<string>();
