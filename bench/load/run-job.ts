/** Runs one job: warms up, opens the counted window, closes it, and sums up. */
import { createHistogram } from "node:perf_hooks";
import { startCpuUse } from "../process-usage.ts";
import type { Answer } from "./answer-reader.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { LoadJob, LoadReport } from "./job.ts";
import { keySource } from "./key-source.ts";
import { latencySummary, recordLatency } from "./latency-summary.ts";
import { requestBytes, type RequestBytes } from "./request-bytes.ts";

interface Client {
  readonly connection: Connection;
  readonly request: RequestBytes;
  /** When latency began to count for the request under way. */
  startedMs: number;
  /** What to do when the answer is in. */
  done: () => void;
}

interface Tally {
  counting: boolean;
  answers: number;
  failures: number;
  firstFailure: string | undefined;
  bytes: number;
}

/** Requests sent at most: the counter that makes bodies differ, and a bound on the whole job. */
const uniqueMax = 1e9;
/** After an open window, answers to what was sent are waited for this long. */
const drainMs = 2_000;

export async function runJob(job: LoadJob): Promise<LoadReport> {
  const tally: Tally = { counting: false, answers: 0, failures: 0, firstFailure: undefined, bytes: 0 };
  const latency = createHistogram();
  const lateness = createHistogram();
  let broken: string | undefined;
  const clients: Client[] = [];

  const answered = (client: Client, answer: Answer): void => {
    if (tally.counting) {
      tally.answers++;
      tally.bytes += answer.bytes;
      recordLatency(latency, performance.now() - client.startedMs);
    }
    if (answer.status !== 200) {
      tally.failures++;
      tally.firstFailure ??= answer.text.slice(0, 2_000);
    }
    client.done();
  };

  for (let index = 0; index < job.connections; index++) {
    // `answered` cannot come before a request was sent, and that needs the client.
    const connection = await openConnection(job.host, job.port, {
      answered: (answer) => {
        const client = clients[index];
        if (client !== undefined) answered(client, answer);
      },
      broken: (reason) => {
        broken ??= reason;
      },
    });
    clients.push({ connection, request: requestBytes(job), startedMs: 0, done: () => {} });
  }

  const nextKey = keySource(job, job.seed);
  let unique = 0;
  const send = (client: Client, startedMs: number): void => {
    client.startedMs = startedMs;
    unique = (unique + 1) % uniqueMax;
    client.request.renew(nextKey, unique);
    client.connection.send(client.request.bytes);
  };

  const pacer =
    job.pace.kind === "closed"
      ? closedPacer(clients, send)
      : openPacer(clients, send, job.pace.requestsPerSecond, (lateMs) => {
          if (tally.counting) recordLatency(lateness, lateMs);
        });
  pacer.start();
  await untilMs(performance.now() + job.warmUpMs, () => broken !== undefined);

  const cpuUse = startCpuUse(job.serverPid);
  const driverBefore = process.cpuUsage();
  const windowStartMs = performance.now();
  pacer.mark();
  tally.counting = true;
  await untilMs(windowStartMs + job.windowMs, () => tally.answers >= job.requestsMax || broken !== undefined);
  const seconds = (performance.now() - windowStartMs) / 1000;
  const used = cpuUse();
  const driver = process.cpuUsage(driverBefore);
  const answers = tally.answers;

  const unsent = pacer.stop();
  // What was sent on schedule still belongs to the latencies of an open window.
  if (job.pace.kind === "open")
    await untilMs(performance.now() + drainMs, () => pacer.idle() || broken !== undefined);
  tally.counting = false;
  const wasBroken = broken;
  for (const client of clients) client.connection.close();
  if (wasBroken !== undefined) throw new Error(`${job.operation}: ${wasBroken}`);
  return {
    answers,
    failures: tally.failures,
    ...(tally.firstFailure === undefined ? {} : { firstFailure: tally.firstFailure }),
    seconds,
    ...used,
    driverCpuMicros: driver.user + driver.system,
    latency: latencySummary(latency),
    ...(job.pace.kind === "open" ? { lateness: latencySummary(lateness) } : {}),
    unsent,
    bytesPerAnswer: tally.answers === 0 ? 0 : Math.round(tally.bytes / tally.answers),
  };
}

interface Pacer {
  start(): void;
  /** The counted window begins: what is late from the warm-up is forgotten. */
  mark(): void;
  /** Sends no more; returns how many were due and not sent. */
  stop(): number;
  idle(): boolean;
}

type Send = (client: Client, startedMs: number) => void;

/** Every connection sends its next request when it has the answer to the last. */
function closedPacer(clients: readonly Client[], send: Send): Pacer {
  let running = true;
  let underWay = 0;
  const go = (client: Client): void => {
    underWay++;
    client.done = () => {
      underWay--;
      if (running) go(client);
    };
    send(client, performance.now());
  };
  return {
    start: () => clients.forEach(go),
    mark: () => {},
    stop: () => {
      running = false;
      return 0;
    },
    idle: () => underWay === 0,
  };
}

/** Request number i is due at start + i / rate, whether or not the server has answered the ones before. */
function openPacer(
  clients: readonly Client[],
  send: Send,
  perSecond: number,
  late: (ms: number) => void,
): Pacer {
  const idle: Client[] = [...clients];
  const intervalMs = 1000 / perSecond;
  let startMs = 0;
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  const dueMs = (): number => startMs + sent * intervalMs;
  const sendDue = (): void => {
    const nowMs = performance.now();
    while (timer !== undefined && dueMs() <= nowMs) {
      const client = idle.pop();
      if (client === undefined) return;
      const scheduledMs = dueMs();
      sent++;
      client.done = () => {
        idle.push(client);
        sendDue();
      };
      send(client, scheduledMs);
      late(performance.now() - scheduledMs);
    }
  };
  return {
    start: () => {
      startMs = performance.now();
      // A timer fires at best each millisecond; how late that makes a request is reported as lateness.
      timer = setInterval(sendDue, 1);
    },
    mark: () => {
      startMs = performance.now();
      sent = 0;
    },
    stop: () => {
      const due = Math.floor((performance.now() - startMs) / intervalMs);
      clearInterval(timer);
      timer = undefined;
      return Math.max(0, due - sent);
    },
    idle: () => idle.length === clients.length,
  };
}

/** Looks every few milliseconds, so that a job can end early. */
async function untilMs(deadlineMs: number, over: () => boolean): Promise<void> {
  while (performance.now() < deadlineMs && !over()) {
    const left = Math.min(5, Math.max(0, deadlineMs - performance.now()));
    await new Promise<void>((resolve) => setTimeout(resolve, left));
  }
}
