/** A program that uses the generated types as an app does: it must compile, and so must each of its expected errors. */
export const typedClient = `
import type { components, paths } from "./openapi.ts";

type Json<Media> = Media extends { content: { "application/json": infer Body } } ? Body : never;
type Operation<Path extends keyof paths> = Exclude<paths[Path]["post"], undefined>;
type RequestOf<Path extends keyof paths> = Json<Exclude<Operation<Path>["requestBody"], undefined>>;
type ResponseOf<Path extends keyof paths> = Operation<Path> extends { responses: { 200: infer Ok } } ? Json<Ok> : never;

async function post<Path extends keyof paths>(
  path: Path,
  body: RequestOf<Path>,
  headers: Record<string, string> = {},
): Promise<ResponseOf<Path>> {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(body), headers });
  return (await response.json()) as ResponseOf<Path>;
}

export async function namesOfProducts(): Promise<string[]> {
  const token = await post("/oauth2/token", {
    grant_type: "client_credentials",
    client_id: "app",
    client_secret: "secret",
    instance_id: "instance",
  });
  const authorization: string = token.access_token;
  const seconds: number = token.expires_in;
  const { products, totalResults } = await post("/stores/v1/products/query", {}, { authorization });
  const total: number = totalResults;
  return products.map((product): string => \`\${product.id} \${product.name} \${total} \${seconds}\`);
}

export async function instanceOf(token: string): Promise<string | undefined> {
  const info = await post("/oauth2/token-info", { token });
  return info.active ? info.instanceId : undefined;
}

export function codeOf(error: components["schemas"]["Error"]): string | undefined {
  return error.details.applicationError?.code;
}

// @ts-expect-error grant_type is required
export const noGrant: RequestOf<"/oauth2/token"> = { client_id: "app" };
// @ts-expect-error an inactive token has no instance
export const inactive: ResponseOf<"/oauth2/token-info"> = { active: false, instanceId: "instance" };
`;
