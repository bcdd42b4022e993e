/** Characters that some file system forbids, and spaces, which command lines dislike. */
const UNFIT = /[\s\\/:*?"<>|\p{Cc}]+/gu;

/** "索溪峪街道-办结时长-网格-2026-08_2026-10-合成.csv": the parts that there are, fit for any file system. */
export function fileName(parts: readonly (string | null)[], extension: string): string {
  const fit = parts.map((part) => (part ?? '').trim().replace(UNFIT, '_')).filter((part) => part !== '');
  return `${fit.join('-')}.${extension}`;
}
