/** Calls the management API of the platform that was just started. */
export interface Management {
  call<Answer>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<Answer>;
}

export function createManagement(url: string, adminKey: string): Management {
  return {
    async call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
      const response = await fetch(`${url}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = (await response.json()) as Answer & { message?: string };
      if (response.status !== 200)
        throw new Error(`${method} ${path} answered ${response.status}: ${answer.message}`);
      return answer;
    },
  };
}
