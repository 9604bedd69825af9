/** Parts of forms. Errors are shown beside their field and are linked to it for screen readers. */
import type { ComponentChildren } from "preact";
import { readParameter, readText } from "../http/input.ts";
import { type InputError, Problem } from "../http/problem.ts";

/** Default maximum length of a form, in bytes. Forms with long texts pass a larger limit. */
const MAX_FORM = 16 * 1024;

/**
 * Reads the fields of a submitted form. Throws a 413 Problem beyond `limit` bytes. Throws a 400 Problem if a field is
 * sent twice, unless its name ends in `[]`.
 */
export async function readForm(request: Request, limit = MAX_FORM): Promise<URLSearchParams> {
  const form = new URLSearchParams(await readText(request, limit));
  for (const name of form.keys()) if (!name.endsWith("[]")) readParameter(form, name);
  return form;
}

/** Why a submitted form was refused, with the status and headers of the answer, such as `retry-after`. */
export interface RefusedForm {
  status: number;
  errors: readonly InputError[];
  headers: Readonly<Record<string, string>>;
}

/** Returns the errors of a Problem; an error without a path concerns the whole form. Rethrows anything else. */
export function errorsOf(error: unknown): RefusedForm {
  if (!(error instanceof Problem)) throw error;
  const { status, errors, message, headers } = error;
  return { status, errors: errors.length > 0 ? errors : [{ path: "", message }], headers };
}

/** Returns the error messages at a path and below it: `places` includes `places.0`. */
export const messagesAt = (errors: readonly InputError[], path: string): string[] =>
  errors.filter((error) => error.path === path || error.path.startsWith(`${path}.`)).map(({ message }) => message);

interface Labelled {
  /** The control's name and id. */
  name: string;
  label: ComponentChildren;
  /** Instructions below the label. */
  hint?: ComponentChildren;
  errors?: readonly string[];
}

/** What all controls have in common, with the names of HTML. */
interface Control extends Labelled {
  value?: string | undefined;
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  autocomplete?: string;
  /** Language of the content, BCP 47. With `dir="auto"` it may be any language. */
  lang?: string;
  dir?: "auto" | "ltr" | "rtl";
  /** The id of the control's form, if the control is outside it. */
  form?: string;
}

interface Input extends Control {
  type?: "text" | "search" | "url" | "password" | "date";
  inputMode?: "url" | "text" | "numeric";
  spellcheck?: boolean;
}

/** A line of text. Preact types each kind of input differently; all of them take these attributes. */
export const Field = ({ name, label, hint, errors = [], type = "text", ...input }: Input) => (
  <Labelled name={name} label={label} hint={hint} errors={errors}>
    <input id={name} name={name} type={type as "text"} {...described(name, hint, errors)} {...input} />
  </Labelled>
);

/** Several lines of text. */
export const TextArea = ({ name, label, hint, errors = [], value, ...area }: Control & { rows?: number }) => (
  <Labelled name={name} label={label} hint={hint} errors={errors}>
    <textarea id={name} name={name} {...described(name, hint, errors)} {...area}>
      {value}
    </textarea>
  </Labelled>
);

/** A choice of one option. */
export const Choice = ({
  name,
  label,
  hint,
  errors = [],
  options,
  value,
  ...select
}: Control & {
  options: readonly (readonly [value: string, label: string])[];
}) => (
  <Labelled name={name} label={label} hint={hint} errors={errors}>
    <select id={name} name={name} {...described(name, hint, errors)} {...select}>
      {options.map(([option, text]) => (
        <option value={option} selected={option === value}>
          {text}
        </option>
      ))}
    </select>
  </Labelled>
);

function described(name: string, hint: ComponentChildren, errors: readonly string[]) {
  const by = [...(hint ? [`${name}-hint`] : []), ...(errors.length > 0 ? [`${name}-error`] : [])];
  return {
    "aria-invalid": errors.length > 0 ? ("true" as const) : undefined,
    "aria-describedby": by.length > 0 ? by.join(" ") : undefined,
  };
}

function Labelled({ name, label, hint, errors = [], children }: Labelled & { children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {children}
      {errors.length > 0 && (
        <p class="error" id={`${name}-error`}>
          {errors.join(" · ")}
        </p>
      )}
    </div>
  );
}

/** Errors that concern the whole form or that no field shows. */
export const FormErrors = ({ errors }: { errors: readonly string[] }) =>
  errors.length === 0 ? null : (
    <div class="error" role="alert">
      {errors.map((error) => (
        <p>{error}</p>
      ))}
    </div>
  );
