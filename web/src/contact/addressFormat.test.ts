import { expect, it } from 'vitest';
import { writtenLines } from './addressFormat';

const galway = { street: '14 Harbour Street', extended: '2nd floor', box: '', city: 'Galway', region: '', postcode: 'H91 X0X0' };

it('writes an address as its country does', () => {
  expect(writtenLines(galway, 'IE')).toEqual(['14 Harbour Street', '2nd floor', 'Galway', 'H91 X0X0']);
  expect(writtenLines({ ...galway, postcode: '1010', city: 'Wien', extended: '' }, 'AT')).toEqual(['14 Harbour Street', '1010 Wien']);
  expect(writtenLines({ street: '1 Main St', extended: '', box: '', city: 'Springfield', region: 'IL', postcode: '62701' }, 'us')).toEqual(['1 Main St', 'Springfield, IL 62701']);
  expect(writtenLines({ street: '1 Main St', extended: '', box: '', city: 'Springfield', region: '', postcode: '62701' }, 'US')).toEqual(['1 Main St', 'Springfield, 62701']);
  expect(writtenLines({ street: '銀座 1-2-3', extended: '', box: '', city: '中央区', region: '東京都', postcode: '104-0061' }, 'JP')).toEqual(['104-0061', '東京都 中央区', '銀座 1-2-3']);
});
it('keeps the lines of a street', () => {
  expect(writtenLines({ street: 'House\nLane', extended: '', box: '', city: '', region: '', postcode: '' }, '')).toEqual(['House', 'Lane']);
});
