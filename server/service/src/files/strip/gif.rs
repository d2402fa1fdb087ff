//! GIF: blocks behind each other (GIF89a). Kept are pictures, their times and how often they go round.

use super::{Sink, Source, Step, Stop};
use bytes::Bytes;
use futures::Stream;

/// The bytes of a colour table, from the field that announces it.
const fn table(field: u8) -> u64 {
    if field & 0x80 == 0 { 0 } else { 3 << ((field & 7) + 1) }
}

pub(super) async fn pass<S, E>(source: &mut Source<S>, sink: &mut impl Sink) -> Step
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let screen = source.take(13).await?;
    let colours = table(screen[10]);
    sink.put(screen).await?;
    source.pass(colours, sink).await?;
    loop {
        match source.peek(1).await? {
            [0x2c] => {
                let picture = source.take(10).await?;
                let colours = table(picture[9]);
                sink.put(picture).await?;
                // The colours, and the size of the first code.
                source.pass(colours + 1, sink).await?;
                blocks(source, true, sink).await?;
            }
            [0x21] => {
                let head = source.peek(14).await?;
                let loops = |id: &[u8]| id == b"NETSCAPE2.0" || id == b"ANIMEXTS1.0";
                let belongs = match head.get(1) {
                    Some(0xf9) => true,
                    Some(0xff) => head.get(2) == Some(&11) && head.get(3..14).is_some_and(loops),
                    _ => false,
                };
                if belongs {
                    source.pass(2, sink).await?;
                } else {
                    source.skip(2).await?;
                }
                blocks(source, belongs, sink).await?;
            }
            [0x3b] => return source.pass(1, sink).await,
            _ => return Err(Stop::End),
        }
    }
}

/// Blocks of up to 255 bytes, to the empty one.
async fn blocks<S, E>(source: &mut Source<S>, belongs: bool, sink: &mut impl Sink) -> Step
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    loop {
        let size = source.peek(1).await?.first().copied().ok_or(Stop::End)?;
        let whole = 1 + u64::from(size);
        if belongs {
            source.pass(whole, sink).await?;
        } else {
            source.skip(whole).await?;
        }
        if size == 0 {
            return Ok(());
        }
    }
}
