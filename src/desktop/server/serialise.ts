// Elements to text: XML 1.0 with Namespaces, restricted as in RFC 6120 section 11.1.
import type { Element } from "./element.js";
import type { Manners } from "./manners.js";
import { NS } from "./namespaces.js";
import type { Random } from "./random.js";

export interface Style {
  readonly manners: Manners;
  readonly random: Random;
}

type Place = "text" | "'" | '"';
type Attribute = [name: string, value: string];

const SPELLINGS: Record<string, readonly string[]> = {
  "&": ["&amp;", "&#38;", "&#x26;"],
  "<": ["&lt;", "&#60;", "&#x3c;"],
  ">": ["&gt;", "&#62;", "&#x3E;"],
  "'": ["&apos;", "&#39;", "&#x27;"],
  '"': ["&quot;", "&#34;", "&#x22;"],
  "\t": ["&#9;", "&#x9;"],
  "\n": ["&#10;", "&#xA;"],
  "\r": ["&#13;", "&#xD;"],
};

function mustEscape(character: string, place: Place, whole: string): boolean {
  if ("&<\r".includes(character) || character === place) return true;
  // A raw tab or line feed in an attribute would be read as a space: XML 1.0 section 3.3.3.
  if ("\t\n".includes(character)) return place !== "text";
  return character === ">" && place === "text" && whole.includes("]]>");
}

function escape(value: string, place: Place, { manners, random }: Style): string {
  return value.replace(/[&<>'"\t\n\r]/g, (character) => {
    const optional = !mustEscape(character, place, value);
    if (!manners.entities) return optional ? character : SPELLINGS[character][0];
    return optional && random.coin() ? character : random.pick(SPELLINGS[character]);
  });
}

function attributeText([name, value]: Attribute, style: Style): string {
  const quote = style.manners.quotes && style.random.coin() ? '"' : "'";
  return ` ${name}=${quote}${escape(value, quote, style)}${quote}`;
}

export function attributesText(attributes: Attribute[], style: Style): string {
  if (style.manners.attributeOrder) style.random.shuffle(attributes);
  return attributes.map((attribute) => attributeText(attribute, style)).join("");
}

/** Attributes as written: foreign ones get a prefix declared on the spot. */
function writtenAttributes(element: Element): Attribute[] {
  const written: Attribute[] = [];
  for (const [key, value] of element.attributes) {
    const foreign = /^\{(.*)\}(.*)$/s.exec(key);
    if (foreign === null) {
      written.push([key, value]);
      continue;
    }
    const prefix = `a${written.length}`;
    written.push([`xmlns:${prefix}`, foreign[1]], [`${prefix}:${foreign[2]}`, value]);
  }
  return written;
}

/** `inherited` is the default namespace in scope where the element will stand. */
export function serialise(element: Element, inherited: string, style: Style): string {
  // The stream namespace has the prefix that the stream header declares: RFC 6120 section 4.8.5.
  const prefixed = element.namespace === NS.streams;
  const name = prefixed ? `stream:${element.name}` : element.name;
  const scope = prefixed ? inherited : element.namespace;
  const attributes = writtenAttributes(element);
  if (scope !== inherited) attributes.push(["xmlns", scope]);
  const start = `<${name}${attributesText(attributes, style)}`;
  const content = element.children.map((child) =>
    typeof child === "string" ? escape(child, "text", style) : serialise(child, scope, style),
  );
  if (content.length > 0) return `${start}>${content.join("")}</${name}>`;
  return style.manners.emptyElements && style.random.coin() ? `${start}></${name}>` : `${start}/>`;
}
