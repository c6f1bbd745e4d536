import { monotonicSeconds } from "../../infrastructure/clock/index.ts";

/** Where progress is shown: standard error. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const barWidth = 24;
const secondsBetweenLines = 10;
const secondsBetweenBars = 0.1;

/** Shows how far a migration is: a bar on a terminal, else a line every 10 seconds. */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #totalBytes: number;
  readonly #start = monotonicSeconds();
  #bytes = 0;
  #tokens = 0;
  #failed = 0;
  #shownAt = monotonicSeconds();

  constructor(stream: ProgressStream, totalBytes: number) {
    this.#stream = stream;
    this.#totalBytes = totalBytes;
  }

  readonly read = (bytes: number): void => {
    this.#bytes += bytes;
  };

  /** Counts a token that this run has processed. */
  ended(isMigrated: boolean): void {
    this.#tokens += 1;
    if (!isMigrated) this.#failed += 1;
    const now = monotonicSeconds();
    const interval = this.#stream.isTTY ? secondsBetweenBars : secondsBetweenLines;
    if (now - this.#shownAt < interval) return;
    this.#shownAt = now;
    this.#show(now);
  }

  /** Ends the line of the bar. */
  end(): void {
    if (!this.#stream.isTTY) return;
    this.#show(monotonicSeconds());
    this.#stream.write("\n");
  }

  #show(now: number): void {
    const part = this.#totalBytes === 0 ? 1 : Math.min(1, this.#bytes / this.#totalBytes);
    const perSecond = Math.round(this.#tokens / Math.max(now - this.#start, 0.001));
    const text = `${Math.floor(part * 100)} % read, ${this.#tokens} tokens, ${this.#failed} not migrated, ${perSecond} a second`;
    if (!this.#stream.isTTY) {
      this.#stream.write(`latchkey: ${text}\n`);
      return;
    }
    const filled = Math.round(part * barWidth);
    this.#stream.write(`\r[${"#".repeat(filled)}${".".repeat(barWidth - filled)}] ${text}\u001b[K`);
  }
}
