import { describe, expect, it } from 'vitest';
import { fileName } from './file-name';

describe('fileName', () => {
  it('joins what there is', () => {
    expect(fileName(['索溪峪街道', '办结时长', '网格', null, '2026-08_2026-10', '合成'], 'csv')).toBe(
      '索溪峪街道-办结时长-网格-2026-08_2026-10-合成.csv',
    );
  });

  it('leaves nothing that a file system forbids', () => {
    expect(fileName(['Time to closing', '噪音/扰民: "夜间"?', ' '], 'geojson')).toBe(
      'Time_to_closing-噪音_扰民_夜间_.geojson',
    );
  });
});
