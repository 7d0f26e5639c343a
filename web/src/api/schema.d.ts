/**
 * The shape of Rolo's REST API, as openapi-typescript writes it: `npm run api` draws this file again from the
 * server's own description. Nothing but `types.ts` and `client.ts` reads it.
 */

export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      detail?: string;
      field?: string;
      errors?: { field: string; why: string }[];
    };
    Settings: {
      language?: string;
      zone?: string;
      region?: string;
      theme?: 'system' | 'light' | 'dark';
      density?: 'comfortable' | 'compact';
      sort?: 'given' | 'family' | 'company' | 'updated';
      name_order?: string;
      columns?: string[];
    };
    Account: {
      id: string;
      name: string;
      email: string;
      role: 'owner' | 'admin' | 'member';
      organisation: { id: string; name: string };
      settings: components['schemas']['Settings'];
    };
    Book: { id: string; name: string; access?: 'see' | 'edit' | 'manage'; revision?: string };
    Label: { id: string; book: string; name: string; revision?: string };
    Summary: {
      id: string;
      book: string;
      kind: string;
      name: string;
      sort: { given: string; family: string; company: string };
      emails: string[];
      phones: string[];
      company: string | null;
      title: string | null;
      labels: string[];
      starred: boolean;
      hidden: boolean;
      photo: string | null;
      updated_at: string;
      modseq: number;
      revision: string;
    };
    Contact: {
      id: string;
      book: string;
      kind: string;
      uid: string;
      revision: string;
      modseq: number;
      labels: string[];
      starred: boolean;
      hidden: boolean;
      created_at: string;
      updated_at: string;
      deleted_at: string | null;
      card: { [member: string]: unknown };
    };
    ContactList: { items: components['schemas']['Summary'][]; next: string | null; total: number; more?: boolean };
    Change: { type: string; id: string; book?: string; modseq: number; gone?: boolean; value?: unknown };
    Changes: { items: components['schemas']['Change'][]; since: string; more: boolean };
    VersionChange: { path: string; label?: string; before: unknown; after: unknown };
    Version: {
      modseq: number;
      at: string;
      by: { id: string; name: string } | null;
      door: string;
      device?: string | null;
      batch: string;
      act: string;
      changes: components['schemas']['VersionChange'][];
    };
    Versions: { items: components['schemas']['Version'][]; next: string | null };
    BatchItem: {
      op: string;
      contact?: string;
      revision?: string;
      label?: string;
      book?: string;
      card?: { [member: string]: unknown };
    };
    BatchAnswer: { batch: string; items: { status: number; id?: string; error?: components['schemas']['Problem'] }[] };
    Undone: { batch?: string; job?: string; undone?: number; left?: { contact: string; field: string; why: string }[] };
    Job: { id: string; state: 'waiting' | 'running' | 'done' | 'failed'; done: number; total: number; result?: unknown };
    ImportColumn: {
      index: number;
      header: string;
      samples: string[];
      field: string | null;
      label?: string | null;
      guessed_by: 'header' | 'content' | null;
    };
    Verdict: 'new' | 'update' | 'same' | 'check' | 'refused';
    Import: {
      id: string;
      book: string;
      state: 'reading' | 'mapping' | 'checked' | 'running' | 'done' | 'failed' | 'undone';
      name: string;
      format: string;
      encoding?: string | null;
      delimiter?: string | null;
      rows: number;
      columns: components['schemas']['ImportColumn'][];
      fields: { field: string; title: string }[];
      counts: { new: number; update: number; same: number; check: number; refused: number };
      done: number;
      batch: string | null;
      why?: string | null;
      created_at: string;
    };
    ImportRow: {
      row: number;
      verdict: components['schemas']['Verdict'];
      name: string;
      why: string;
      changes: components['schemas']['VersionChange'][];
      contact?: string | null;
      decision?: 'skip' | 'new' | 'update' | null;
    };
    ImportRows: { items: components['schemas']['ImportRow'][]; next: string | null; total: number };
    Setup: { open: boolean; services: { name: string; ok: boolean }[] };
  };
}

type Json<T> = { headers: { [name: string]: unknown }; content: { 'application/json': T } };
type Nothing = { headers: { [name: string]: unknown }; content?: never };
type Refused = { headers: { [name: string]: unknown }; content: { 'application/problem+json': components['schemas']['Problem'] } };
type S = components['schemas'];
type Id = { path: { id: string } };
type Seen = { 'If-Match': string };

