import { createServer } from "node:http";
/** Answers with a status and nothing else. */
export const answerWith = (status, headers = {}) => (response) => void response.writeHead(status, headers).end();
/** Starts an endpoint that keeps what arrives. */
export async function startWebhookReceiver() {
    const arrivals = [];
    const server = createServer(async (request, response) => {
        const arrival = await readArrival(request);
        arrivals.push(arrival);
        receiver.answer(response, arrival);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const receiver = {
        url: `http://127.0.0.1:${server.address().port}`,
        arrivals,
        answer: answerWith(200),
        async arrived(count) {
            await eventually(() => arrivals.length >= count, () => `${arrivals.length} of ${count} arrived`);
            return arrivals;
        },
        async close() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
    return receiver;
}
const patienceMs = 30_000;
/** Waits until a condition holds; fails after half a minute, saying how far it got. */
export async function eventually(condition, progress = () => "it never held") {
    const end = Date.now() + patienceMs;
    while (!(await condition())) {
        if (Date.now() > end)
            throw new Error(`Waited for ${patienceMs} ms: ${progress()}.`);
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}
async function readArrival(request) {
    const chunks = [];
    for await (const chunk of request)
        chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const claims = JSON.parse(Buffer.from(body.split(".")[1] ?? "", "base64url").toString());
    const message = JSON.parse(claims.data);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    return { path: request.url ?? "", headers, body, claims, message, payload: JSON.parse(message.data) };
}
//# sourceMappingURL=webhook-receiver.js.map