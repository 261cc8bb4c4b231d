/** Values for the tests to read. */
export function Facts({ id, of }: { id: string; of: object }) {
  return <pre id={id}>{JSON.stringify(of)}</pre>;
}
