import { addProtocol } from 'maplibre-gl';
import { PMTiles, Protocol, TileType } from 'pmtiles';
import type { BaseMap } from '../api/types';
import { baseSource, type BaseSource } from './base';

function isLayerList(value: unknown): value is { vector_layers: { id: string }[] } {
  return (
    typeof value === 'object' && value !== null && Array.isArray((value as Record<string, unknown>)['vector_layers'])
  );
}

/** Asks a PMTiles archive what it holds; the other kinds need no question. Rejects where the archive cannot be read. */
export async function loadBase(config: BaseMap | null): Promise<BaseSource> {
  if (config?.kind !== 'pmtiles') return baseSource(config, null);
  const url = new URL(config.url, location.href).href;
  const archive = new PMTiles(url);
  const protocol = new Protocol();
  protocol.add(archive);
  addProtocol('pmtiles', protocol.tile);
  const isVector = (await archive.getHeader()).tileType === TileType.Mvt;
  const metadata: unknown = await archive.getMetadata();
  const layers = isVector && isLayerList(metadata) ? metadata.vector_layers.map((layer) => layer.id) : null;
  return baseSource({ ...config, url }, layers);
}
