/** The button that refreshes an alert's status. `alert.client.js` presses it while something is pending. */
import { alertPath } from "../../http/links.ts";

interface Props {
  /** The alert's id. */
  id: string;
  token: string;
  /** Ids of the elements to replace. */
  watch: string;
  /** Shows the messages after this number; undefined for the newest. */
  after?: number;
  /** Opens a new tab, so that the secrets on this page stay visible. */
  elsewhere?: boolean;
}

export const RefreshButton = ({ id, token, watch, after, elsewhere = false }: Props) => (
  <form
    method="post"
    action={alertPath(id)}
    {...(elsewhere && { target: "_blank", rel: "noopener" })}
    data-watch={watch}
  >
    <input type="hidden" name="token" value={token} />
    {after !== undefined && <input type="hidden" name="after" value={after} />}
    <button type="submit" class="second">
      Refresh
    </button>
  </form>
);
