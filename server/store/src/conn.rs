//! What a transaction runs on: SQLite in its own thread, or a PostgreSQL transaction. It opens and ends nothing.

use crate::sqlite::Inline;
use crate::{Sql, Vault};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use std::sync::Arc;

/// One open transaction of either database; owned, because a lifetime here would defeat the async closures that use it.
pub(crate) enum Conn {
    Inline(Arc<Inline>),
    Postgres(DatabaseTransaction),
}

/// Implements `ConnectionTrait` and `Sql` for a type by handing each call to its `conn`.
macro_rules! through_conn {
    ($name:ty) => {
        impl Sql for $name {
            fn vault(&self) -> &Vault {
                &self.vault
            }
        }

        #[async_trait::async_trait]
        impl ConnectionTrait for $name {
            fn get_database_backend(&self) -> DbBackend {
                match &self.conn {
                    Conn::Inline(_) => DbBackend::Sqlite,
                    Conn::Postgres(_) => DbBackend::Postgres,
                }
            }

            async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
                match &self.conn {
                    Conn::Inline(c) => c.execute(&statement),
                    Conn::Postgres(c) => c.execute_raw(statement).await,
                }
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
                match &self.conn {
                    Conn::Inline(c) => c.batch(sql),
                    Conn::Postgres(c) => c.execute_unprepared(sql).await,
                }
            }

            async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
                match &self.conn {
                    Conn::Inline(c) => Ok(c.query(&statement, 1)?.pop()),
                    Conn::Postgres(c) => c.query_one_raw(statement).await,
                }
            }

            async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
                match &self.conn {
                    Conn::Inline(c) => c.query(&statement, usize::MAX),
                    Conn::Postgres(c) => c.query_all_raw(statement).await,
                }
            }
        }
    };
}

/// One consistent view of the database; what it reads cannot change while it is held.
pub struct Reader {
    pub(crate) conn: Conn,
    pub(crate) vault: Vault,
}

through_conn!(Reader);
through_conn!(crate::Tx);
