/** The fields of a form that choose the channel and how often it is used. */
import { CHANNELS, type ChannelType } from "../../channels/channel-kinds.ts";
import type { InputError } from "../../http/problem.ts";
import { Choice, Field, messagesAt } from "../form.tsx";
import { DIGESTS } from "./alert-wording.ts";

/** The fields as typed. */
export interface ChannelTyped {
  type: string;
  url: string;
  digest: string;
}

export const readChannelFields = (form: URLSearchParams): ChannelTyped => ({
  type: form.get("type") ?? "",
  url: form.get("url")?.trim() ?? "",
  digest: form.get("digest") ?? "",
});

/** Returns the channel in the shape of the API, for the same check. */
export const channelOf = ({ type, url, digest }: ChannelTyped): object => ({
  type,
  ...(type !== "feed" && { url }),
  ...(digest !== "" && { digest }),
});

interface ChannelFieldsProps {
  typed: ChannelTyped;
  /** Errors of the whole form; those at `channel` and below are shown here. */
  errors: readonly InputError[];
  types: readonly ChannelType[];
}

export function ChannelFields({ typed, errors, types }: ChannelFieldsProps) {
  const wrong = errors.filter(({ path }) => path === "channel" || path === "channel.type");
  return (
    <>
      <fieldset aria-describedby={wrong.length > 0 ? "type-error" : undefined}>
        <legend>Send to</legend>
        {types.map((type) => (
          <label class="check">
            <input type="radio" name="type" value={type} checked={type === typed.type} required />
            <span>
              <strong>{CHANNELS[type].name}</strong> <span class="small quiet">{CHANNELS[type].purpose}</span>
            </span>
          </label>
        ))}
        {wrong.length > 0 && (
          <p class="error" id="type-error">
            {wrong.map(({ message }) => message).join(" · ")}
          </p>
        )}
      </fieldset>
      <Field
        name="url"
        label="URL"
        hint="https, reachable from the Internet. We send a confirmation request immediately."
        inputMode="url"
        spellcheck={false}
        autocomplete="off"
        value={typed.url}
        errors={messagesAt(errors, "channel.url")}
        placeholder="https://"
      />
      <Choice
        name="digest"
        label="How often"
        options={DIGESTS}
        value={typed.digest}
        errors={messagesAt(errors, "channel.digest")}
      />
    </>
  );
}
