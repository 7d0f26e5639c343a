// The one door to the server: a typed client whose calls either answer or throw a Refusal.
import createClient from 'openapi-fetch';
import { asRefusal, Refusal } from './refusal';
import type { paths } from './schema';

export type Fetch = (request: Request) => Promise<Response>;

export function createApi(fetchIt: Fetch, origin: string) {
  const client = createClient<paths>({ baseUrl: origin, fetch: fetchIt });

  /** Wait for a call of `client`; a refusal, or no answer at all, is thrown as a `Refusal`. */
  async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<{ data: T; response: Response }> {
    const settled = await call.catch((error: unknown) => {
      throw asRefusal(error);
    });
    if (!settled.response.ok) throw Refusal.from(settled.response.status, settled.error);
    return { data: settled.data as T, response: settled.response };
  }

  /** The body of an answer that is read as it flows, such as the snapshot. */
  async function flow(path: string, accept: string): Promise<ReadableStream<Uint8Array>> {
    const response = await fetchIt(new Request(origin + path, { headers: { accept } })).catch((error: unknown) => {
      throw asRefusal(error);
    });
    if (!response.ok) throw Refusal.from(response.status, await response.json().catch(() => undefined));
    if (!response.body) throw new Refusal(response.status, undefined);
    return response.body;
  }

  return { client, answer, flow, send: fetchIt, origin };
}

export type Api = ReturnType<typeof createApi>;

/** The batch a write belongs to: what Undo names. */
export function batchOf(response: Response): string | null {
  return response.headers.get('Rolo-Batch');
}
