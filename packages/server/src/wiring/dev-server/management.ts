/** Calls the management API of the platform that was just started. */
export interface Management {
  call<Body>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object): Promise<Body>;
}

export function createManagement(url: string, adminKey: string): Management {
  return {
    async call<Body>(method: string, path: string, body?: object): Promise<Body> {
      const response = await fetch(`${url}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json = (await response.json()) as Body & { message?: string };
      if (response.status !== 200)
        throw new Error(`${method} ${path} returned ${response.status}: ${json.message}`);
      return json;
    },
  };
}
