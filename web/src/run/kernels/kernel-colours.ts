import type { LayerChoices } from "./queries";

/** The colours of the smallest and the largest kernel: lightness and hue in OKLCH. */
const [smallest, largest] = [
  { lightness: 0.9, hue: 95 },
  { lightness: 0.45, hue: 215 },
];

/**
 * Returns key, label and colour of attention and of each kernel size. From the smallest to the largest
 * kernel the colours go from pale yellow to dark teal, so that neighbours differ in lightness and hue.
 */
export function kernelColours(layers: readonly LayerChoices[]) {
  const sizes = layers[0]?.kernels.map(({ kernelSize }) => kernelSize) ?? [];
  return [
    { key: "attention", label: "Attention", fill: "var(--accent)" },
    ...sizes.map((size, index) => ({
      key: String(size),
      label: `Kernel ${size}`,
      fill: colourAt(index / Math.max(1, sizes.length - 1)),
    })),
  ];
}

function colourAt(share: number): string {
  const between = (from: number, to: number) => from + share * (to - from);
  const lightness = between(smallest.lightness, largest.lightness).toFixed(3);
  return `oklch(${lightness} 0.11 ${between(smallest.hue, largest.hue).toFixed(0)})`;
}
