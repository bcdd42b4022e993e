import { fetchAnswer } from './client';

/**
 * Saves what stands at the address under a name of ours: the server's own name, by metric or layer alone, would win over
 * the `download` attribute of a link.
 */
export async function download(url: string, name: string): Promise<void> {
  const blob = await (await fetchAnswer(url)).blob();
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Not before the browser has taken it over.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
