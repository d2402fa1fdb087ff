//! WebP: chunks in a RIFF (RFC 9649). Its whole size stands in front, so what goes is blanked where it stands.

use super::{Seen, Sink, Source, Step, tiff};
use bytes::{Buf, Bytes};
use futures::Stream;

/// Most bytes of tags that are read for a turn.
const TAGS: u64 = 1 << 20;
/// The bit that says there is XMP.
const XMP: u8 = 4;

pub(super) async fn pass<S, E>(source: &mut Source<S>, sink: &mut impl Sink) -> Step<Seen>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let head = source.take(12).await?;
    let mut rest = u64::from((&head[4..8]).get_u32_le()).saturating_sub(4);
    sink.put(head).await?;
    let mut seen = Seen::default();
    while rest >= 8 {
        let head = source.take(8).await?;
        let length = u64::from((&head[4..]).get_u32_le());
        let length = (length + length % 2).min(rest - 8);
        rest -= 8 + length;
        match &head[..4] {
            b"VP8X" if length >= 1 => {
                let flags = source.take(1).await?[0] & !XMP;
                sink.put([&head[..], &[flags]].concat().into()).await?;
                source.pass(length - 1, sink).await?;
            }
            b"ICCP" | b"ANIM" | b"ANMF" | b"ALPH" | b"VP8 " | b"VP8L" => {
                sink.put(head).await?;
                source.pass(length, sink).await?;
            }
            b"EXIF" if (26..=TAGS).contains(&length) => {
                let body = source.take(usize::try_from(length).unwrap_or_default()).await?;
                let turn = tiff::turn(body.strip_prefix(b"Exif\0\0").unwrap_or(&body)).unwrap_or(1);
                seen.turned = tiff::sideways(turn);
                let mut tags = tiff::only(turn).to_vec();
                tags.resize(body.len(), 0);
                sink.put(head).await?;
                sink.put(tags.into()).await?;
            }
            _ => {
                sink.put([b"JUNK", &head[4..]].concat().into()).await?;
                source.blank(length, sink).await?;
            }
        }
    }
    Ok(seen)
}
