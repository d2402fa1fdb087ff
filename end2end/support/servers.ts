// Small HTTP servers on free ports: the customer's site, and a stand-in for Recado in the loader's own tests.
// They know nothing of the product.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Server = {
  port: number;
  /** By address; `localhost` below is another origin, and another site, to a browser. */
  origin: string;
  localhost: string;
  close(): Promise<void>;
};

export type Page = { body: string; type?: string; status?: number; headers?: Record<string, string> };

/** Answers every request with what `pages` gives for it, or 404. */
export async function listen(pages: (url: URL, request: IncomingMessage) => Page | undefined): Promise<Server> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const page = pages(new URL(request.url ?? "/", "http://here"), request);
    response.writeHead(page ? (page.status ?? 200) : 404, {
      "content-type": `${page?.type ?? "text/html"}; charset=utf-8`,
      "cache-control": "no-store",
      ...page?.headers,
    });
    response.end(page?.body ?? "");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    localhost: `http://localhost:${port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
