//! JPEG: segments between markers (ITU T.81, annex B). Kept are those that say how the picture looks; of EXIF, the turn.

use super::{Seen, Sink, Source, Step, Stop, big, tiff};
use bytes::Bytes;
use futures::Stream;

const EXIF: &[u8] = b"Exif\0\0";

/// Whether a segment belongs to the picture: not EXIF, XMP, IPTC, comments, further pictures or what makers add.
fn belongs(marker: u8, body: &[u8]) -> bool {
    match marker {
        0xe0 => body.starts_with(b"JFIF\0"),
        0xe2 => body.starts_with(b"ICC_PROFILE\0"),
        0xee => body.starts_with(b"Adobe"),
        0xe1..=0xef | 0xfe => false,
        _ => true,
    }
}

pub(super) async fn pass<S, E>(source: &mut Source<S>, sink: &mut impl Sink) -> Step<Seen>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let mut turn = None;
    let mut seen = Seen::default();
    sink.put(source.take(2).await?).await?;
    loop {
        // What stands between segments means nothing, and a marker may be filled up.
        let two = source.peek(2).await?;
        let marker = match two {
            [0xff, marker @ 1..=0xfe] => *marker,
            [_, _] => {
                source.skip(1).await?;
                continue;
            }
            _ => return Ok(seen),
        };
        match marker {
            0xd9 => {
                sink.put(source.take(2).await?).await?;
                return Ok(seen);
            }
            0x01 | 0xd0..=0xd8 => source.skip(2).await?,
            _ => {
                let Some(length @ 2..) = source.peek(4).await?.get(2..4).map(big) else { return Ok(seen) };
                let segment = match source.take(2 + length as usize).await {
                    Err(Stop::End) => return Ok(seen),
                    segment => segment?,
                };
                let body = &segment[4..];
                if marker == 0xe1
                    && turn.is_none()
                    && let Some(found) = body.strip_prefix(EXIF).and_then(tiff::turn)
                {
                    (turn, seen.turned) = (Some(found), tiff::sideways(found));
                    let tags = tiff::only(found);
                    let length = u16::try_from(2 + EXIF.len() + tags.len()).unwrap_or_default().to_be_bytes();
                    sink.put([&[0xff, 0xe1], &length[..], EXIF, &tags].concat().into()).await?;
                }
                if belongs(marker, body) {
                    sink.put(segment).await?;
                }
                if marker == 0xda
                    && let Err(stop) = scan(source, sink).await
                {
                    return if matches!(stop, Stop::End) { Ok(seen) } else { Err(stop) };
                }
            }
        }
    }
}

/// The picture's own data, up to the next marker.
async fn scan<S, E>(source: &mut Source<S>, sink: &mut impl Sink) -> Step
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    loop {
        if source.peek(2).await?.len() < 2 {
            return source.pass(1, sink).await;
        }
        let held = &source.held;
        let mut at = 0;
        // An 0xff of the data is followed by zero, or by one of the marks that stand between its stretches.
        while at + 1 < held.len() && !matches!(held[at..at + 2], [0xff, 1..=0xcf | 0xd8..]) {
            at += 1;
        }
        if at > 0 {
            let data = source.held.split_to(at);
            sink.put(data).await?;
        } else if source.held.starts_with(&[0xff, 0xff]) {
            source.skip(1).await?;
        } else {
            return Ok(());
        }
    }
}
