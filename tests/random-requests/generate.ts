import type { Schema } from "./document.ts";

/** A source of random values; the same seed gives the same values. */
export class Generator {
  readonly #random: () => number;
  readonly #resolve: (schema: Schema) => Schema;

  constructor(random: () => number, resolve: (schema: Schema) => Schema) {
    this.#random = random;
    this.#resolve = resolve;
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)] as T;
  }

  /** A value that fits the schema; undefined when that needs an example. */
  fitting(schema: Schema, depth = 0): unknown {
    const {
      const: constant,
      enum: values,
      items,
      maxLength = 40,
      properties,
      type,
      ...rest
    } = this.#resolve(schema);
    if (constant !== undefined) return constant;
    if (values !== undefined) return this.pick(values);
    const kind = typeof type === "string" ? type : this.pick(type ?? ["string"]);
    if (kind === "null") return null;
    if (kind === "boolean") return this.chance(0.5);
    if (kind === "integer" || kind === "number") {
      const least = rest.minimum ?? 0;
      const value = least + this.#random() * (Math.min(rest.maximum ?? 1_000, least + 1_000) - least);
      return kind === "integer" ? Math.round(value) : value;
    }
    if (kind === "array") {
      if (items === undefined || depth > 4) return [];
      const made = Array.from({ length: this.pick([0, 1, 2, 5]) }, () => this.fitting(items, depth + 1));
      return made.filter((value) => value !== undefined);
    }
    if (kind === "object") {
      const kept = Object.entries(properties ?? {}).filter(() => depth < 4 && this.chance(0.6));
      return Object.fromEntries(
        kept
          .map(([name, inner]) => [name, this.fitting(inner, depth + 1)])
          .filter(([, value]) => value !== undefined),
      );
    }
    if (rest.pattern !== undefined) return undefined;
    if (rest.format === "uuid") return "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    if (rest.format !== undefined) return undefined;
    return this.pick(["a", "Ünïcode 日本", "two words", "x".repeat(Math.min(maxLength, 300)), "<b>&'\""]);
  }

  /** A value that most schemas reject. */
  odd(): unknown {
    return this.pick<unknown>([
      null,
      true,
      -1,
      0.1,
      1e308,
      2 ** 53,
      "",
      "\u0000",
      "a\u0000b",
      "\ud800",
      "\udc00x",
      "‮evil",
      "../../etc/passwd",
      "%00",
      "' or 1=1 --",
      "x".repeat(5_000),
      [],
      [[[[]]]],
      {},
      { $ne: null },
      { $regex: "(a+)+$" },
      { constructor: { prototype: { polluted: true } } },
      [null, undefined, 1, "a", {}],
    ]);
  }

  /** Changes a few places of a JSON value: fields are dropped, replaced, repeated or added. */
  damaged(value: unknown, depth = 0): unknown {
    if (depth > 0 && this.chance(0.25)) return this.odd();
    if (Array.isArray(value)) {
      const items = value.map((item) => this.damaged(item, depth + 1));
      return this.chance(0.2) ? [...items, ...items, this.odd()] : items;
    }
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).filter(() => !this.chance(0.15));
      if (this.chance(0.2))
        entries.push([this.pick(["__proto__", "constructor", "", "unknown", "a.b", "\u0000"]), this.odd()]);
      return Object.fromEntries(entries.map(([name, inner]) => [name, this.damaged(inner, depth + 1)]));
    }
    return depth === 0 && this.chance(0.5) ? this.odd() : value;
  }

  /** Adds optional fields of the schema to an object. */
  extended(value: unknown, schema: Schema): unknown {
    const { properties } = this.#resolve(schema);
    if (properties === undefined || typeof value !== "object" || value === null || Array.isArray(value))
      return value;
    const result: Record<string, unknown> = { ...value };
    for (const [name, inner] of Object.entries(properties)) {
      if (name in result) result[name] = this.extended(result[name], inner);
      else if (this.chance(0.15)) result[name] = this.fitting(inner);
    }
    return JSON.parse(JSON.stringify(result));
  }
}
