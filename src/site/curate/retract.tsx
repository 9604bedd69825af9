/** Retracting an event. */
import type { InputError } from "../../http/problem.ts";
import type { SourcedEvent } from "../../record/events/events.ts";
import { FormErrors, messagesAt, TextArea } from "../form.tsx";
import { Box } from "./fields.tsx";

export function RetractForm({
  event: { id, revision },
  reason = "",
  errors = [],
}: {
  event: SourcedEvent;
  reason?: string;
  errors?: readonly InputError[];
}) {
  const sure = messagesAt(errors, "sure");
  return (
    <section class="retract" aria-labelledby="retract">
      <h2 id="retract">Retract it</h2>
      <p>
        Its page and its item in the feeds stay, and say that it was retracted and why. Whoever was sent an article of
        it is told so.
      </p>
      <FormErrors errors={messagesAt(errors, "")} />
      <form method="post" action={`/curate/events/${id}/retract`} data-unsaved={errors.length > 0 ? "yes" : ""}>
        <input type="hidden" name="revision" value={String(revision)} />
        <TextArea name="reason" label="Why" value={reason} rows={3} dir="auto" errors={messagesAt(errors, "reason")} />
        <div class="field">
          <Box name="sure" value="yes" checked={false}>
            I want to retract this event
          </Box>
          {sure.length > 0 && <p class="error">{sure.join(" · ")}</p>}
        </div>
        <button type="submit" class="danger">
          Retract the event
        </button>
      </form>
    </section>
  );
}
