//! Takes out of pictures and films what tells of the place, the person and the device: rewritten as they pass, container by container, never
//! decoded. What a picture looks like (colours, turn, frames) stays; what follows its end goes.

mod boxes;
mod gif;
mod jpeg;
mod png;
#[cfg(test)]
mod tests;
mod tiff;
mod webp;

use crate::{Error, Result};
use bytes::{Buf, Bytes, BytesMut};
use futures::{FutureExt, Stream, StreamExt, stream};
use model::{FaultCode, Violation};
use object_store::WriteMultipart;

/// What there was to say about a file whose bytes have passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// It is shown lying on its side: what is its width is shown as its height.
    pub turned: bool,
}

/// Where bytes go.
pub(crate) trait Sink {
    /// Takes the next bytes.
    async fn put(&mut self, piece: Bytes) -> Result<()>;
}

impl Sink for Vec<u8> {
    async fn put(&mut self, piece: Bytes) -> Result<()> {
        self.extend_from_slice(&piece);
        Ok(())
    }
}

/// A file on its way into the store of files; its beginning and its size are remembered.
pub(crate) struct Kept {
    pub writer: WriteMultipart,
    pub head: Vec<u8>,
    pub size: i64,
}

/// How much of a file's beginning says what it is.
pub(crate) const HEAD: usize = 64 * 1024;

impl Kept {
    pub const fn new(writer: WriteMultipart) -> Self {
        Self { writer, head: Vec::new(), size: 0 }
    }
}

impl Sink for Kept {
    async fn put(&mut self, piece: Bytes) -> Result<()> {
        self.size += piece.len() as i64;
        self.head.extend_from_slice(&piece[..piece.len().min(HEAD - self.head.len())]);
        self.writer.wait_for_capacity(4).await?;
        // Small ones are copied together: each alone would hold on to all it came with.
        if piece.len() < 4096 {
            self.writer.write(&piece)
        } else {
            self.writer.put(piece)
        }
        Ok(())
    }
}

/// Why reading ended before the file did.
enum Stop {
    /// It breaks off here, or cannot be followed further.
    End,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

type Step<T = ()> = std::result::Result<T, Stop>;

/// Bytes as they come, taken by the piece.
struct Source<S> {
    stream: S,
    held: Bytes,
    came: i64,
    most: i64,
}

impl<S: Stream<Item = std::result::Result<Bytes, E>> + Unpin, E: std::fmt::Display> Source<S> {
    /// The next bytes as they come; none at the end.
    async fn arrive(&mut self) -> Result<Option<Bytes>> {
        match self.stream.next().await {
            None => Ok(None),
            Some(Ok(piece)) => {
                self.came += piece.len() as i64;
                if self.came > self.most { Err(Error::Fault(FaultCode::TooLarge)) } else { Ok(Some(piece)) }
            }
            Some(Err(error)) => {
                tracing::debug!(%error, "an upload broke off");
                Err(Error::field("file", Violation::Malformed))
            }
        }
    }

    /// Up to so many bytes, left where they are; fewer only at the end.
    async fn peek(&mut self, count: usize) -> Result<&[u8]> {
        if self.held.len() < count {
            let mut more = BytesMut::from(&self.held[..]);
            while more.len() < count
                && let Some(piece) = self.arrive().await?
            {
                more.extend_from_slice(&piece);
            }
            self.held = more.freeze();
        }
        Ok(&self.held[..count.min(self.held.len())])
    }

    async fn take(&mut self, count: usize) -> Step<Bytes> {
        if self.peek(count).await?.len() < count { Err(Stop::End) } else { Ok(self.held.split_to(count)) }
    }

    /// What is at hand, at most so much of it.
    async fn piece(&mut self, most: u64) -> Step<Bytes> {
        while self.held.is_empty() {
            self.held = self.arrive().await?.ok_or(Stop::End)?;
        }
        Ok(self.held.split_to(usize::try_from(most).unwrap_or(usize::MAX).min(self.held.len())))
    }

    async fn pass(&mut self, mut count: u64, sink: &mut impl Sink) -> Step {
        while count > 0 {
            let piece = self.piece(count).await?;
            count -= piece.len() as u64;
            sink.put(piece).await?;
        }
        Ok(())
    }

    async fn skip(&mut self, mut count: u64) -> Step {
        while count > 0 {
            count -= self.piece(count).await?.len() as u64;
        }
        Ok(())
    }

    /// Puts zeros in place of so many bytes.
    async fn blank(&mut self, mut count: u64, sink: &mut impl Sink) -> Step {
        while count > 0 {
            let piece = self.piece(count.min(ZEROS.len() as u64)).await?;
            count -= piece.len() as u64;
            sink.put(Bytes::from_static(ZEROS).slice(..piece.len())).await?;
        }
        Ok(())
    }
}

/// What a file is, if it is one of those that are rewritten.
fn container(head: &[u8]) -> Option<&'static str> {
    const REWRITTEN: [&str; 8] =
        ["image/jpeg", "image/png", "image/gif", "image/webp", "image/heif", "image/avif", "video/mp4", "video/quicktime"];
    infer::get(head).map(|kind| kind.mime_type()).filter(|kind| REWRITTEN.contains(kind))
}

static ZEROS: &[u8] = &[0; 16 * 1024];

/// Passes a file on, pictures and films without what gives away more than they show. A picture that cannot be followed ends where it could.
///
/// # Errors
/// `TooLarge` above `most` bytes, before that many are passed on; `Malformed` for a picture of which it cannot be told where such things lie.
pub(crate) async fn pass<E: std::fmt::Display>(
    bytes: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    most: i64,
    sink: &mut impl Sink,
) -> Result<Seen> {
    let mut source = Source { stream: bytes, held: Bytes::new(), came: 0, most };
    let walked = match container(source.peek(64).await?) {
        Some("image/jpeg") => jpeg::pass(&mut source, sink).await,
        Some("image/png") => png::pass(&mut source, sink).await.map(|()| Seen::default()),
        Some("image/gif") => gif::pass(&mut source, sink).await.map(|()| Seen::default()),
        Some("image/webp") => webp::pass(&mut source, sink).await,
        Some("image/heif" | "image/avif") => boxes::pass(&mut source, true, sink).await.map(|()| Seen::default()),
        Some(_) => boxes::pass(&mut source, false, sink).await.map(|()| Seen::default()),
        None => source.pass(u64::MAX, sink).await.map(|()| Seen::default()),
    };
    let seen = match walked {
        Ok(seen) => seen,
        Err(Stop::End) => Seen::default(),
        Err(Stop::Failed(error)) => return Err(error),
    };
    // Whoever sends it wants to send all of it before they listen.
    source.held.clear();
    while source.arrive().await?.is_some() {}
    Ok(seen)
}

/// [`pass`] for a file that is at hand whole; none if it cannot be told what it gives away.
pub(crate) fn whole(bytes: &Bytes) -> Option<(Bytes, Seen)> {
    if container(bytes).is_none() {
        return Some((bytes.clone(), Seen::default()));
    }
    let mut clean = Vec::with_capacity(bytes.len());
    let given = stream::iter([Ok::<_, std::convert::Infallible>(bytes.clone())]);
    let seen = pass(given, i64::MAX, &mut clean).now_or_never()?.ok()?;
    Some((clean.into(), seen))
}

/// A number of two or four bytes, the most significant first.
fn big(mut bytes: &[u8]) -> u32 {
    if bytes.len() < 4 { u32::from(bytes.get_u16()) } else { bytes.get_u32() }
}
