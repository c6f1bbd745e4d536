/** The fields of answers that tests read; which of them an answer has is for the test to know. */
export interface AnswerBody {
    readonly [field: string]: unknown;
    readonly appId: string;
    readonly siteId: string;
    readonly instanceId: string;
    readonly secretId: string;
    readonly keyId: string;
    readonly kid: string;
    readonly value: string;
    readonly message: string;
    readonly items: readonly AnswerBody[];
    readonly nextCursor: string | null;
}
/** An answer of the management API. */
export interface Answer {
    readonly status: number;
    readonly headers: Headers;
    readonly text: string;
    readonly body: AnswerBody;
}
/** What a call sends besides its method and path. */
export interface Sent {
    /** Sent as JSON; text is sent as it is. */
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
}
/** Calls the management API with one key. */
export type CallManagement = (operation: string, sent?: Sent) => Promise<Answer>;
/**
 * Makes a caller of a platform's management API.
 *
 * @param key the admin key when absent
 * @example
 * const call = managementCaller(platform);
 * const { body } = await call("POST /apps", { body: { name: "Hello App" } });
 */
export declare function managementCaller(platform: {
    readonly url: string;
    readonly adminKey: string;
}, key?: string): CallManagement;
/** The body of a refusal that has a code. */
export declare function refusal(code: string, description: string, data?: object): object;
/** The body of a refusal that names fields. */
export declare function violations(...fieldViolations: readonly object[]): object;
