/** As much of JSON Schema as the management API's document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly default?: unknown;
  readonly description?: string;
}

/** A schema as a type is written, with what is said of each field beside it. */
export function schemaText(schema: Schema, indent = ""): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => schemaText(choice, indent)).join(" | ");
  if (schema.items) {
    const item = schemaText(schema.items, indent);
    return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
  }
  if (schema.properties) return objectText(schema, indent);
  if (typeof schema.additionalProperties === "object") {
    return `{ [name]: ${schemaText(schema.additionalProperties, indent)} }`;
  }
  if (schema.type === "integer") return "integer";
  return schema.type ?? "any";
}

function objectText({ properties = {}, required = [] }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, field]) => {
    const optional = required.includes(name) ? "" : "?";
    const notes = [
      field.description,
      field.default === undefined ? undefined : `default ${JSON.stringify(field.default)}`,
    ].filter((note) => note !== undefined);
    const comment = notes.length > 0 ? `  // ${notes.join("; ")}` : "";
    return `${inner}${name}${optional}: ${schemaText(field, inner)}${comment}`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}
