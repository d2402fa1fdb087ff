//! What the store promises, on both databases. It tests no query of a noun: those have their cases where they are used.

#![expect(clippy::disallowed_methods, reason = "a test's tasks end with its runtime")]
#![expect(clippy::unwrap_used, reason = "a case that cannot go on fails")]

mod backup;
mod bell;
mod desk;
mod durability;
mod journal;
mod migrations;
mod queue;
mod vault;
mod world;
mod writes;

/// Makes each case twice: on SQLite in a folder of its own, and on PostgreSQL in a database of its own.
macro_rules! contract {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            use crate::world::World;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let world = World::sqlite().await;
                super::$case(&world).await;
                world.end().await;
            })*
        }
        mod postgres {
            use crate::world::World;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs RECADO_TEST_POSTGRES"]
            async fn $case() {
                let world = World::postgres().await;
                super::$case(&world).await;
                world.end().await;
            })*
        }
    };
}
pub(crate) use contract;
