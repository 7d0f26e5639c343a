// The API's nouns under the names the pages use. When the generated schema changes, only this file has to follow.
import type { components, paths } from './schema';

type S = components['schemas'];
export type Account = S['Account'];
export type Settings = S['Settings'];
export type Book = S['Book'];
export type Label = S['Label'];
export type Summary = Readonly<S['Summary']>;
export type Contact = S['Contact'];
export type SummaryPage = paths['/v1/contacts']['get']['responses'][200]['content']['application/json'];
export type Change = S['Change'];
export type Version = S['Version'];
export type VersionChange = S['VersionChange'];
export type BatchItem = S['BatchItem'];
export type BatchAnswer = S['BatchAnswer'];
export type Import = S['Import'];
export type ImportColumn = S['ImportColumn'];
export type ImportRow = S['ImportRow'];
export type Verdict = keyof S['ImportCounts'];
export type Job = S['Job'];
export type Setup = S['Setup'];
export type Backups = S['Backups'];
export type Problem = S['Problem'];
export type SortBy = 'given' | 'family' | 'company' | 'updated';
