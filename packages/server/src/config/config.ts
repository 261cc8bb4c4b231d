import { type Variable, variables } from "./variables.ts";

export type Mode = "development" | "production";

type Variables = typeof variables;
type ValueOf<V> = V extends Variable<infer T> ? T : never;

/** What the apps' own domains need. */
export interface DomainConfig {
  readonly cnameZone: string | null;
  readonly dnsServers: readonly string[];
  readonly acmeDirectory: string;
}

/** The values that count in both modes. */
export interface CommonConfig extends DomainConfig {
  readonly port: number;
  readonly accessTokenTtl: number | null;
  readonly refreshWindow: number;
  readonly logLevel: ValueOf<Variables["logLevel"]>;
}

export interface DevelopmentConfig extends CommonConfig {
  readonly dataDir: string;
}

export type ProductionConfig = Readonly<{
  [Name in Exclude<keyof Variables, "dataDir">]: ValueOf<Variables[Name]>;
}>;

/** Every problem at once, each with the variable's name and what to do. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
    this.problems = problems;
  }
}

export function readConfig(mode: "development", env: Environment): DevelopmentConfig;
export function readConfig(mode: "production", env: Environment): ProductionConfig;
export function readConfig(mode: Mode, env: Environment): object {
  return read((variable) => variable.modes.includes(mode), env);
}

/** What an operator's command needs of a deployment. */
export function readOperatorConfig(
  env: Environment,
): Pick<ProductionConfig, "databaseUrl" | "masterKey"> {
  const needed: readonly Variable[] = [variables.databaseUrl, variables.masterKey];
  return read((variable) => needed.includes(variable), env) as ProductionConfig;
}

/** What an operator's command reads besides, where it works on domains. */
export function readDomainConfig(env: Environment): DomainConfig {
  const { cnameZone, dnsServers, acmeDirectory } = variables;
  const needed: readonly Variable[] = [cnameZone, dnsServers, acmeDirectory];
  return read((variable) => needed.includes(variable), env) as DomainConfig;
}

/** Where an operator's command may call, on an app administrator's word. */
export function readAddressConfig(
  env: Environment,
): Pick<ProductionConfig, "allowPrivateAddresses"> {
  return read((variable) => variable === variables.allowPrivateAddresses, env) as ProductionConfig;
}

/** What holds for the sessions of apps that do not say, as the server takes it. */
export function readSessionConfig(
  env: Environment,
): Pick<CommonConfig, "accessTokenTtl" | "refreshWindow"> {
  const needed: readonly Variable[] = [variables.accessTokenTtl, variables.refreshWindow];
  return read((variable) => needed.includes(variable), env) as CommonConfig;
}

function read(wanted: (variable: Variable) => boolean, env: Environment): object {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries<Variable>(variables)) {
    if (!wanted(variable)) continue;
    // An empty line in an .env file means: not set.
    const read = variable.schema.safeParse(env[variable.name]?.trim() || undefined);
    if (read.success) values[name] = read.data;
    else problems.push(`${variable.name} ${read.error.issues[0]?.message ?? "is not valid"}`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze(values);
}

/** Names that look like ours and are none: a misspelled option would count for nothing, silently. */
export function unknownVariables(env: Environment): string[] {
  const known = new Set(Object.values<Variable>(variables).map(({ name }) => name));
  return Object.keys(env).filter((name) => name.startsWith("LATCHKEY_") && !known.has(name));
}

export type Environment = Readonly<Record<string, string | undefined>>;
