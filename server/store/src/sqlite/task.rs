//! A caller's closure on its way to a thread and its answer on the way back. It decides nothing about transactions.

use crate::{Error, Reader, Tx};
use futures_util::future::LocalBoxFuture;
use std::time::Duration;
use tokio::sync::oneshot;

/// A closure with a place for its result, so that a commit that fails can still change the answer.
pub(crate) struct Task<F, T, E> {
    closure: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    limit: Option<Duration>,
}

impl<F, T, E> Task<F, T, E> {
    pub(crate) fn new(closure: F, limit: Option<Duration>) -> (Box<Self>, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Self { closure: Some(closure), result: None, reply, limit }), answer)
    }
}

impl<F, T, E: From<Error>> Task<F, T, E> {
    /// A caller that went away is no reason to stop: what it asked for happened all the same.
    fn reply(self, failure: Option<Error>) {
        let answer = match (failure, self.result) {
            (Some(error), _) => Err(error.into()),
            (None, Some(result)) => result,
            (None, None) => Err(Error::Closed.into()),
        };
        let _gone = self.reply.send(answer);
    }
}

/// What the writer thread sees of a closure. Its future never leaves that thread, so it need not be `Send`.
pub(crate) trait Write: Send {
    /// Runs it once; whether its changes shall stay.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> LocalBoxFuture<'a, bool>;
    /// How long it may take.
    fn limit(&self) -> Option<Duration>;
    /// Answers its caller, with its own result unless the failure speaks for it.
    fn answer(self: Box<Self>, failure: Option<Error>);
}

impl<F, T, E> Write for Task<F, T, E>
where
    F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> LocalBoxFuture<'a, bool> {
        Box::pin(async move {
            if let Some(closure) = self.closure.take() {
                self.result = Some(closure(tx).await);
            }
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn limit(&self) -> Option<Duration> {
        self.limit
    }

    fn answer(self: Box<Self>, failure: Option<Error>) {
        self.reply(failure);
    }
}

/// What a reader thread sees of a closure.
pub(crate) trait Read: Send {
    /// Runs it once.
    fn run<'a>(&'a mut self, reader: &'a Reader) -> LocalBoxFuture<'a, ()>;
    /// Answers its caller, with its own result unless the failure speaks for it.
    fn answer(self: Box<Self>, failure: Option<Error>);
}

impl<F, T, E> Read for Task<F, T, E>
where
    F: AsyncFnOnce(&Reader) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run<'a>(&'a mut self, reader: &'a Reader) -> LocalBoxFuture<'a, ()> {
        Box::pin(async move {
            if let Some(closure) = self.closure.take() {
                self.result = Some(closure(reader).await);
            }
        })
    }

    fn answer(self: Box<Self>, failure: Option<Error>) {
        self.reply(failure);
    }
}
