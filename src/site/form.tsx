/** Parts of forms. What is wrong with a field stands beside it, and is told to screen readers with it. */
import type { ComponentChildren } from "preact";
import { readParameter, readText } from "../input.ts";
import { type InputError, Problem } from "../problem.ts";

/** Enough for a form of lines; what takes whole texts says more. */
const MAX_FORM = 16 * 1024;

/**
 * Reads the fields of a form that was sent. Throws a 413 Problem beyond `limit` bytes, and a 400 Problem for a field that is sent more than once, unless
 * its name ends in `[]`.
 */
export async function readForm(request: Request, limit = MAX_FORM): Promise<URLSearchParams> {
  const form = new URLSearchParams(await readText(request, limit));
  for (const name of form.keys()) if (!name.endsWith("[]")) readParameter(form, name);
  return form;
}

/** What was wrong with a form that was sent; with the fields of its HTTP answer, such as `retry-after`. */
export interface RefusedForm {
  status: number;
  errors: readonly InputError[];
  headers: Readonly<Record<string, string>>;
}

/** What a Problem says of a form: by path where it names one, else of the whole (path ""). Anything else is thrown on. */
export function errorsOf(error: unknown): RefusedForm {
  if (!(error instanceof Problem)) throw error;
  const { status, errors, message, headers } = error;
  return { status, errors: errors.length > 0 ? errors : [{ path: "", message }], headers };
}

/** What is wrong at a path, or at one below it: `places` has what is said of `places.0`. */
export const messagesAt = (errors: readonly InputError[], path: string): string[] =>
  errors.filter((error) => error.path === path || error.path.startsWith(`${path}.`)).map(({ message }) => message);

interface Labelled {
  /** The control's name and id. */
  name: string;
  label: ComponentChildren;
  /** What to write there, in a line under the label. */
  hint?: ComponentChildren;
  errors?: readonly string[];
}

/** What controls have in common, as HTML names it. */
interface Control extends Labelled {
  value?: string | undefined;
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  autocomplete?: string;
  /** BCP 47, of what is written there; with `dir="auto"` where it may be any. */
  lang?: string;
  dir?: "auto" | "ltr" | "rtl";
  /** The id of the form that it belongs to, where it does not stand in it. */
  form?: string;
}

interface Input extends Control {
  type?: "text" | "search" | "url" | "password" | "date";
  inputMode?: "url" | "text" | "numeric";
  spellcheck?: boolean;
}

/** A line of text. To Preact's types each type of input is an element of its own; these take the same attributes. */
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

/** One of several. */
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

/** What is wrong with the whole, or with what no field shows. */
export const FormErrors = ({ errors }: { errors: readonly string[] }) =>
  errors.length === 0 ? null : (
    <div class="error" role="alert">
      {errors.map((error) => (
        <p>{error}</p>
      ))}
    </div>
  );
