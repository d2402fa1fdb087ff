//! JSON as a tree, read and written in two hundred lines: derived readers of the same types take a third of the page's budget.
//! What the trees mean is `words`' business, and tests there hold them against the shared types.

/// A JSON value. Numbers stay text: nothing here reckons with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Json {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Names and values, in order.
    Map(Vec<(String, Json)>),
}

static NULL: Json = Json::Null;
/// Deeper than anybody means; beyond it the stack would be at stake.
const DEEPEST: u32 = 32;

impl Json {
    /// Reads a text; none when it is not JSON.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { text, bytes: text.as_bytes(), at: 0 };
        let value = reader.value(0)?;
        reader.skip();
        (reader.at == text.len()).then_some(value)
    }

    /// A member of a map; null when there is none.
    #[must_use]
    pub fn get(&self, key: &str) -> &Self {
        self.members().iter().find(|(name, _)| name == key).map_or(&NULL, |(_, value)| value)
    }

    /// The members of a map, else none.
    #[must_use]
    pub fn members(&self) -> &[(String, Self)] {
        if let Self::Map(members) = self { members } else { &[] }
    }

    /// The elements of a list, else none.
    #[must_use]
    pub fn list(&self) -> &[Self] {
        if let Self::List(list) = self { list } else { &[] }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The text of a member, if it is one.
    #[must_use]
    pub fn maybe(&self, key: &str) -> Option<String> {
        self.get(key).text().map(str::to_owned)
    }

    /// The text of a member, empty when it is none.
    #[must_use]
    pub fn string(&self, key: &str) -> String {
        self.maybe(key).unwrap_or_default()
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn whole(&self) -> Option<i64> {
        if let Self::Number(digits) = self { digits.parse().ok() } else { None }
    }

    /// Whether it is `true`.
    #[must_use]
    pub fn yes(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// As text.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.append(&mut out);
        out
    }

    fn append(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Self::Number(digits) => out.push_str(digits),
            Self::Text(text) => quote(text, out),
            Self::List(list) => {
                out.push('[');
                for (at, value) in list.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    value.append(out);
                }
                out.push(']');
            }
            Self::Map(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    quote(name, out);
                    out.push(':');
                    value.append(out);
                }
                out.push('}');
            }
        }
    }
}

/// A map of these members.
#[must_use]
pub fn map<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Map(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A map of names to texts.
#[must_use]
pub fn texts(members: &[(String, String)]) -> Json {
    Json::Map(members.iter().map(|(name, text)| (name.clone(), text.as_str().into())).collect())
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Json {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<Option<&str>> for Json {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\0'..='\x1f' => {
                out.push_str("\\u00");
                out.push(if c < '\x10' { '0' } else { '1' });
                out.push(char::from(b"0123456789abcdef"[c as usize & 15]));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// What was read from here on; both ends lie between characters.
    fn since(&self, start: usize) -> &str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Whether this byte comes next; if so it is taken.
    fn takes(&mut self, byte: u8) -> bool {
        self.skip();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        self.bytes.get(self.at..)?.starts_with(word.as_bytes()).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: u32) -> Option<Json> {
        self.skip();
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => {
                let mut list = Vec::new();
                self.at += 1;
                if self.takes(b']') {
                    return Some(Json::List(list));
                }
                loop {
                    list.push(self.value(depth + 1)?);
                    if !self.takes(b',') {
                        return self.takes(b']').then_some(Json::List(list));
                    }
                }
            }
            b'{' => {
                let mut members = Vec::new();
                self.at += 1;
                if self.takes(b'}') {
                    return Some(Json::Map(members));
                }
                loop {
                    self.skip();
                    let name = self.string()?;
                    if !self.takes(b':') {
                        return None;
                    }
                    members.push((name, self.value(depth + 1)?));
                    if !self.takes(b',') {
                        return self.takes(b'}').then_some(Json::Map(members));
                    }
                }
            }
            _ => {
                let start = self.at;
                while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
                    self.at += 1;
                }
                (self.at > start).then(|| Json::Number(self.since(start).to_owned()))
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if self.peek() != Some(b'"') {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        let mut start = self.at;
        loop {
            match self.peek()? {
                // Quotes and strokes are never inside a character, so cutting here is safe.
                b'"' => {
                    out.push_str(self.since(start));
                    self.at += 1;
                    return Some(out);
                }
                b'\\' => {
                    out.push_str(self.since(start));
                    self.at += 1;
                    let escape = self.peek()?;
                    self.at += 1;
                    out.push(match escape {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'b' => '\x08',
                        b'f' => '\x0c',
                        b'u' => self.unicode()?,
                        b'"' | b'\\' | b'/' => char::from(escape),
                        _ => return None,
                    });
                    start = self.at;
                }
                _ => self.at += 1,
            }
        }
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
    }

    /// What lies beyond 16 bits comes as a pair (RFC 8259 §7); half a pair becomes the replacement character.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if (0xd800..0xdc00).contains(&first) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
        }
        Some(char::from_u32(first).unwrap_or('\u{fffd}'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_others_write_is_read_and_what_is_written_others_read() {
        let text = "Olá \"mundo\"\n\t\\ / \u{1} \u{1f} 😀 \u{7f} \r";
        let value = json!({ "a": [1, -2.5e3, true, false, null, [], {}], "ç": text, "n": 9_007_199_254_740_993_i64, "": { "b": [[]] } });
        for written in [value.to_string(), serde_json::to_string_pretty(&value).unwrap(), r#"{"a":"\u00e1\ud83d\ude00\/"}"#.to_owned()] {
            let read = Json::parse(&written).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&read.write()).unwrap(), serde_json::from_str::<Value>(&written).unwrap());
        }
        let read = Json::parse(&value.to_string()).unwrap();
        assert_eq!((read.get("ç").text(), read.get("n").whole()), (Some(text), Some(9_007_199_254_740_993)));
        assert_eq!(Json::parse(r#""\ud83dx""#), Some(Json::Text("\u{fffd}x".into())));
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        let deep = "[".repeat(100_000);
        for wrong in
            ["", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "\"a", "\"\\x\"", "\"\\u12\"", "nul", "1 2", "{a:1}", "é", deep.as_str()]
        {
            assert_eq!(Json::parse(wrong), None, "{}", &wrong[..wrong.len().min(20)]);
        }
    }

    #[test]
    fn missing_members_are_null() {
        let value = map([("a", 1.into()), ("b", "x".into()), ("c", Option::<&str>::None.into())]);
        assert_eq!(
            (value.get("z"), value.get("c"), value.maybe("b"), value.string("a")),
            (&Json::Null, &Json::Null, Some("x".into()), String::new())
        );
        assert_eq!(value.get("a").get("b").list(), &[]);
    }
}
