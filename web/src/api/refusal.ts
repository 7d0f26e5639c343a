// A call that did not end well, told the way a page can show it: what happened, and at which field.
import type { Problem } from './types';

export class Refusal extends Error {
  override name = 'Refusal';
  constructor(
    /** HTTP status; 0 when Rolo could not be reached at all. */
    readonly status: number,
    /** The server's sentence for the person, or nothing when it sent none. */
    readonly detail: string | undefined,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly title: string = '',
  ) {
    super(detail ?? title ?? `HTTP ${status}`);
  }

  static from(status: number, body: unknown): Refusal {
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
    const fields: Record<string, string> = {};
    for (const { field, why } of problem.errors ?? []) fields[memberOf(field)] ??= why;
    if (problem.field && problem.detail) fields[memberOf(problem.field)] ??= problem.detail;
    return new Refusal(status, problem.detail, fields, problem.title);
  }

  get unreachable(): boolean {
    return this.status === 0;
  }

  /** The same may be answered in a moment: nobody answered, or somebody who cannot just now. */
  get passing(): boolean {
    return this.unreachable || this.status === 429 || this.status >= 500;
  }
}

/** A field of a body is told as a JSON pointer, `/email`; of a query or a header by its bare name. */
function memberOf(field: string): string {
  return field.replace(/^\//, '');
}

export function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(0, undefined, {}, error instanceof Error ? error.message : String(error));
}
