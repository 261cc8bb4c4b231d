/** Inputs of a settings form, by the setting's name. */
import { ColorInput, NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { Fields } from "./settings-form.tsx";

interface InputProps {
  readonly fields: Fields;
  readonly name: string;
  readonly label: string;
  readonly description?: ReactNode;
  readonly placeholder?: string;
}

const orNull = (text: string): string | null => (text === "" ? null : text);

export function TextField({ fields, name, ...rest }: InputProps) {
  return (
    <TextInput
      {...rest}
      name={name}
      value={(fields.value(name) as string | null) ?? ""}
      onChange={(event) => fields.set(name, orNull(event.currentTarget.value))}
      error={fields.error(name)}
    />
  );
}

export function ColorField({ fields, name, ...rest }: InputProps) {
  return (
    <ColorInput
      {...rest}
      name={name}
      format="hex"
      eyeDropperButtonProps={{ "aria-label": "Pick a colour from the screen" }}
      value={(fields.value(name) as string | null) ?? ""}
      onChange={(value) => fields.set(name, orNull(value))}
      error={fields.error(name)}
    />
  );
}

export function SwitchField({ fields, name, label, description }: InputProps) {
  return (
    <Switch
      label={label}
      description={description}
      name={name}
      checked={fields.value(name) === true}
      onChange={(event) => fields.set(name, event.currentTarget.checked)}
      error={fields.error(name)}
    />
  );
}

/** A list, one entry a line. */
export function LinesField({ fields, name, ...rest }: InputProps) {
  const value = (fields.value(name) as readonly string[] | undefined) ?? [];
  return (
    <Textarea
      {...rest}
      name={name}
      autosize
      minRows={3}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      value={value.join("\n")}
      onChange={(event) => {
        const { value: text } = event.currentTarget;
        fields.set(name, text === "" ? [] : text.split("\n").map((line) => line.trim()));
      }}
      onBlur={() => {
        if (value.includes(""))
          fields.set(
            name,
            value.filter((line) => line !== ""),
          );
      }}
      error={fields.error(name)}
    />
  );
}

/** A whole number; empty takes the default. */
export function NumberField({ fields, name, suffix, ...rest }: InputProps & { suffix?: string }) {
  return (
    <NumberInput
      {...rest}
      name={name}
      suffix={suffix ?? ""}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      value={(fields.value(name) as number | null) ?? ""}
      onChange={(value) => fields.set(name, value === "" ? null : Number(value))}
      error={fields.error(name)}
    />
  );
}

export function ChoiceField({
  fields,
  name,
  options,
  ...rest
}: InputProps & { options: readonly { value: string; label: string }[] }) {
  return (
    <Select
      {...rest}
      name={name}
      data={[...options]}
      allowDeselect={false}
      value={String(fields.value(name))}
      onChange={(value) => fields.set(name, readChoice(value))}
      error={fields.error(name)}
    />
  );
}

/** A choice of true, false or null is shown as text. */
function readChoice(value: string | null): unknown {
  if (value === "true") return true;
  if (value === "false") return false;
  return value === "null" ? null : value;
}
