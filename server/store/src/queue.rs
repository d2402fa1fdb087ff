//! Work to do later: jobs that commit with the data, run in lanes, and are held by leases. It runs nothing and knows no kind of job.
//!
//! Of a lane only the oldest job can be claimed, so one that waits, or is held, holds back all behind it; lanes do not wait for each
//! other. A job parked for a person leaves its lane, and its key, to others.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Store, Tx};
use model::{JobId, Timestamp};
use sea_orm::FromQueryResult;

/// Any number all nodes agree on: whoever claims holds it, so that two cannot choose in the same moment.
const CLAIMING: i64 = 0x7265_6361_646f_0001;

/// The first job of each lane, found by leaping from lane to lane: the cost is that of the lanes, not of all that waits in them.
const HEADS: &str = "WITH RECURSIVE head(id) AS (\
     SELECT (SELECT id FROM job WHERE +parked = 0 ORDER BY lane, id LIMIT 1) \
     UNION ALL \
     SELECT (SELECT j.id FROM job j WHERE +j.parked = 0 AND j.lane > (SELECT lane FROM job p WHERE p.id = head.id) ORDER BY j.lane, j.id LIMIT 1) \
     FROM head WHERE head.id IS NOT NULL)";

/// A job to be queued.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its line; jobs of one lane run one at a time, in order.
    pub lane: String,
    /// What kind of work it is.
    pub kind: &'static str,
    /// Queued once per key, until it is done or parked.
    pub key: Option<String>,
    /// What its runner needs to know.
    pub body: String,
    /// Not before this.
    pub run_at: Timestamp,
}

/// The right to do a job, for a time. Only the queue makes one.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Which job.
    pub job: JobId,
    /// What kind of work it is.
    pub kind: String,
    /// Its line.
    pub lane: String,
    /// What its runner needs to know.
    pub body: String,
    /// Attempts begun, this one included.
    pub attempts: i64,
    /// Until when it is held, unless [`Tx::extend`] says later.
    pub until: Timestamp,
    token: i64,
}

/// A job that waits for a person.
#[derive(Clone, Debug)]
pub struct Parked {
    /// Which job.
    pub job: JobId,
    /// What kind of work it was.
    pub kind: String,
    /// Its former line.
    pub lane: String,
    /// What its runner was told.
    pub body: String,
    /// Attempts begun.
    pub attempts: i64,
    /// Why it was given up.
    pub error: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    lane: String,
    kind: String,
    body: String,
    attempts: i64,
    error: Option<String>,
}

pub(crate) async fn insert(tx: &Tx, job: NewJob) -> Result<(), Error> {
    let sql = "INSERT INTO job (lane, kind, key, body, run_at, created_at) VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (key) DO NOTHING";
    tx.run(sql, vals![job.lane, job.kind, job.key, job.body, job.run_at.0]).await?;
    Ok(())
}

/// Claims what is due, at most one job of a lane, oldest first. A lease that ran out is claimed like a job nobody holds.
///
/// # Errors
/// Those of the database.
pub async fn claim(store: &Store, now: Timestamp, lease_ms: i64, limit: u32) -> Result<Vec<Lease>, Error> {
    let token = store.draw_token();
    store.write(async move |tx| hold(tx, now, now.plus(lease_ms), limit, token).await).await
}

async fn hold(tx: &Tx, now: Timestamp, until: Timestamp, limit: u32, token: i64) -> Result<Vec<Lease>, Error> {
    let skip = if tx.is_sqlite() {
        ""
    } else {
        // One claimer at a time: two that choose in the same moment could each find another job of one lane.
        tx.run("SELECT pg_advisory_xact_lock($1)", vals![CLAIMING]).await?;
        " FOR UPDATE SKIP LOCKED"
    };
    // A job may commit after a younger one of its lane (PostgreSQL draws ids early): the held one still blocks the lane.
    let sql = format!(
        "{HEADS} UPDATE job SET leased_until = $1, lease = $2, attempts = attempts + 1 WHERE id IN (\
         SELECT j.id FROM job j WHERE j.id IN (SELECT id FROM head) AND j.run_at <= $3 AND j.leased_until <= $3 \
         AND NOT EXISTS (SELECT 1 FROM job o WHERE o.lane = j.lane AND o.leased_until > 0 AND o.leased_until > $3) \
         ORDER BY j.id LIMIT $4{skip}) RETURNING id, lane, kind, body, attempts, error"
    );
    let mut rows = tx.all::<Row>(&sql, vals![until.0, token, now.0, i64::from(limit)]).await?;
    rows.sort_by_key(|row| row.id);
    let lease = |r: Row| Lease { job: JobId(r.id), kind: r.kind, lane: r.lane, body: r.body, attempts: r.attempts, until, token };
    Ok(rows.into_iter().map(lease).collect())
}

