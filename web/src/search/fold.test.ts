// @vitest-environment node
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digits, tokens } from './fold';

const own: [string, string[]][] = [
  ['Ångström', ['angstrom', 'angstroem']],
  ['Müller-Lüdenscheidt', ['muller', 'mueller', 'ludenscheidt', 'luedenscheidt', 'mullerludenscheidt', 'muellerluedenscheidt']],
  ['Straße', ['strasse']],
  ["O'Brien", ['obrien']],
  ['Łukasz Đorđević', ['lukasz', 'dordevic']],
  ['Þórr Ægir Œuvre Bjørn', ['thorr', 'aegir', 'oeuvre', 'bjorn']],
  ['ıstanbul İZMİR', ['istanbul', 'izmir']],
  ['Фёдор Ёлкин', ['федор', 'елкин']],
  ['Ὀδυσσεύς', ['οδυσσευσ']],
  ['آمال أحمد فاطمة', ['امال', 'احمد', 'فاطمه']],
  ['مُحَمَّد', ['محمد']],
  ['שָׁלוֹם', ['שלום']],
  ['カタカナ', ['か', 'かた', 'た', 'たか', 'か', 'かな', 'な']],
  ['髙橋 美咲', ['髙', '髙橋', '橋', '美', '美咲', '咲']],
  ['김민준', ['김', '김민', '민', '민준', '준']],
  ['प्रिया', ['प्रिया']],
  ['สมชาย', ['สมชาย']],
  ['ＡＢＣ１２３', ['abc123']],
  ['ﬁnn', ['finn']],
];

describe('tokens', () => {
  it.each(own)('%s', (text, wanted) => {
    expect([...tokens(text)].sort()).toEqual([...new Set(wanted)].sort());
  });

  it('reads plain Latin text the same on the short way and on the long one', () => {
    expect(tokens('Dr. Ann Lee, Acme')).toEqual(['dr', 'ann', 'lee', 'acme']);
    expect(tokens('Dr. Ann Lee, Acmé')).toEqual(['dr', 'ann', 'lee', 'acme']);
  });

  it('does not choke on a lone surrogate, a NUL or ten thousand letters', () => {
    expect(tokens('a\ud800b\u0000c')).toContain('c');
    expect(tokens('é'.repeat(10_000))[0]).toHaveLength(10_000);
  });

  const shared = resolve(process.cwd(), '../fixtures/folding.json');
  it.runIf(existsSync(shared))('agrees with the server, vector by vector', () => {
    const vectors = JSON.parse(readFileSync(shared, 'utf8')) as { in: string; tokens: string[] }[];
    expect(vectors.length).toBeGreaterThan(0);
    for (const vector of vectors) {
      expect([vector.in, [...tokens(vector.in)].sort()]).toEqual([vector.in, [...new Set(vector.tokens)].sort()]);
    }
  });
});

describe('digits', () => {
  it('reads digits of any script', () => {
    expect(digits('+46 (0)70-555')).toBe('46070555');
    expect(digits('٠١٢ ۳۴ ５६')).toBe('0123456');
  });
});
