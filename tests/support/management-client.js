/**
 * Makes a caller of a platform's management API.
 *
 * @param key the admin key when absent
 * @example
 * const call = managementCaller(platform);
 * const { body } = await call("POST /apps", { body: { name: "Hello App" } });
 */
export function managementCaller(platform, key = platform.adminKey) {
    return async (operation, { body, headers = {} } = {}) => {
        const [method = "GET", path = ""] = operation.split(" ");
        const response = await fetch(`${platform.url}/admin/v1${path}`, {
            method,
            headers: {
                authorization: `Bearer ${key}`,
                ...(body === undefined ? {} : { "content-type": "application/json" }),
                ...headers,
            },
            ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        });
        const text = await response.text();
        return { status: response.status, headers: response.headers, text, body: JSON.parse(text || "null") };
    };
}
/** The body of a refusal that has a code. */
export function refusal(code, description, data = {}) {
    return { message: description, details: { applicationError: { code, description, data } } };
}
/** The body of a refusal that names fields. */
export function violations(...fieldViolations) {
    return { message: "Validation failed", details: { validationError: { fieldViolations } } };
}
//# sourceMappingURL=management-client.js.map