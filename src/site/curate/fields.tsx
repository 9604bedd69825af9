/** What the forms for articles and events share. */
import type { ComponentChildren } from "preact";
import type { InputError } from "../../http/problem.ts";
import type { Mode } from "../../record/fields.ts";
import { FormErrors, messagesAt } from "../form.tsx";

/** A submitted form. */
export type Typed = URLSearchParams;

/** Returns a line; undefined if it is empty. */
export const lineOf = (typed: Typed, name: string): string | undefined => typed.get(name)?.trim() || undefined;

/** Returns the lines of a field, without empty lines. */
export const linesOf = (typed: Typed, name: string): string[] =>
  (typed.get(name) ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Returns the content for a `textarea`. HTML drops a line break at the beginning, so another one is added. */
export const kept = (text: string): string => (/^[\r\n]/.test(text) ? `\n${text}` : text);

/** Returns a text as typed; undefined if it is only white space. */
export const textOf = (typed: Typed, name: string): string | undefined => {
  const text = typed.get(name) ?? "";
  return text.trim() === "" ? undefined : text;
};

/** Returns the errors of a field with one value per line: `places.2` is the third line. */
export const messagesOfLines = (errors: readonly InputError[], path: string): string[] => {
  const at = (error: InputError): number => Number(error.path.slice(path.length + 1));
  return [
    ...errors.filter((error) => error.path === path).map(({ message }) => message),
    ...errors
      .filter((error) => error.path.startsWith(`${path}.`))
      .map((error) => `line ${at(error) + 1}: ${error.message}`),
  ];
};

interface FormHeadProps {
  /** The page's heading; undefined if something else on the page has it. */
  title: string | undefined;
  /** What the last step did. */
  done?: string | undefined;
  errors: readonly InputError[];
  /** The fields beside which errors are shown. */
  fields: readonly string[];
  /** What is edited. */
  children?: ComponentChildren;
}

/** The head of a form: its heading, what the last step did, what is edited, and what is wrong. */
export const FormHead = ({ title, done, errors, fields, children }: FormHeadProps) => (
  <>
    {title !== undefined && <h1>{title}</h1>}
    {done && (
      <p class="notice" role="status">
        {done}
      </p>
    )}
    {children}
    <Wrong errors={errors} shown={fields} />
  </>
);

/** Shows all errors that no field shows, and says that there are errors beside fields. */
function Wrong({ errors, shown }: { errors: readonly InputError[]; shown: readonly string[] }) {
  const isShown = ({ path }: InputError) => shown.some((name) => path === name || path.startsWith(`${name}.`));
  const others = errors
    .filter((error) => !isShown(error))
    .map(({ path, message }) => (path ? `${path}: ${message}` : message));
  if (errors.length === 0) return null;
  return (
    <FormErrors errors={others.length < errors.length ? ["Please correct the marked fields.", ...others] : others} />
  );
}

/** What each mode does, in words. */
export type Modes = Readonly<Record<Mode, string>>;

/** A choice of mode, with what each does. */
export function ModeChoice({ modes, value, errors }: { modes: Modes; value: string; errors: readonly InputError[] }) {
  const wrong = messagesAt(errors, "mode");
  return (
    <fieldset>
      <legend>Mode</legend>
      {Object.entries(modes).map(([mode, does]) => (
        <label class="check">
          <input type="radio" name="mode" value={mode} checked={mode === value} />
          <span>
            <span class="mode">{mode}</span>: <span class="quiet">{does}</span>
          </span>
        </label>
      ))}
      {wrong.length > 0 && <p class="error">{wrong.join(" · ")}</p>}
    </fieldset>
  );
}

/** A checkbox. */
export const Box = ({
  name,
  value,
  checked,
  children,
}: {
  name: string;
  value: string;
  checked: boolean;
  children: ComponentChildren;
}) => (
  <label class="check">
    <input type="checkbox" name={name} value={value} checked={checked} />
    <span>{children}</span>
  </label>
);

/** The button for the first step of a form. */
export const Preview = () => (
  <>
    <button type="submit" name="step" value="preview">
      Preview
    </button>
    <span class="small quiet">A preview changes nothing.</span>
  </>
);

/** The preview button comes first, so the Enter key presses it (HTML, implicit submission). */
export const PreviewAgain = () => (
  <button type="submit" name="step" value="preview" class="second">
    Preview again
  </button>
);
