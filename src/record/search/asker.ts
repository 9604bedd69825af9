/** On whose behalf a request is worked on, for as long as it is: known wherever the work leads. */
import { AsyncLocalStorage } from "node:async_hooks";

/** Where the caller comes from; undefined for work that no caller asked for, such as a shard's own. */
export const asker = new AsyncLocalStorage<string>();
