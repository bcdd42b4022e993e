// Images of the style, drawn on a canvas: nothing is fetched.

/** Diagonal hatching as an image that tiles without a seam: thin dark and light lines, visible on every class colour. */
export function hatchImage(size = 16): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context) return null;
  const line = (colour: string, width: number, shift: number) => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    for (const offset of [-size, 0, size]) {
      context.moveTo(offset + shift - 2, size + 2);
      context.lineTo(offset + shift + size + 2, -2);
    }
    context.stroke();
  };
  line('rgba(255,255,255,0.6)', 3, 1);
  line('rgba(38,50,62,0.62)', 1.5, 0);
  return context.getImageData(0, 0, size, size);
}

/** A small square with a white border. */
export function squareImage(colour: string, size = 26): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, size, size);
  context.fillStyle = colour;
  context.fillRect(3, 3, size - 6, size - 6);
  return context.getImageData(0, 0, size, size);
}
