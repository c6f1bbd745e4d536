/** A number for each address of clients, and their sum. */
export class CountByAddress {
  readonly #counts = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  of(address: string): number {
    return this.#counts.get(address) ?? 0;
  }

  /** @param count negative to subtract */
  add(address: string, count: number): void {
    this.#total += count;
    const sum = this.of(address) + count;
    if (sum === 0) this.#counts.delete(address);
    else this.#counts.set(address, sum);
  }
}
