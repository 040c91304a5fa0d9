/** Offers text as a file. */
export function downloadText(name: string, type: string, content: string): void {
  offer(name, new Blob([content], { type }));
}

/** Draws an SVG on a canvas of twice its size and offers the PNG. */
export async function downloadPng(name: string, svg: string): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  const factor = 2;
  canvas.width = image.naturalWidth * factor;
  canvas.height = image.naturalHeight * factor;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob !== null) offer(name, blob);
}

function offer(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
