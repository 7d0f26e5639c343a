import { describe, expect, it } from 'vitest';
import { hueOf, initialOf } from './face';
import { person } from './people.fixture';
import { stopAt, stops } from './rail';

const list = (...names: string[]) => names.map((name, n) => person({ id: String(n), name }));

describe('the letter rail', () => {
  it('has the letters that are there, marks folded', () => {
    expect(stops(list('Åsa', 'Aino', 'Bea', 'Dr. Cho', 'Олена'))).toEqual([
      { letter: 'A', at: 0 }, { letter: 'B', at: 2 }, { letter: 'C', at: 3 }, { letter: '#', at: 4 },
    ]);
  });
  it('takes the script most people are written in', () => {
    expect(stops(list('Ann', 'Анна', 'Борис')).map((stop) => stop.letter)).toEqual(['А', 'Б']);
  });
  it('goes by where most of a letter’s people are: a name written family name first marks nothing', () => {
    const all = list('Hana', 'Nguyễn Hoa', 'Hugo', 'Ida', 'Nguyễn Ivy', 'Nguyễn Iza', 'Jo', 'Nora', 'Nils', 'Noor', 'Nox', 'Oda');
    expect(stops(all).map((stop) => stop.letter)).toEqual(['H', 'I', 'J', 'N', 'O']);
    expect(stops(all)).toContainEqual({ letter: 'N', at: 7 });
  });
  it('never leads back: a letter that stands behind a later one has no stop', () => {
    const all = list('Amy', 'Ann', 'Bea', 'Mai', 'Max', 'Đặng Mỹ', 'Huỳnh Nam', 'Nora', 'Nils', 'Oda');
    expect(stops(all).map((stop) => stop.letter)).toEqual(['A', 'B', 'M', 'N', 'O']);
  });
  it('leaves the order of other alphabets alone', () => {
    expect(stops(list('Ганна', 'Ілля', 'Йосип', 'Єва')).map((stop) => stop.letter)).toEqual(['Г', 'І', 'И', 'Є']);
  });
  it('stays short enough to point at', () => {
    expect(stops(list(...Array.from({ length: 200 }, (_, n) => String.fromCodePoint(0x3042 + (n % 80)) + n))).length).toBeLessThanOrEqual(32);
  });
  it('knows where a position lies', () => {
    const all = stops(list('Ann', 'Bea', 'Bob', 'Cy'));
    expect([0, 1, 2, 3].map((at) => stopAt(all, at))).toEqual([0, 1, 1, 2]);
    expect(stopAt(all, -1)).toBe(-1);
  });
});

describe('a face', () => {
  it('passes titles and marks, and has no letter for none', () => {
    expect(['Dr. Amara', '"Bo" Lee', 'प्रिया', '高橋', '', '!!', 'Dr.'].map(initialOf)).toEqual(['A', 'B', 'प', '高', '', '', 'D']);
  });
  it('keeps its hue whatever the name', () => {
    expect(hueOf('0198')).toBe(hueOf('0198'));
    expect(new Set(Array.from({ length: 200 }, (_, n) => hueOf(`id-${n}`))).size).toBe(10);
  });
});
