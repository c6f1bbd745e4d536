import type { GeneratedQuery } from "./generated-queries.ts";

const address = "https://latchkey.example/query-platformized";

/** The forms of a query: the first is the REST form, the others are platformized. */
export function requestsOf({ filter, paging, sort }: GeneratedQuery): {
  rest: Request;
  platformized: Request[];
} {
  const query = { filter, paging, sort: sort.map(([fieldName, order]) => ({ fieldName, order })) };
  const restSort = sort.map(([field, direction]) => ({ [field]: direction }));
  const parameters = parametersOf({ filter, paging, sort });
  return {
    rest: post({ query: { filter: JSON.stringify(filter), sort: JSON.stringify(restSort), paging } }),
    platformized: [
      post({ query }),
      new Request(`${address}?.r=${Buffer.from(JSON.stringify({ query })).toString("base64url")}`),
      ...(parameters === undefined ? [] : [new Request(`${address}?${parameters}`)]),
    ],
  };
}

function post(body: object): Request {
  const headers = { "content-type": "application/json" };
  return new Request(address, { method: "POST", headers, body: JSON.stringify(body) });
}

/** A query as dotted parameters, without logical operators, null, empty lists and numbers beyond 15 digits. */
function parametersOf({ filter, paging, sort }: Omit<GeneratedQuery, "includeHidden">) {
  const parameters = new URLSearchParams();
  for (const [field, value] of Object.entries(filter)) {
    const conditions = typeof value === "object" && value !== null ? value : { "": value };
    for (const [operator, operand] of Object.entries(conditions)) {
      const operands: unknown[] = Array.isArray(operand) ? operand : [operand];
      if (
        field.startsWith("$") ||
        operands.length === 0 ||
        operands.some((one) => one === null || one === 2 ** 53)
      )
        return undefined;
      const name = ["query.filter", field, operator].filter((one) => one !== "").join(".");
      for (const one of operands) parameters.append(name, String(one));
    }
  }
  for (const [field, direction] of sort) {
    parameters.append("query.sort.fieldName", field);
    parameters.append("query.sort.order", direction);
  }
  parameters.append("query.paging.limit", String(paging.limit));
  parameters.append("query.paging.offset", String(paging.offset));
  return parameters;
}
