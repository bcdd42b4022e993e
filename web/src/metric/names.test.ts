import { describe, expect, it } from 'vitest';
import { splitName } from './names';

const VILLAGES = ['黄龙路社区', '双文村', '双文村南', ''];

describe('splitName', () => {
  it.each([
    ['黄龙路社区第7网格', '第7网格', '黄龙路社区'],
    ['双文村·产业园', '产业园', '双文村'],
    ['双文村南第1网格', '第1网格', '双文村南'],
    ['NORTHRIDGE', 'NORTHRIDGE', null],
    ['双文村', '双文村', null],
  ])('%s', (name, own, above) => {
    expect(splitName(name, VILLAGES)).toEqual({ own, above });
  });
});
