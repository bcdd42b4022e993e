// The colours of the map itself; figures have their own ramps (see ../metric/ramps.ts).

export interface MapTheme {
  background: string;
  /** The land of the area where no metric covers it. */
  land: string;
  villageLine: string;
  gridLine: string;
  microgridLine: string;
  casing: string;
  selected: string;
  text: string;
  textHalo: string;
  square: string;
  household: string;
  device: string;
  faulty: string;
  missing: string;
  working: string;
  reportOpen: string;
  /** A cluster in which some are open, but fewer than half. */
  reportMixed: string;
  reportClosed: string;
  reportDiscarded: string;
  /** How much of the base map shows through the figures. */
  choroplethOpacity: number;
  base: { water: string; road: string; building: string; green: string; text: string };
}

const plain: MapTheme = {
  background: '#e9eef2',
  land: '#fbfaf6',
  villageLine: '#33475b',
  // Seen on the palest class as on the darkest.
  gridLine: '#b5ab97',
  microgridLine: '#ffffff',
  casing: '#ffffff',
  selected: '#0b1f33',
  text: '#17293a',
  textHalo: '#ffffff',
  square: '#b3261e',
  household: '#5b4a8a',
  device: '#00695c',
  faulty: '#d9480f',
  missing: '#868e96',
  working: '#2b8a3e',
  reportOpen: '#d9480f',
  reportMixed: '#b7791f',
  reportClosed: '#1c7293',
  reportDiscarded: '#868e96',
  choroplethOpacity: 1,
  base: { water: '#b9d3e0', road: '#cfc6b8', building: '#dcd5ca', green: '#dfe8d3', text: '#5c6b78' },
};

/** Over a base map: figures let it through, lines get darker. */
const overBaseMap: MapTheme = { ...plain, gridLine: '#5c6b78', microgridLine: '#8b96a1', choroplethOpacity: 0.68 };

export const THEMES = { plain, overBaseMap } as const;
export type ThemeName = keyof typeof THEMES;
