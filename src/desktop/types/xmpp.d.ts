// The parts of @xmpp/component 0.13 and @xmpp/client 0.14 used here; neither publishes types.

declare module "@xmpp/xml" {
  import type { EventEmitter } from "node:events";
  import type { Socket } from "node:net";

  type Attributes = Record<string, string | undefined>;

  export interface Element {
    name: string;
    attrs: Attributes;
    children: (Element | string)[];
    getNS(): string | undefined;
    /** Of a prefix, or the default one, as declared here or above. */
    findNS(prefix?: string): string | undefined;
    is(name: string, xmlns?: string): boolean;
    getChild(name: string, xmlns?: string): Element | undefined;
    getChildElements(): Element[];
    getText(): string;
    getChildren(name: string, xmlns?: string): Element[];
    getChildText(name: string, xmlns?: string): string | null;
    toString(): string;
  }

  /** Emits "start" with the root, "element" with each of its children, "end". */
  export interface Parser extends EventEmitter {
    write(text: string): void;
  }

  export interface ElementFactory {
    (name: string, attrs?: Attributes, ...children: (Element | string)[]): Element;
    Parser: new () => Parser;
  }

  interface IqContext {
    readonly stanza: Element;
    readonly element: Element;
  }

  type IqAnswer = Element | true | Promise<Element | true>;

  /** Of SASL; what is behind an underscore is known after the server's challenge. */
  export interface Mechanism {
    readonly name: string;
    readonly _stage: "initial" | "challenge" | "final";
    readonly _salt?: Uint8Array;
    readonly _iterationCount?: number;
    response(credentials: object): string | Promise<string>;
  }

  export interface Entity extends EventEmitter {
    /** Of a client. */
    readonly saslFactory: {
      readonly _mechs: { readonly name: string; mech: new () => Mechanism }[];
    };
    readonly status: string;
    readonly jid: { toString(): string } | null;
    readonly socket: Socket | null;
    /** Of the stream, while there is one that can be read. */
    readonly parser: Parser | null;
    /** How long the stream's header and the handshake may take, each; in milliseconds. */
    timeout: number;
    readonly reconnect: { delay: number; start(): void; stop(): void };
    readonly iqCaller: { request(iq: Element, timeoutMs?: number): Promise<Element> };
    readonly iqCallee: {
      /** What it returns is the child of the result or, if it is an <error/>, of the error. */
      get(
        xmlns: string,
        name: string,
        answer: (context: { element: Element }) => Element | Promise<Element>,
      ): void;
      /** Nothing: an empty result. */
      set(xmlns: string, name: string, answer: (context: IqContext) => IqAnswer): void;
    };
    /** Bytes of the socket, or text. */
    /** Whether the stream is inside TLS. */
    isSecure(): boolean;
    _onData(bytes: Buffer | string): void;
    /** What makes the sockets of a client, the first that knows its kind of service. */
    transports: (new () => { Socket: unknown })[];
    /** What the socket of a client is opened with. */
    socketParameters(service: string): object | undefined;
    readonly options: { readonly service: string; readonly domain: string };
    /** `start` is these two, and waiting for "online". */
    connect(service: string): Promise<unknown>;
    open(options: { domain: string }): Promise<unknown>;
    /** Opens the stream anew on the same connection. */
    restart(): Promise<unknown>;
    start(): Promise<{ toString(): string }>;
    stop(): Promise<unknown>;
    send(element: Element): Promise<void>;
  }
}

declare module "@xmpp/component" {
  import type { ElementFactory, Entity } from "@xmpp/xml";

  export type { Element, Entity } from "@xmpp/xml";
  export const xml: ElementFactory;
  export function component(options: { service: string; domain: string; password: string }): Entity;
}

declare module "@xmpp/client" {
  import type { ElementFactory, Entity } from "@xmpp/xml";

  export type { Element, Entity, Mechanism } from "@xmpp/xml";
  export const xml: ElementFactory;
  export function client(options: {
    service: string;
    domain?: string;
    resource?: string;
    username?: string;
    password?: string;
    /** Instead of username and password: chooses the mechanism. */
    credentials?: (authenticate: Authenticate, mechanisms: string[]) => Promise<void>;
  }): Entity;

  export type Authenticate = (
    credentials: { username: string; password: string },
    mechanism: string,
  ) => Promise<void>;
}
