import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A product of a platform owner, which shows pages of the platform in frames. */
export interface Product {
  /** On `localhost`, which is another site than `127.0.0.1`. */
  readonly origin: string;
  /** The same server on the site of the platform. */
  readonly sameSiteOrigin: string;
  /** The addresses of the frames of its page. */
  frames: readonly string[];
  close(): Promise<void>;
}

/** Starts a product on loopback. */
export async function startProduct(): Promise<Product> {
  const server = createServer((_, response) => {
    const frames = product.frames.map(
      (url, index) =>
        `<iframe name="frame-${index}" title="Portal ${index}" src="${url}" allow="clipboard-write"></iframe>`,
    );
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><html lang="en"><title>Product</title>
      <style>iframe { width: 100%; height: 700px; border: 0 }</style>
      <h1>Product</h1>${frames.join("")}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const product: Product = {
    origin: `http://localhost:${port}`,
    sameSiteOrigin: `http://127.0.0.1:${port}`,
    frames: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return product;
}
