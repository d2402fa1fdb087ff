/** Who a visitor is, as the site knows them. */
export interface User {
  name?: string;
  email?: string;
  phone?: string;
  /** HMAC-SHA256 of the identifier under the inbox's identity key, lower-case hex, made on the site's server. Without it nothing is proven. */
  identifier_hash?: string;
  attributes?: Record<string, string | number | boolean>;
}

type Value = string | number | boolean | null;

/** What the site says about the visitor and their conversation; null takes an attribute off, false a label. */
export interface About {
  contact?: Record<string, Value>;
  conversation?: Record<string, Value>;
  labels?: Record<string, boolean>;
}

export interface Settings {
  locale?: string;
  position?: "left" | "right";
  colorScheme?: "light" | "dark" | "auto";
  /** `#rrggbb`, instead of the inbox's. */
  colour?: string;
  /** Where the site opens the chat by a button of its own. */
  hideLauncher?: boolean;
  /** Whether unread messages show above the launcher; they do unless told otherwise. */
  showPreview?: boolean;
  /** Shares the visitor between the subdomains of this domain. */
  baseDomain?: string;
  cookieConsent?: "wait";
  offset?: { x?: number; y?: number };
}

export interface Options extends Settings {
  /** Where Recado stands, such as `https://chat.example.com`. */
  server: string;
  /** The inbox's token. */
  token: string;
  /** The nonce of the site's content security policy, where scripts need one. */
  nonce?: string;
}

/** What can be listened to, and what is told. */
export interface Events {
  /** The launcher stands. */
  drawn: undefined;
  /** The chat listens. */
  ready: undefined;
  opened: undefined;
  closed: undefined;
  message: { from: "agent" | "visitor"; id: number; text: string; author?: string | null; first?: boolean };
  unread: { count: number };
  error: { reason: "inbox" | "frame" | "session" | "identity"; status?: number };
}

/** The chat. Every call may come before it has loaded: it is kept and made then. */
export interface Recado {
  open(): void;
  close(): void;
  toggle(): void;
  setUser(identifier: string | number, user?: User): void;
  about(said: About): void;
  set(settings: Settings): void;
  setLocale(locale: string): void;
  setColorScheme(scheme: "light" | "dark" | "auto"): void;
  /** For when somebody signs out of the site: the next visitor finds nothing. */
  reset(): void;
  /** Takes the chat off the page. */
  destroy(): void;
  on<Name extends keyof Events>(name: Name, heard: (detail: Events[Name]) => void): void;
  off<Name extends keyof Events>(name: Name, heard: (detail: Events[Name]) => void): void;
}

export declare const recado: Recado;

/** Fetches the loader from the server, once however often it is called. */
export declare function load(options: Options): Promise<Recado>;
