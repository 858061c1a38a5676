/** Writes an XML element; attributes are escaped, the content must be. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly string[]
): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${text(value.toString()).replaceAll('"', "&quot;")}"`,
  );
  const begin = `<${name}${pairs.join("")}`;
  return content.length === 0 ? `${begin}/>` : `${begin}>${content.join("")}</${name}>`;
}

/** Escapes text for XML. */
export function text(plain: string): string {
  return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
