import { type ServerResponse } from "node:http";
/** A delivery as it arrived. */
export interface Arrival {
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** The JWT. */
    readonly body: string;
    /** The claims of the JWT, unverified. */
    readonly claims: Readonly<Record<string, unknown>>;
    /** What `data` holds. */
    readonly message: Readonly<Record<string, unknown>> & {
        readonly eventType: string;
        readonly instanceId: string;
    };
    /** What its `data` holds. */
    readonly payload: Readonly<Record<string, unknown>>;
}
/** Answers a request, or leaves it open. */
export type AnswerArrival = (response: ServerResponse, arrival: Arrival) => void;
/** An endpoint for webhooks on loopback. */
export interface WebhookReceiver {
    readonly url: string;
    readonly arrivals: readonly Arrival[];
    /** How it answers from now on; 200 at first. */
    answer: AnswerArrival;
    /** Resolves once there are `count` arrivals in all. */
    arrived(count: number): Promise<readonly Arrival[]>;
    close(): Promise<void>;
}
/** Answers with a status and nothing else. */
export declare const answerWith: (status: number, headers?: Readonly<Record<string, string>>) => AnswerArrival;
/** Starts an endpoint that keeps what arrives. */
export declare function startWebhookReceiver(): Promise<WebhookReceiver>;
/** Waits until a condition holds; fails after half a minute, saying how far it got. */
export declare function eventually(condition: () => boolean | Promise<boolean>, progress?: () => string): Promise<void>;
