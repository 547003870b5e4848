/** One element of an XML document with everything in it. Names are local: `rpminfo_test` of `<linux-def:rpminfo_test>`. */
export interface XmlElement {
  readonly name: string;
  /** By local name; namespace declarations are left out. An attribute that is not there is `undefined`. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  /** In document order. */
  readonly children: readonly XmlElement[];
  /** The element's own text and CDATA, joined, as it stands (white space too); empty where only white space separates children. */
  readonly text: string;
  /** The line of the document on which its start tag ends, from 1. */
  readonly line: number;
}

/** The first child of that name. */
export function childElement(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The children of that name, in document order. */
export function childElements(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The text of the first child of that name, without the white space around it; empty when there is no such child. */
export function childText(element: XmlElement | undefined, name: string): string {
  return childElement(element, name)?.text.trim() ?? '';
}

/** The attribute without the white space around it; empty when it is not there. */
export function attributeText(element: XmlElement | undefined, name: string): string {
  return element?.attributes[name]?.trim() ?? '';
}
