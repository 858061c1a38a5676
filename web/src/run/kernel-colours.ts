import type { LayerChoices } from "./queries";

const [palest, fullest] = [25, 100];

/** Attention in a colour of its own; kernels from pale to full by their size. */
export function kernelColours(layers: readonly LayerChoices[]) {
  const sizes = layers[0]?.kernels.map(({ kernelSize }) => kernelSize) ?? [];
  const step = (fullest - palest) / Math.max(1, sizes.length - 1);
  return [
    { key: "attention", label: "Attention", fill: "var(--warn)" },
    ...sizes.map((size, index) => ({
      key: String(size),
      label: `Kernel ${size}`,
      fill: `color-mix(in oklab, var(--accent) ${Math.round(palest + step * index)}%, var(--surface))`,
    })),
  ];
}