export interface paths {
  '/v1/setup': {
    get: { responses: { 200: Json<S['Setup']>; default: Refused } };
    post: {
      requestBody: { content: { 'application/json': { code: string; name: string; email: string; password: string; organisation?: string } } };
      responses: { 201: Nothing; default: Refused };
    };
  };
  '/v1/sessions': {
    post: {
      requestBody: { content: { 'application/json': { email: string; password: string } } };
      responses: { 201: Nothing; default: Refused };
    };
  };
  '/v1/sessions/{id}': { delete: { parameters: Id; responses: { 204: Nothing; default: Refused } } };
  '/v1/account': { get: { responses: { 200: Json<S['Account']>; default: Refused } } };
  '/v1/contacts': {
    get: {
      parameters: {
        query?: {
          q?: string;
          label?: string;
          book?: string;
          starred?: boolean;
          hidden?: boolean;
          sort?: string;
          limit?: number;
          cursor?: string;
        };
      };
      responses: { 200: Json<S['ContactList']>; default: Refused };
    };
    post: {
      requestBody: { content: { 'application/json': { id?: string; book?: string; card: { [member: string]: unknown }; kind?: string; labels?: string[] } } };
      responses: { 201: Json<S['Contact']>; default: Refused };
    };
  };
  '/v1/contacts/{id}': {
    get: { parameters: Id; responses: { 200: Json<S['Contact']>; default: Refused } };
    patch: {
      parameters: Id & { header: Seen };
      requestBody: { content: { 'application/merge-patch+json': { card?: { [member: string]: unknown }; kind?: string } } };
      responses: { 200: Json<S['Contact']>; default: Refused };
    };
    delete: { parameters: Id & { header: Seen }; responses: { 204: Nothing; default: Refused } };
  };
  '/v1/contacts/{id}/star': {
    put: { parameters: Id; responses: { 204: Nothing; default: Refused } };
    delete: { parameters: Id; responses: { 204: Nothing; default: Refused } };
  };
  '/v1/contacts/{id}/versions': {
    get: { parameters: Id & { query?: { cursor?: string; limit?: number } }; responses: { 200: Json<S['Versions']>; default: Refused } };
  };
  '/v1/contacts/{id}/versions/{modseq}/restore': {
    post: {
      parameters: { path: { id: string; modseq: number }; header: Seen };
      responses: { 200: Json<S['Contact']>; default: Refused };
    };
  };
  '/v1/batches': {
    post: {
      requestBody: { content: { 'application/json': { atomic: boolean; summary?: string; items: S['BatchItem'][] } } };
      responses: { 200: Json<S['BatchAnswer']>; default: Refused };
    };
  };
  '/v1/undo': {
    post: {
      requestBody: { content: { 'application/json': { batch: string } } };
      responses: { 200: Json<S['Undone']>; 202: Json<S['Undone']>; default: Refused };
    };
  };
  '/v1/jobs/{id}': { get: { parameters: Id; responses: { 200: Json<S['Job']>; default: Refused } } };
  '/v1/changes': {
    get: {
      parameters: { query: { since: string; limit?: number } };
      responses: { 200: Json<S['Changes']>; default: Refused };
    };
  };
  '/v1/imports': {
    get: { responses: { 200: Json<{ items: S['Import'][]; next?: string | null }>; default: Refused } };
    post: {
      parameters: { query: { book: string; name: string } };
      requestBody: { content: { 'application/octet-stream': Blob } };
      responses: { 201: Json<S['Import']>; default: Refused };
    };
  };
  '/v1/imports/{id}': {
    get: { parameters: Id; responses: { 200: Json<S['Import']>; default: Refused } };
    patch: {
      parameters: Id;
      requestBody: { content: { 'application/json': { columns: { index: number; field: string | null; label?: string | null }[] } } };
      responses: { 200: Json<S['Import']>; default: Refused };
    };
    delete: { parameters: Id; responses: { 204: Nothing; default: Refused } };
  };
  '/v1/imports/{id}/rows': {
    get: {
      parameters: Id & { query?: { verdict?: S['Verdict']; cursor?: string; limit?: number } };
      responses: { 200: Json<S['ImportRows']>; default: Refused };
    };
  };
  '/v1/imports/{id}/rows/{row}/decision': {
    put: {
      parameters: { path: { id: string; row: number } };
      requestBody: { content: { 'application/json': { decision: 'skip' | 'new' | 'update' } } };
      responses: { 200: Json<S['ImportRow']>; 204: Nothing; default: Refused };
    };
  };
  '/v1/imports/{id}/run': {
    post: {
      parameters: Id;
      requestBody: { content: { 'application/json': { check: 'skip' | 'new' | 'update' } } };
      responses: { 202: Json<S['Import']>; default: Refused };
    };
  };
}
