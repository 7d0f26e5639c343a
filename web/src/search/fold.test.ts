// @vitest-environment node
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digits, fold } from './fold';

const shared = JSON.parse(readFileSync(resolve(process.cwd(), '../fixtures/folding.json'), 'utf8')) as { in: string; tokens: string[] }[];

describe('fold', () => {
  it('has vectors to agree on', () => {
    expect(shared.length).toBeGreaterThan(150);
  });
  it.each(shared.map((vector) => [vector.in, vector.tokens] as const))('folds %j as the server does', (text, tokens) => {
    expect(fold(text)).toEqual(tokens);
  });
  it('does not choke on a lone surrogate, a NUL or ten thousand letters', () => {
    expect(fold('a\ud800b\u0000c')).toContain('c');
    expect(fold('é'.repeat(10_000))).toEqual(['e'.repeat(64)]);
    expect(fold('e'.repeat(10_000))).toEqual(['e'.repeat(64)]);
  });
});

describe('digits', () => {
  it('reads digits of any script', () => {
    expect(digits('+46 (0)70-555')).toBe('46070555');
    expect(digits('٠١٢ ۳۴ ５६')).toBe('0123456');
  });
});
