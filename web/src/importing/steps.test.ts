import { describe, expect, it } from 'vitest';
import type { Import } from '@/api/types';
import { percentOf, planned, secondsLeft, stepOf, typeOf } from './steps';

const one = (said: Partial<Import>): Import => ({
  id: 'i', book: 'b', state: 'mapping', name: 'a.csv', format: 'csv', rows: 143, columns: [{ index: 0, header: 'Name', samples: [], field: null, label: null, guessed_by: null }], fields: [], encoding: null, delimiter: null, left_out: [], why: null,
  counts: { new: 118, update: 9, same: 12, check: 3, refused: 1 }, done: 0, batch: null, created_at: '', ...said,
});

describe('stepOf', () => {
  it('follows the import, so that a reload stays where it was', () => {
    expect(stepOf(null, undefined)).toBe('file');
    expect(stepOf(one({}), undefined)).toBe('columns');
    expect(stepOf(one({ state: 'checked' }), 'check')).toBe('check');
    expect(stepOf(one({ state: 'checked' }), 'columns')).toBe('columns');
    expect(stepOf(one({ state: 'running' }), 'columns')).toBe('import');
    expect(stepOf(one({ state: 'done' }), 'check')).toBe('done');
    expect(stepOf(one({ state: 'undone' }), undefined)).toBe('done');
    expect(stepOf(one({ state: 'failed' }), undefined)).toBe('import');
  });
  it('has no columns to show for a vCard', () => {
    expect(stepOf(one({ columns: [] }), undefined)).toBe('check');
    expect(stepOf(one({ columns: [], state: 'checked' }), 'columns')).toBe('check');
  });
});

describe('planned', () => {
  it('counts what is written: new and update', () => {
    expect(planned(one({}), 'skip', new Map())).toBe(127);
  });
  it('adds rows to check once decided, each once', () => {
    expect(planned(one({}), 'skip', new Map([[6, 'new'], [7, 'skip']]))).toBe(128);
    expect(planned(one({}), 'update', new Map([[6, 'new'], [7, 'skip']]))).toBe(129);
    expect(planned(one({}), 'new', new Map())).toBe(130);
  });
});

it('progress never passes the end and never divides by nothing', () => {
  expect([percentOf(0, 0), percentOf(84, 127), percentOf(200, 127)]).toEqual([0, 66, 100]);
  expect(secondsLeft({ at: 0, done: 0 }, { at: 500, done: 50 }, 100)).toBeNull();
  expect(secondsLeft({ at: 0, done: 0 }, { at: 2000, done: 50 }, 100)).toBe(2);
});

it('tells the server what kind of file comes', () => {
  expect(['A.CSV', 'x.vcf', 'y.json', 'z.zip', 'noext'].map(typeOf)).toEqual(['text/csv', 'text/vcard', 'application/jscontact+json', 'application/zip', 'application/octet-stream']);
});
