import type { LoadJob, LoadResult, RequestTemplate } from "./load-job.ts";
import { openConnection, type RawConnection } from "./raw-connection.ts";

/** Sends what the job says over its connections, each waiting for its answer before the next. */
export async function runJob(job: LoadJob): Promise<LoadResult> {
  const write = requestWriter(job.request, job.port);
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => openConnection(job.port)),
  );
  const tokens = [...job.tokens];
  const latencies: number[] = [];
  let moved = 0;
  let sent = 0;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const { until } = job;
  const goesOn =
    "ms" in until ? () => performance.now() - started < until.ms : () => sent < until.requests;

  async function drive(connection: RawConnection, first: number): Promise<void> {
    let index = first;
    while (goesOn()) {
      sent += 1;
      const token = tokens[index] as string;
      const text = write(token);
      const before = performance.now();
      const { status, body } = await connection.request(text);
      latencies.push(performance.now() - before);
      if (status !== 200) throw new Error(`${job.request.path} answered ${status}: ${body}`);
      if (job.rotates) {
        const next = nextToken(body);
        if (next !== token) moved += 1;
        tokens[index] = next;
      }
      index += job.connections;
      if (index >= tokens.length) index = first;
    }
  }

  try {
    await Promise.all(connections.map(drive));
  } finally {
    for (const connection of connections) connection.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return {
    requests: latencies.length,
    seconds,
    latency: { p50: at(0.5), p99: at(0.99) },
    moved,
    clientCpuMicros: user + system,
    tokens,
  };
}

/** Writes whole requests; a token must be ASCII. */
function requestWriter(request: RequestTemplate, port: number): (token: string) => string {
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const head = lines.join("\r\n").split("{token}");
  const body = request.body?.split("{token}");
  return (token) => {
    if (body === undefined) return `${head.join(token)}\r\n\r\n`;
    const written = body.join(token);
    return `${head.join(token)}\r\ncontent-length: ${written.length}\r\n\r\n${written}`;
  };
}

const member = '"refresh_token":"';

function nextToken(body: string): string {
  const start = body.indexOf(member) + member.length;
  if (start < member.length) throw new Error(`the answer carries no refresh token: ${body}`);
  return body.slice(start, body.indexOf('"', start));
}
