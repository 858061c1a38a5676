import type { LayerChoices } from "./queries";

const [palest, fullest] = [15, 100];

/**
 * Returns key, label and colour of attention and of each kernel size; kernels are grey, the larger
 * the darker.
 */
export function kernelColours(layers: readonly LayerChoices[]) {
  const sizes = layers[0]?.kernels.map(({ kernelSize }) => kernelSize) ?? [];
  const step = (fullest - palest) / Math.max(1, sizes.length - 1);
  return [
    { key: "attention", label: "Attention", fill: "var(--accent)" },
    ...sizes.map((size, index) => ({
      key: String(size),
      label: `Kernel ${size}`,
      fill: `color-mix(in oklab, var(--muted) ${Math.round(palest + step * index)}%, var(--surface))`,
    })),
  ];
}
