/** The search box. It updates the parts of the page that depend on the query while the user types. */
import type { Names } from "../../record/names/read-names.ts";
import { QueryInput } from "../query-input.tsx";
import { ReadAs, type TypedQuery } from "../typed-query.tsx";

export const SearchForm = ({ typed, month, names }: { typed: TypedQuery; month: string | undefined; names: Names }) => (
  <search>
    <form method="get" action="/" data-live="reading count shown">
      <label for="q">Search the record</label>
      <div class="row">
        <QueryInput source={typed.source} wrong={typed.problem !== undefined} />
        <button type="submit">Search</button>
      </div>
      {month !== undefined && <input type="hidden" name="month" value={month} />}
      <div id="reading">
        {typed.source.trim() === "" ? (
          <p class="small quiet">
            Words, names in any spelling, <code>"phrases"</code>, <code>OR</code>, <code>NOT</code>,{" "}
            <code>topic:ceasefire</code>. See the <a href="/help">search tips</a>.
          </p>
        ) : (
          <ReadAs typed={typed} names={names} />
        )}
      </div>
    </form>
  </search>
);
