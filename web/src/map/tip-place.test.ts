import { describe, expect, it } from 'vitest';
import { tipPlace } from './tip-place';

const MAP = { width: 1000, height: 800 };

describe('tipPlace', () => {
  it('is right of and below the pointer', () => {
    expect(tipPlace({ x: 100, y: 50 }, MAP)).toEqual({ left: '114px', top: '64px' });
  });

  it('changes sides near the edges', () => {
    expect(tipPlace({ x: 990, y: 50 }, MAP)).toEqual({ right: '24px', top: '64px' });
    expect(tipPlace({ x: 990, y: 790 }, MAP)).toEqual({ right: '24px', bottom: '24px' });
  });

  it('stays on the side with more room where there is too little on both', () => {
    expect(tipPlace({ x: 100, y: 20 }, { width: 220, height: 60 })).toEqual({ left: '114px', top: '34px' });
  });
});
