/** Retracting an event. */
import type { InputError } from "../../http/problem.ts";
import type { SourcedEvent } from "../../record/events/read-events.ts";
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
      <h2 id="retract">Retract this event</h2>
      <p>
        Its page and feed items stay and say that it was retracted, and why. Everyone who received one of its articles
        is notified.
      </p>
      <FormErrors errors={messagesAt(errors, "")} />
      <form method="post" action={`/curate/events/${id}/retract`} data-unsaved={errors.length > 0 ? "yes" : ""}>
        <input type="hidden" name="revision" value={String(revision)} />
        <TextArea
          name="reason"
          label="Reason"
          value={reason}
          rows={3}
          dir="auto"
          errors={messagesAt(errors, "reason")}
        />
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
