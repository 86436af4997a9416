// What real servers do to the bytes that pass through them. All on unless switched off.
export interface Manners {
  /** Either kind of quotes around attribute values, chosen for each. */
  quotes: boolean;
  /** Attributes, namespace declarations among them, in any order. */
  attributeOrder: boolean;
  /** Characters escaped by name, in decimal or in hexadecimal, or not where they need not be. */
  entities: boolean;
  /** `<e/>` and `<e></e>` for the same empty element. */
  emptyElements: boolean;
  /** `xml:lang` added to stanzas without one: RFC 6120 section 8.1.5. */
  lang: boolean;
  /** No `from` on answers given for one's own account: RFC 6120 section 8.1.2.1. */
  absentFrom: boolean;
  /** Output cut anywhere between two characters. */
  split: boolean;
  /** Output cut in the middle of UTF-8 characters too. */
  splitCharacters: boolean;
}

export const allManners: Readonly<Manners> = {
  quotes: true,
  attributeOrder: true,
  entities: true,
  emptyElements: true,
  lang: true,
  absentFrom: true,
  split: true,
  splitCharacters: true,
};

/** One way of writing only, for what is measured and not sent. */
export const noManners: Readonly<Manners> = {
  quotes: false,
  attributeOrder: false,
  entities: false,
  emptyElements: false,
  lang: false,
  absentFrom: false,
  split: false,
  splitCharacters: false,
};
