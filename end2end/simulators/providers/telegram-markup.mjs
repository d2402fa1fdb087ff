// Telegram's HTML and MarkdownV2, read as strictly as its own server reads them: to plain text and entities, or an error.
// Custom emoji and expandable quotes are taken; nothing is drawn here.

const TAGS = {
  b: "bold", strong: "bold", i: "italic", em: "italic", u: "underline", ins: "underline", s: "strikethrough", strike: "strikethrough",
  del: "strikethrough", "tg-spoiler": "spoiler", span: "spoiler", a: "text_link", code: "code", pre: "pre", blockquote: "blockquote", "tg-emoji": "custom_emoji",
};
const NAMED = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** What cannot be parsed, in Telegram's words. */
export class Unparsable extends Error {}

const offset = (source, at) => Buffer.byteLength(source.slice(0, at));

/** `{ text, entities }` of a text in the given parse mode; offsets in UTF-16 units. */
export function readMarkup(source, mode) {
  if (!mode) return { text: source, entities: [] };
  const kind = String(mode).toLowerCase();
  if (kind === "html") return readHtml(source);
  if (kind === "markdownv2") return readMarkdown(source);
  if (kind === "markdown") return { text: source.replace(/[*_`]/g, ""), entities: [] };
  throw new Unparsable("unsupported parse_mode");
}

function readHtml(source) {
  let text = "";
  const entities = [];
  const open = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at];
    if (char === "&") {
      const found = /^&(?:#(\d{1,8})|#x([0-9a-fA-F]{1,6})|([a-zA-Z]+));?/.exec(source.slice(at));
      const value = found && (found[1] ? code(Number(found[1])) : found[2] ? code(parseInt(found[2], 16)) : NAMED[found[3]]);
      text += value ?? "&";
      at += value === undefined ? 1 : found[0].length;
    } else if (char === "<") {
      const end = source.indexOf(">", at);
      if (end < 0) throw new Unparsable(`Unclosed start tag at byte offset ${offset(source, at)}`);
      const inner = source.slice(at + 1, end);
      if (inner.startsWith("/")) closeTag(inner.slice(1).trim().toLowerCase(), offset(source, at));
      else openTag(inner, offset(source, at));
      at = end + 1;
    } else {
      text += char;
      at += 1;
    }
  }
  if (open.length) throw new Unparsable(`Can't find end tag corresponding to start tag "${open.at(-1).tag}"`);
  return { text, entities: entities.filter((one) => one.length > 0) };

  function openTag(inner, where) {
    const name = /^[a-zA-Z][a-zA-Z0-9-]*/.exec(inner)?.[0].toLowerCase();
    const spoiler = name !== "span" || /class\s*=\s*["']?tg-spoiler/.test(inner);
    if (!name || !TAGS[name]) throw new Unparsable(`Unsupported start tag "${name ?? ""}" at byte offset ${where}`);
    if (!spoiler) throw new Unparsable(`Tag "span" must have class "tg-spoiler" at byte offset ${where}`);
    const href = /href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/.exec(inner);
    const language = /class\s*=\s*["']language-([^"']+)/.exec(inner)?.[1];
    open.push({ tag: name, at: text.length, url: href?.[1] ?? href?.[2] ?? href?.[3], language });
  }

  function closeTag(name, where) {
    const top = open.pop();
    if (!top) throw new Unparsable(`Unexpected end tag at byte offset ${where}`);
    if (name && top.tag !== name) throw new Unparsable(`Unmatched end tag at byte offset ${where}, expected "</${top.tag}>", found "</${name}>"`);
    const entity = { type: TAGS[top.tag], offset: top.at, length: text.length - top.at };
    if (entity.type === "text_link") entity.url = (top.url ?? text.slice(top.at)).replace(/&amp;/g, "&");
    if (top.language) entity.language = top.language;
    entities.push(entity);
  }
}

const code = (point) => (point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined);

const MARKS = [["||", "spoiler"], ["__", "underline"], ["*", "bold"], ["_", "italic"], ["~", "strikethrough"]];
const RESERVED = new Set("_*[]()~`>#+-=|{}.!");

function readMarkdown(source) {
  let text = "";
  const entities = [];
  const open = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    if (rest[0] === "\\" && rest.length > 1 && rest.charCodeAt(1) < 127) {
      text += rest[1];
      at += 2;
    } else if (rest.startsWith("```") || rest[0] === "`") {
      at += verbatim(rest, rest.startsWith("```") ? "```" : "`");
    } else if (rest[0] === "[") {
      open.push({ mark: "[", at: text.length });
      at += 1;
    } else if (rest[0] === "]" && open.at(-1)?.mark === "[") {
      at += link(rest);
    } else if (rest[0] === ">" && (text === "" || text.endsWith("\n"))) {
      at += 1;
    } else {
      const mark = MARKS.find(([sign]) => rest.startsWith(sign));
      if (mark) toggle(mark);
      else if (RESERVED.has(rest[0])) throw new Unparsable(`Character '${rest[0]}' is reserved and must be escaped with the preceding '\\'`);
      else text += rest[0];
      at += mark ? mark[0].length : 1;
    }
  }
  if (open.length) throw new Unparsable(`Can't find end of the entity starting at byte offset ${open.at(-1).byte ?? 0}`);
  return { text, entities: entities.filter((one) => one.length > 0) };

  function toggle([mark, type]) {
    if (open.at(-1)?.mark === mark) {
      const start = open.pop();
      entities.push({ type, offset: start.at, length: text.length - start.at });
    } else {
      open.push({ mark, at: text.length, byte: offset(source, at) });
    }
  }

  function verbatim(rest, fence) {
    const end = rest.indexOf(fence, fence.length);
    if (end < 0) throw new Unparsable(`Can't find end of ${fence === "`" ? "Code" : "Pre"} entity at byte offset ${offset(source, at)}`);
    const inner = rest.slice(fence.length, end).replace(/\\([`\\])/g, "$1");
    entities.push({ type: fence === "`" ? "code" : "pre", offset: text.length, length: inner.length });
    text += inner;
    return end + fence.length;
  }

  function link(rest) {
    const start = open.pop();
    const found = /^\]\(((?:\\.|[^)\\])*)\)/.exec(rest);
    if (!found) throw new Unparsable(`Can't find end of a URL at byte offset ${offset(source, at)}`);
    entities.push({ type: "text_link", offset: start.at, length: text.length - start.at, url: found[1].replace(/\\(.)/g, "$1") });
    return found[0].length;
  }
}
