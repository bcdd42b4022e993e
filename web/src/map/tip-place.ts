/** How large the tip may get, pixels, and how far it stands from the pointer. */
export const TIP = { width: 260, height: 84, gap: 14 } as const;

/** Where the tip goes: right of and below the pointer, on the other side where it would leave the map. */
export function tipPlace(
  pointer: { x: number; y: number },
  map: { width: number; height: number },
): { left?: string; right?: string; top?: string; bottom?: string } {
  const { width, height, gap } = TIP;
  const px = (value: number) => `${Math.round(value)}px`;
  const flipX = pointer.x + gap + width > map.width && pointer.x > map.width / 2;
  const flipY = pointer.y + gap + height > map.height && pointer.y > map.height / 2;
  return {
    ...(flipX ? { right: px(map.width - pointer.x + gap) } : { left: px(pointer.x + gap) }),
    ...(flipY ? { bottom: px(map.height - pointer.y + gap) } : { top: px(pointer.y + gap) }),
  };
}
