//! PNG: chunks behind each other (W3C PNG, third edition). Kept are the picture, its frames and its colours.

use super::{Sink, Source, Step, big};
use bytes::Bytes;
use futures::Stream;

const BELONGS: [&[u8; 4]; 21] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
    b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sTER", b"mDCv",
];

pub(super) async fn pass<S, E>(source: &mut Source<S>, sink: &mut impl Sink) -> Step
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    sink.put(source.take(8).await?).await?;
    loop {
        let head = source.take(8).await?;
        // The content, and its sum.
        let rest = u64::from(big(&head[..4])) + 4;
        if BELONGS.iter().any(|kind| head[4..] == kind[..]) {
            let last = head.ends_with(b"IEND");
            sink.put(head).await?;
            source.pass(rest, sink).await?;
            if last {
                return Ok(());
            }
        } else {
            source.skip(rest).await?;
        }
    }
}
