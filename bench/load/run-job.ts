import { Connection } from "./connection.ts";
import type { LoadJob, LoadResult } from "./job.ts";
import { maxRequests, Recorder } from "./recorder.ts";
import { requestSource } from "./requests.ts";
import { problemOf } from "./response-check.ts";
import type { HttpResponse } from "./response-reader.ts";

const requestTimeoutMs = 10_000;

/** Runs a job for its time, and until the requests in flight have a response or have timed out. */
export async function runJob(job: LoadJob): Promise<LoadResult> {
  const run = new Run(job);
  try {
    await run.connect();
    return job.ratePerSecond === undefined ? await run.closedLoop() : await run.openLoop(job.ratePerSecond);
  } finally {
    run.disconnect();
  }
}

class Run {
  readonly #job: LoadJob;
  readonly #nextRequest: () => Buffer;
  readonly #recorder = new Recorder();
  readonly #connections = new Set<Connection>();
  #idle: Connection[] = [];
  #inFlight = 0;
  #onIdle: (connection: Connection) => void = () => {};
  #disconnecting = false;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#nextRequest = requestSource(job);
  }

  async connect(): Promise<void> {
    const { urls, connections } = this.#job;
    const events = {
      responded: (connection: Connection, response: HttpResponse) => this.#onResponse(connection, response),
      closed: (connection: Connection, waiting: boolean) => this.#onClose(connection, waiting),
    };
    for (let index = 0; index < connections; index += 1) {
      const url = new URL(urls[index % urls.length] ?? "");
      const connection = await Connection.open(url, events);
      this.#connections.add(connection);
      this.#idle.push(connection);
    }
  }

  disconnect(): void {
    this.#disconnecting = true;
    for (const connection of this.#connections) connection.close();
  }

  /** Each connection sends again as soon as it has its response. */
  async closedLoop(): Promise<LoadResult> {
    const start = performance.now();
    const end = start + this.#job.seconds * 1_000;
    const send = (connection: Connection): void => {
      const now = performance.now();
      if (now < end && !this.#recorder.isFull) this.#send(connection, now);
    };
    this.#onIdle = send;
    for (const connection of this.#idle) send(connection);
    this.#idle = [];
    await this.#settled(() => performance.now() >= end || this.#recorder.isFull);
    return this.#recorder.result((performance.now() - start) / 1_000);
  }

  /**
   * Requests are due at a constant rate and wait when no connection is free. The wait is part of their latency, so a
   * stalled server cannot hide it by slowing the generator (coordinated omission).
   */
  async openLoop(ratePerSecond: number): Promise<LoadResult> {
    const start = performance.now();
    const total = Math.min(Math.floor(this.#job.seconds * ratePerSecond), maxRequests);
    let sent = 0;
    const dueAt = (index: number): number => start + (index * 1_000) / ratePerSecond;
    this.#onIdle = (connection) => this.#idle.push(connection);
    await this.#settled(() => {
      while (sent < total && dueAt(sent) <= performance.now()) {
        const connection = this.#idle.shift();
        if (connection === undefined) break;
        this.#send(connection, dueAt(sent));
        sent += 1;
      }
      return sent === total;
    });
    return this.#recorder.result((performance.now() - start) / 1_000);
  }

  /** Waits until `done` and no request is in flight. Spins where a late timer would count as latency. */
  async #settled(done: () => boolean): Promise<void> {
    const { ratePerSecond, sharesCore } = this.#job;
    const spins = ratePerSecond !== undefined && !sharesCore;
    const limit = performance.now() + this.#job.seconds * 1_000 + requestTimeoutMs;
    for (;;) {
      if (done() && this.#inFlight === 0) return;
      if (this.#connections.size === 0) throw new Error("The server closed every connection.");
      if (performance.now() > limit) throw new Error("The server stopped responding.");
      await new Promise((resolve) => (spins ? setImmediate(resolve) : setTimeout(resolve, 1)));
    }
  }

  #send(connection: Connection, startedAt: number): void {
    this.#inFlight += 1;
    connection.send(this.#nextRequest(), startedAt);
  }

  #onResponse(connection: Connection, response: HttpResponse): void {
    this.#inFlight -= 1;
    const problem = problemOf(this.#job.check, response.status, response.body);
    if (problem === undefined) this.#recorder.response(performance.now() - connection.startedAt);
    else this.#recorder.failure(problem);
    this.#onIdle(connection);
  }

  #onClose(connection: Connection, waiting: boolean): void {
    if (this.#disconnecting) return;
    this.#connections.delete(connection);
    this.#idle = this.#idle.filter((one) => one !== connection);
    if (!waiting) return;
    this.#inFlight -= 1;
    this.#recorder.failure("the connection was closed");
  }
}
