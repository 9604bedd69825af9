/** What the forms for articles and for events share. */
import type { ComponentChildren } from "preact";
import type { InputError } from "../../problem.ts";
import type { Mode } from "../../record/fields.ts";
import { FormErrors, messagesAt } from "../form.tsx";

/** What somebody typed into a form, by the names of its fields. */
export type Typed = URLSearchParams;

/** A line as it was typed; undefined where nothing was. */
export const lineOf = (typed: Typed, name: string): string | undefined => typed.get(name)?.trim() || undefined;

/** What was typed one a line, without the empty lines. */
export const linesOf = (typed: Typed, name: string): string[] =>
  (typed.get(name) ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** The text of a `textarea`: HTML passes over a line end at its very beginning, so that one more is needed to keep it. */
export const kept = (text: string): string => (/^[\r\n]/.test(text) ? `\n${text}` : text);

/** A text as it was typed; undefined where nothing but white space was. */
export const textOf = (typed: Typed, name: string): string | undefined => {
  const text = typed.get(name) ?? "";
  return text.trim() === "" ? undefined : text;
};

/** What is wrong with lines: at `places.2`, the third of them. */
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

/** What is wrong, said first: with the whole, or where no field shows it; and that something is, for those who do not see the fields. */
function Wrong({ errors, shown }: { errors: readonly InputError[]; shown: readonly string[] }) {
  const isShown = ({ path }: InputError) => shown.some((name) => path === name || path.startsWith(`${name}.`));
  const others = errors
    .filter((error) => !isShown(error))
    .map(({ path, message }) => (path ? `${path}: ${message}` : message));
  if (errors.length === 0) return null;
  return (
    <FormErrors
      errors={
        others.length < errors.length ? ["Some of it cannot be taken yet: see beside the fields.", ...others] : others
      }
    />
  );
}

/** What each mode does, in words. */
export type Modes = Readonly<Record<Mode, string>>;

/** One of the modes, each with what it does. */
export function ModeChoice({ modes, value, errors }: { modes: Modes; value: string; errors: readonly InputError[] }) {
  const wrong = messagesAt(errors, "mode");
  return (
    <fieldset>
      <legend>Where it shows</legend>
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

/** Things to tick. */
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

/** The first step of a form. */
export const Preview = () => (
  <>
    <button type="submit" name="step" value="preview">
      Preview
    </button>
    <span class="small quiet">Nothing is changed by it.</span>
  </>
);

/** First among the buttons, so that it is what the Enter key does (HTML, implicit submission). */
export const PreviewAgain = () => (
  <button type="submit" name="step" value="preview" class="second">
    Preview again
  </button>
);
