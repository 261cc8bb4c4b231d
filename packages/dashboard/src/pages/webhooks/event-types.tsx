import { Checkbox, MultiSelect, Stack } from "@mantine/core";

export interface EventType {
  readonly type: string;
  readonly description: string;
}

/** All types, or some of them. */
export function EventTypes({
  types,
  value,
  onChange,
  error,
}: {
  types: readonly EventType[];
  /** Empty: all. */
  value: readonly string[] | null;
  /** Null: some are wanted, and none is chosen yet. */
  onChange: (value: readonly string[] | null) => void;
  error?: string | undefined;
}) {
  const isAll = value !== null && value.length === 0;
  return (
    <Stack gap="xs">
      <Checkbox
        label="All events, those of later releases included"
        checked={isAll}
        onChange={(event) => onChange(event.currentTarget.checked ? [] : null)}
      />
      {!isAll && (
        <MultiSelect
          label="Events"
          placeholder={value === null ? "Choose what this endpoint is told" : ""}
          searchable
          hidePickedOptions
          clearable
          data={types.map(({ type }) => type)}
          value={[...(value ?? [])]}
          onChange={(next) => onChange(next.length === 0 ? null : next)}
          renderOption={({ option }) => (
            <div>
              <div>{option.value}</div>
              <small style={{ opacity: 0.75 }}>
                {types.find(({ type }) => type === option.value)?.description}
              </small>
            </div>
          )}
          error={error}
        />
      )}
    </Stack>
  );
}
