//! Server-sent events out of bytes, because the browser's own reader cannot send a bearer token.
//! It parses and remembers the half line at the end; connecting and resuming are `stream`'s business.

/// One event as it stood in the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The position to resume from, where the event has one.
    pub id: Option<i64>,
    /// Its name; empty when none was given.
    pub name: String,
    /// Its data, lines joined.
    pub data: String,
}

/// Takes chunks as they arrive and gives the events that are whole.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    event: Event,
    begun: bool,
}

impl Parser {
    /// Feeds a chunk. A chunk may end anywhere, even inside a character.
    pub fn feed(&mut self, chunk: &[u8]) -> Vec<Event> {
        let mut out = Vec::new();
        for &byte in chunk {
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            if !line.is_empty() {
                self.field(&String::from_utf8_lossy(line));
            } else if std::mem::take(&mut self.begun) {
                out.push(std::mem::take(&mut self.event));
            }
        }
        out
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => self.event.id = value.parse().ok(),
            "event" => {
                value.clone_into(&mut self.event.name);
                self.begun = true;
            }
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
                self.begun = true;
            }
            // Comments and `retry`: the pace of reconnecting is our own.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "retry: 1000\nevent: ping\ndata: {}\n\n: comment\n\nid: 42\r\nevent: event\r\ndata: \"olá\"\r\n\r\ndata: a\ndata: b\n\n";

    fn expected() -> Vec<Event> {
        let event = |id, name: &str, data: &str| Event { id, name: name.into(), data: data.into() };
        vec![event(None, "ping", "{}"), event(Some(42), "event", "\"olá\""), event(None, "", "a\nb")]
    }

    #[test]
    fn whole_events_come_out_however_the_bytes_are_cut() {
        for size in 1..=TEXT.len() {
            let mut parser = Parser::default();
            let events: Vec<_> = TEXT.as_bytes().chunks(size).flat_map(|chunk| parser.feed(chunk)).collect();
            assert_eq!(events, expected(), "in chunks of {size}");
        }
    }

    #[test]
    fn half_an_event_waits() {
        let mut parser = Parser::default();
        assert!(parser.feed(b"id: 7\nevent: event\ndata: {").is_empty());
        assert_eq!(parser.feed(b"}\n\n"), [Event { id: Some(7), name: "event".into(), data: "{}".into() }]);
    }
}