/// Takes back jobs that nobody holds, because what they were for is done; the lease's own job stays.
///
/// # Errors
/// Those of the database.
pub async fn drop_keys(tx: &Tx, keys: &[String], but: &Lease) -> Result<(), Error> {
    for key in keys {
        tx.run("DELETE FROM job WHERE key = $1 AND id <> $2 AND leased_until = 0", vals![key.as_str(), but.job.0]).await?;
    }
    Ok(())
}

impl Tx {
    /// The job is done; the next of its lane may begin.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else holds it by now, else those of the database.
    pub async fn complete(&mut self, lease: &Lease) -> Result<(), Error> {
        self.held("DELETE FROM job WHERE id = $1 AND lease = $2", vals![lease.job.0, lease.token]).await
    }

    /// The job is to be tried again, not before `at`; its lane waits for it.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else holds it by now, else those of the database.
    pub async fn retry(&mut self, lease: &Lease, at: Timestamp, error: &str) -> Result<(), Error> {
        let sql = "UPDATE job SET leased_until = 0, lease = 0, run_at = $3, error = $4 WHERE id = $1 AND lease = $2";
        self.held(sql, vals![lease.job.0, lease.token, at.0, error]).await
    }

    /// The job is left for a person; the next of its lane may begin, and its key is free.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else holds it by now, else those of the database.
    pub async fn park(&mut self, lease: &Lease, error: &str) -> Result<(), Error> {
        let sql = "UPDATE job SET parked = 1, leased_until = 0, lease = 0, key = NULL, error = $3 WHERE id = $1 AND lease = $2";
        self.held(sql, vals![lease.job.0, lease.token, error]).await
    }

    /// The job takes longer than thought.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else holds it by now, else those of the database.
    pub async fn extend(&mut self, lease: &Lease, until: Timestamp) -> Result<(), Error> {
        self.held("UPDATE job SET leased_until = $3 WHERE id = $1 AND lease = $2", vals![lease.job.0, lease.token, until.0]).await
    }

    /// The fence: a token is never drawn twice, so one that no longer matches belongs to somebody who came too late.
    async fn held(&mut self, sql: &str, values: Vec<sea_orm::Value>) -> Result<(), Error> {
        self.jobs = true;
        if self.run(sql, values).await? == 1 { Ok(()) } else { Err(Error::LeaseLost) }
    }
}

/// Frees what a process that died had in hand. On SQLite only: there nobody else can hold anything, since the file has one process.
///
/// # Errors
/// Those of the database.
pub async fn recover(store: &Store) -> Result<(), Error> {
    store
        .write(async |tx| {
            if tx.is_sqlite() {
                tx.run("UPDATE job SET leased_until = 0, lease = 0 WHERE leased_until > 0", Vec::new()).await?;
            }
            Ok(())
        })
        .await
}

/// When the next claim can succeed, if nothing else happens.
///
/// # Errors
/// Those of the database.
pub async fn next_due(c: &impl Sql) -> Result<Option<Timestamp>, Error> {
    #[derive(FromQueryResult)]
    struct Due {
        due: Option<i64>,
    }
    let sql = format!(
        "{HEADS}, due(at) AS (SELECT CASE WHEN j.run_at > b.held THEN j.run_at ELSE b.held END FROM job j \
         JOIN (SELECT h.id, COALESCE((SELECT MAX(o.leased_until) FROM job o WHERE o.leased_until > 0 AND \
         o.lane = (SELECT lane FROM job p WHERE p.id = h.id)), 0) AS held FROM head h) b ON b.id = j.id) SELECT MIN(at) AS due FROM due"
    );
    Ok(c.one::<Due>(&sql, vals![]).await?.and_then(|r| r.due).map(Timestamp))
}

/// The jobs that wait for a person, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn parked(c: &impl Sql) -> Result<Vec<Parked>, Error> {
    let rows =
        c.all::<Row>("SELECT id, lane, kind, body, attempts, error FROM job WHERE parked = 1 ORDER BY id LIMIT 1000", vals![]).await?;
    let parked = |r: Row| {
        let error = r.error.unwrap_or_default();
        Parked { job: JobId(r.id), kind: r.kind, lane: r.lane, body: r.body, attempts: r.attempts, error }
    };
    Ok(rows.into_iter().map(parked).collect())
}

/// How many jobs are queued or running.
///
/// # Errors
/// Those of the database.
pub async fn pending(c: &impl Sql) -> Result<i64, Error> {
    Ok(c.one::<Id>("SELECT count(*) AS id FROM job WHERE parked = 0", vals![]).await?.map_or(0, |r| r.id))
}
