//! HEIC, AVIF, MP4 and QuickTime: boxes in boxes (ISO 14496-12). Everything is found by its distance from the beginning, so what goes is blanked
//! where it stands. In a picture that are the items of EXIF and XMP, in a film the boxes of its maker and its user.

use super::{Sink, Source, Step, big};
use crate::Error;
use bytes::{Buf, Bytes, BytesMut};
use futures::Stream;
use model::Violation;
use std::ops::Range;

/// Most bytes of a picture's description.
const DESCRIPTION: u64 = 4 << 20;
/// Most places of items in it.
const PLACES: usize = 1 << 16;

pub(super) async fn pass<S, E>(source: &mut Source<S>, picture: bool, sink: &mut impl Sink) -> Step
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let (mut at, mut gone) = (0_u64, Vec::new());
    loop {
        let head = source.peek(16).await?;
        if head.len() < 8 {
            return source.pass(u64::MAX, sink).await;
        }
        let (kind, size): ([u8; 4], u64) = ([head[4], head[5], head[6], head[7]], u64::from(big(&head[..4])));
        let (front, size) = match size {
            0 => (8, u64::MAX - at),
            1 if head.len() == 16 => (16, (&head[8..]).get_u64()),
            size => (8, size),
        };
        if size < front {
            // No player goes on either; what it is must not be told apart.
            return if picture { Err(unknown()) } else { source.pass(u64::MAX, sink).await };
        }
        let next = at.saturating_add(size);
        match &kind {
            b"moov" | b"trak" => {
                source.pass(front, sink).await?;
                at += front;
                continue;
            }
            b"meta" if picture && at + front < DESCRIPTION && size < DESCRIPTION && gone.is_empty() => {
                let described = source.take(usize::try_from(size).unwrap_or_default()).await?;
                let (described, found) = description(&described, front, at).ok_or_else(unknown)?;
                if found.iter().any(|range| range.start < next) {
                    return Err(unknown());
                }
                sink.put(described).await?;
                gone = found;
            }
            b"meta" | b"udta" | b"uuid" => {
                if picture && kind == *b"meta" {
                    return Err(unknown());
                }
                let name = source.take(usize::try_from(front).unwrap_or_default()).await?;
                sink.put([&name[..4], b"free", &name[8..]].concat().into()).await?;
                source.blank(size - front, sink).await?;
            }
            _ => {
                let mut here = at;
                while here < next {
                    let piece = source.piece(next - here).await?;
                    let end = here + piece.len() as u64;
                    sink.put(without(piece, here, &gone)).await?;
                    here = end;
                }
            }
        }
        at = next;
    }
}

fn unknown() -> super::Stop {
    Error::field("file", Violation::Malformed).into()
}

/// A piece that begins at a place of the file, with zeros where something is gone.
fn without(piece: Bytes, from: u64, gone: &[Range<u64>]) -> Bytes {
    let to = from + piece.len() as u64;
    let hit: Vec<_> = gone.iter().filter(|range| range.start < to && range.end > from).collect();
    if hit.is_empty() {
        return piece;
    }
    let mut bytes = BytesMut::from(&piece[..]);
    for range in hit {
        let (start, end) = (range.start.max(from) - from, range.end.min(to) - from);
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        bytes[place(start)..place(end)].fill(0);
    }
    bytes.freeze()
}

/// Reads numbers off a box.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A number of so many bytes; zero of none.
    fn number(&mut self, size: usize) -> Option<u64> {
        (size <= 8).then(|| self.bytes(size))?.map(|bytes| bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
    }

    /// The next box: its name and content.
    fn part(&mut self) -> Option<(&'a [u8], Fields<'a>)> {
        let size = self.number(4)?;
        let kind = self.bytes(4)?;
        let content = match size {
            0 => self.0.len(),
            1 => usize::try_from(self.number(8)?.checked_sub(16)?).ok()?,
            size => usize::try_from(size.checked_sub(8)?).ok()?,
        };
        Some((kind, Fields(self.bytes(content)?)))
    }
}

/// A picture's description with what it holds itself blanked, and where the rest of what goes lies in the file. None if it cannot be read.
fn description(whole: &Bytes, front: u64, at: u64) -> Option<(Bytes, Vec<Range<u64>>)> {
    let mut fields = Fields(whole.get(usize::try_from(front).ok()?..)?);
    fields.bytes(4)?;
    let (mut items, mut places, mut own) = (Vec::new(), Vec::new(), None);
    while !fields.0.is_empty() {
        let (kind, content) = fields.part()?;
        match kind {
            b"iinf" => items = telling(content)?,
            b"iloc" => places = located(content)?,
            b"idat" => own = Some(at + (whole.len() - fields.0.len() - content.0.len()) as u64),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (_, method, range) in places.into_iter().filter(|(item, ..)| items.contains(item)) {
        let from = match method {
            0 => 0,
            1 => own?,
            _ => return None,
        };
        found.push(range.start.checked_add(from)?..range.end.checked_add(from)?);
    }
    let (inside, behind): (Vec<_>, Vec<_>) = found.into_iter().partition(|range| range.start >= at && range.end <= at + whole.len() as u64);
    Some((without(whole.clone(), at, &inside), behind))
}

/// The items that are no picture: EXIF, XMP, addresses.
fn telling(mut fields: Fields<'_>) -> Option<Vec<u64>> {
    let wide = fields.number(4)? >> 24 != 0;
    fields.number(if wide { 4 } else { 2 })?;
    let mut items = Vec::new();
    while !fields.0.is_empty() {
        let (_, mut item) = fields.part()?;
        let version = item.number(4)? >> 24;
        let id = item.number(if version == 3 { 4 } else { 2 })?;
        item.number(2)?;
        if version < 2 || matches!(item.bytes(4)?, b"Exif" | b"mime" | b"uri ") {
            items.push(id);
        }
    }
    Some(items)
}

/// Where items lie: which, counted from where, and what.
fn located(mut fields: Fields<'_>) -> Option<Vec<(u64, u64, Range<u64>)>> {
    let version = fields.number(4)? >> 24;
    let sizes = fields.number(2)?;
    let [offset, length, base, index] = [12, 8, 4, 0].map(|shift| usize::try_from(sizes >> shift & 15).unwrap_or_default());
    let wide = if version < 2 { 2 } else { 4 };
    let count = fields.number(wide)?;
    let mut places = Vec::new();
    for _ in 0..count {
        let item = fields.number(wide)?;
        let method = if version == 0 { 0 } else { fields.number(2)? & 15 };
        fields.number(2)?;
        let base = fields.number(base)?;
        for _ in 0..fields.number(2)? {
            if version > 0 {
                fields.number(index)?;
            }
            let start = base.checked_add(fields.number(offset)?)?;
            let length = fields.number(length)?;
            if places.len() == PLACES {
                return None;
            }
            // Zero is all there is.
            let end = if length == 0 { u64::MAX } else { start.checked_add(length)? };
            places.push((item, method, start..end));
        }
    }
    Some(places)
}
