/** The button that looks how an alert is doing. With scripts it is pressed by itself while something waits: see `alert.client.js`. */
import { alertPath } from "../../links.ts";

interface Props {
  /** The alert's. */
  id: string;
  token: string;
  /** The ids of what is replaced. */
  watch: string;
  /** Which messages are shown: those after this number; left out for the newest. */
  after?: number;
  /** In another tab, so that what is shown once stays. */
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
      Look again
    </button>
  </form>
);
