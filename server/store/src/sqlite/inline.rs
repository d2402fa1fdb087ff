//! SeaORM over rusqlite in the caller's own thread: one connection, prepared statements, rows as `ProxyRow`. It has no transactions
//! of its own and hands nothing to another thread, which is where the time goes otherwise.

use crate::error::carry;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};
use sea_orm::{DbErr, ExecResult, ProxyExecResult, ProxyRow, QueryResult, Statement, Value};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many virtual machine steps pass between two looks at the deadline.
const STEPS_PER_LOOK: i32 = 10_000;

/// A connection that only its own thread uses; the mutexes are never contended and only make it `Sync`.
pub(crate) struct Inline {
    connection: Mutex<Connection>,
    watch: Arc<Watch>,
}

/// What the progress handler looks at.
#[derive(Default)]
struct Watch {
    until: Mutex<Option<Instant>>,
    /// Whether the running statement only reads: SQLite undoes the *whole* transaction, everybody's, when it interrupts a writing one.
    reads: AtomicBool,
}

impl Inline {
    /// Takes the connection over, and with it statements that run past their deadline.
    pub(crate) fn new(connection: Connection) -> Result<Self, rusqlite::Error> {
        connection.set_prepared_statement_cache_capacity(256);
        let watch = Arc::new(Watch::default());
        let seen = watch.clone();
        let late = move || {
            let until = *seen.until.lock().unwrap_or_else(PoisonError::into_inner);
            seen.reads.load(Relaxed) && until.is_some_and(|at| Instant::now() > at)
        };
        connection.progress_handler(STEPS_PER_LOOK, Some(late))?;
        Ok(Self { connection: Mutex::new(connection), watch })
    }

    /// From now on reading statements are interrupted after this long; none lifts it.
    pub(crate) fn limit(&self, time: Option<Duration>) {
        *self.watch.until.lock().unwrap_or_else(PoisonError::into_inner) = time.map(|t| Instant::now() + t);
    }

    /// The bare connection, for transaction control.
    pub(crate) fn bare(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs transaction control such as `BEGIN`; prepared once.
    pub(crate) fn control(&self, sql: &'static str) -> Result<(), rusqlite::Error> {
        self.bare().prepare_cached(sql)?.raw_execute().map(|_| ())
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.watch.reads.store(false, Relaxed);
        self.bare().execute_batch(sql).map_err(carry)?;
        Ok(ProxyExecResult::default().into())
    }

    pub(crate) fn execute(&self, statement: &Statement) -> Result<ExecResult, DbErr> {
        let connection = self.bare();
        let changed = {
            let mut prepared = connection.prepare_cached(&statement.sql).map_err(carry)?;
            bind(&mut prepared, statement)?;
            self.watch.reads.store(prepared.readonly(), Relaxed);
            // A statement with RETURNING yields rows and is then not "executed" in rusqlite's sense; its effect still counts.
            if prepared.column_count() > 0 {
                let mut rows = prepared.raw_query();
                let mut count = 0;
                while rows.next().map_err(carry)?.is_some() {
                    count += 1;
                }
                count
            } else {
                prepared.raw_execute().map_err(carry)?
            }
        };
        let last = u64::try_from(connection.last_insert_rowid()).unwrap_or_default();
        Ok(ProxyExecResult::new(last, changed as u64).into())
    }

    pub(crate) fn query(&self, statement: &Statement, most: usize) -> Result<Vec<QueryResult>, DbErr> {
        let connection = self.bare();
        let mut prepared = connection.prepare_cached(&statement.sql).map_err(carry)?;
        bind(&mut prepared, statement)?;
        let reads = prepared.readonly();
        self.watch.reads.store(reads, Relaxed);
        let names: Vec<String> = prepared.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = prepared.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(carry)? {
            // Going on past the last wanted row lets `RETURNING` finish; only what is asked for is kept.
            if found.len() < most {
                let mut values = BTreeMap::new();
                for (at, name) in names.iter().enumerate() {
                    values.insert(name.clone(), value(row.get_ref(at).map_err(carry)?)?);
                }
                found.push(ProxyRow::new(values).into());
            } else if reads {
                break;
            }
        }
        Ok(found)
    }
}

/// Binds `$n` to the n-th value whatever the order of first use, as PostgreSQL does; a bare `?` is bound by position.
fn bind(prepared: &mut rusqlite::Statement<'_>, statement: &Statement) -> Result<(), DbErr> {
    let none = Vec::new();
    let values = statement.values.as_ref().map_or(&none, |v| &v.0);
    let count = prepared.parameter_count();
    if count != values.len() {
        return Err(DbErr::Custom(format!("{} values for {count} parameters: {}", values.len(), statement.sql)));
    }
    for at in 1..=count {
        let number = match prepared.parameter_name(at) {
            Some(name) => name.get(1..).and_then(|n| n.parse::<usize>().ok()),
            None => Some(at),
        };
        let value = number.and_then(|n| values.get(n.wrapping_sub(1)));
        let value = value.ok_or_else(|| DbErr::Custom(format!("a parameter without a value: {}", statement.sql)))?;
        prepared.raw_bind_parameter(at, Bound::of(value)?).map_err(carry)?;
    }
    Ok(())
}

/// A value borrowed in SQLite's own terms.
struct Bound<'a>(ValueRef<'a>);

impl<'a> Bound<'a> {
    fn of(value: &'a Value) -> Result<Self, DbErr> {
        fn integer<'a, N: Into<i64> + Copy>(n: Option<N>) -> ValueRef<'a> {
            n.map_or(ValueRef::Null, |n| ValueRef::Integer(n.into()))
        }
        Ok(Self(match value {
            Value::BigInt(n) => integer(*n),
            Value::Int(n) => integer(*n),
            Value::SmallInt(n) => integer(*n),
            Value::TinyInt(n) => integer(*n),
            Value::Unsigned(n) => integer(*n),
            Value::BigUnsigned(n) => match n {
                Some(n) => ValueRef::Integer(i64::try_from(*n).map_err(|_| DbErr::Type(format!("{n} is too large")))?),
                None => ValueRef::Null,
            },
            Value::Double(n) => n.map_or(ValueRef::Null, ValueRef::Real),
            Value::String(text) => text.as_ref().map_or(ValueRef::Null, |t| ValueRef::Text(t.as_bytes())),
            Value::Bytes(bytes) => bytes.as_ref().map_or(ValueRef::Null, |b| ValueRef::Blob(b)),
            // A bool would be stored here and refused by PostgreSQL, whose columns are BIGINT.
            other => return Err(DbErr::Type(format!("not a value the store binds: {other:?}"))),
        }))
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0))
    }
}

fn value(cell: ValueRef<'_>) -> Result<Value, DbErr> {
    Ok(match cell {
        ValueRef::Null => Value::BigInt(None),
        ValueRef::Integer(n) => Value::BigInt(Some(n)),
        ValueRef::Real(n) => Value::Double(Some(n)),
        ValueRef::Text(text) => Value::String(Some(String::from_utf8(text.to_vec()).map_err(|e| DbErr::Type(e.to_string()))?)),
        ValueRef::Blob(bytes) => Value::Bytes(Some(bytes.to_vec())),
    })
}
