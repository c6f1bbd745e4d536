import type { Answer } from "./answer-reader.ts";
import { faultOf } from "./answers.ts";
import { Connection } from "./connection.ts";
import type { LoadJob, LoadResult } from "./job.ts";
import { maxRequests, Recorder } from "./recorder.ts";
import { requestSource } from "./requests.ts";

/** A request that takes longer has failed. */
const requestTimeoutMs = 10_000;

/** Runs one job to its end: as long as it says, and until the requests under way are answered or timed out. */
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
  #underWay = 0;
  #onIdle: (connection: Connection) => void = () => {};
  #disconnecting = false;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#nextRequest = requestSource(job);
  }

  async connect(): Promise<void> {
    const { urls, connections } = this.#job;
    const events = {
      answered: (connection: Connection, answer: Answer) => this.#answered(connection, answer),
      broke: (connection: Connection, waiting: boolean) => this.#broke(connection, waiting),
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

  /** Each connection sends again as soon as it has its answer. */
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
   * Requests fall due at a constant rate and wait for a free connection when there is none; that wait is part of
   * their latency, so a server that stalls cannot hide it by slowing the generator (coordinated omission).
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

  /** Turns the event loop until `done` and nothing is under way; spins where a late timer would count as latency. */
  async #settled(done: () => boolean): Promise<void> {
    const { ratePerSecond, sharesCore } = this.#job;
    const spins = ratePerSecond !== undefined && !sharesCore;
    const limit = performance.now() + this.#job.seconds * 1_000 + requestTimeoutMs;
    for (;;) {
      if (done() && this.#underWay === 0) return;
      if (this.#connections.size === 0) throw new Error("The server closed every connection.");
      if (performance.now() > limit) throw new Error("The server stopped answering.");
      await new Promise((resolve) => (spins ? setImmediate(resolve) : setTimeout(resolve, 1)));
    }
  }

  #send(connection: Connection, startedAt: number): void {
    this.#underWay += 1;
    connection.send(this.#nextRequest(), startedAt);
  }

  #answered(connection: Connection, answer: Answer): void {
    this.#underWay -= 1;
    const fault = faultOf(this.#job.check, answer.status, answer.body);
    if (fault === undefined) this.#recorder.answer(performance.now() - connection.startedAt);
    else this.#recorder.failure(fault);
    this.#onIdle(connection);
  }

  #broke(connection: Connection, waiting: boolean): void {
    if (this.#disconnecting) return;
    this.#connections.delete(connection);
    this.#idle = this.#idle.filter((one) => one !== connection);
    if (!waiting) return;
    this.#underWay -= 1;
    this.#recorder.failure("the connection was closed");
  }
}
