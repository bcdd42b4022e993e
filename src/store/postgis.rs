//! The office's database: PostgreSQL with PostGIS. Private tables are in a schema of their own.

use super::{
    StoreError,
    backend::{Backend, Dialect, Sql, Touched, Transaction},
    migrations,
    value::{Row, Value},
};
use async_trait::async_trait;
use futures::TryStreamExt;
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool, Postgres,
    postgres::{PgArguments, PgConnectOptions, PgListener, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};
use tokio::sync::watch;

const CHANNEL: &str = "wangge_change";
const CONNECTIONS: u32 = 8;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Notices may be lost with their connection: the number is also asked for this often.
const WATCH_EVERY: Duration = Duration::from_secs(30);
const RECONNECT_AFTER: Duration = Duration::from_secs(2);

/// Any number that other programs are unlikely to lock on: two instances must not migrate at once.
const MIGRATION_LOCK: i64 = 0x7761_6e67_6765;

const MAKE_SCHEMA_TABLE: &str = "CREATE TABLE IF NOT EXISTS wangge_schema (\
     number bigint PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";

pub(super) struct PostGis {
    pool: PgPool,
    place: String,
}

impl PostGis {
    /// Connects to the database at `url` and brings its schema up to date.
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Target(without_password(url)))?;
        let options = options.application_name("wangge").options([("search_path", "public,private")]);
        let place = format!(
            "{}:{}/{}",
            options.get_host(),
            options.get_port(),
            options.get_database().unwrap_or(options.get_username())
        );
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(CONNECT_TIMEOUT);
        let failed = |source| match StoreError::from(source) {
            StoreError::Database(source) | StoreError::ConnectionLost(source) | StoreError::Busy(source) => {
                StoreError::Open { place: place.clone(), source }
            }
            other => other,
        };
        // Alone first: a pool that can't connect only says that it waited in vain.
        PgConnection::connect_with(&options).await.map_err(failed)?.close().await.map_err(failed)?;
        let pool = pool.connect_with(options).await.map_err(failed)?;
        let store = Self { pool, place };
        store.migrate().await?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut *transaction).await?;
        sqlx::query(MAKE_SCHEMA_TABLE).execute(&mut *transaction).await?;
        let applied: i64 =
            sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM wangge_schema").fetch_one(&mut *transaction).await?;
        for migration in migrations::pending(applied, &self.place)? {
            sqlx::raw_sql(migration.postgis).execute(&mut *transaction).await?;
            sqlx::query("INSERT INTO wangge_schema (number, name) VALUES ($1, $2)")
                .bind(migration.number)
                .bind(migration.name)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// For messages: whatever stands between the scheme and the last `@` is left out.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

fn bind(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        value.bind_postgres(&mut arguments)?;
    }
    Ok(arguments)
}

#[async_trait]
impl Backend for PostGis {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn place(&self) -> String {
        self.place.clone()
    }

    async fn fetch(&self, sql: Sql, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let rows = sqlx::query_with(AssertSqlSafe(sql), bind(values)?).fetch(&self.pool);
        Ok(rows.map_ok(Row::Postgres).try_collect().await?)
    }

    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(PgTransaction(self.pool.begin().await?)))
    }

    async fn watch(&self, area: String, latest: watch::Sender<i64>) -> Result<(), StoreError> {
        let mut listener = self.listen().await?;
        let pool = self.pool.clone();
        let watching = async move {
            while !latest.is_closed() {
                let seq = sqlx::query_scalar::<_, i64>("SELECT seq FROM area WHERE area_key = $1").bind(&area);
                if let Ok(Some(seq)) = seq.fetch_optional(&pool).await {
                    latest.send_if_modified(|known| std::mem::replace(known, seq) != seq);
                }
                tokio::select! {
                    // It connects again by itself.
                    notice = listener.recv() => if notice.is_err() { tokio::time::sleep(RECONNECT_AFTER).await },
                    () = tokio::time::sleep(WATCH_EVERY) => {}
                    () = latest.closed() => {}
                }
            }
        };
        // Closing waits for the listener's connection: it goes back at once.
        let mut closed = self.pool.close_event();
        tokio::spawn(async move { closed.do_until(Box::pin(watching)).await });
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

impl PostGis {
    async fn listen(&self) -> Result<PgListener, sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }
}

struct PgTransaction(sqlx::Transaction<'static, Postgres>);

#[async_trait]
impl Transaction for PgTransaction {
    async fn execute(&mut self, sql: Sql, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(sqlx::query_with(AssertSqlSafe(sql), bind(values)?).execute(&mut *self.0).await?.rows_affected())
    }

    async fn fetch(&mut self, sql: Sql, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let rows = sqlx::query_with(AssertSqlSafe(sql), bind(values)?).fetch(&mut *self.0);
        Ok(rows.map_ok(Row::Postgres).try_collect().await?)
    }

    async fn has_grown(&mut self, table: &'static str) -> Result<(), StoreError> {
        sqlx::query(AssertSqlSafe(format!("ANALYZE {table}"))).execute(&mut *self.0).await?;
        Ok(())
    }

    async fn commit(mut self: Box<Self>, area: &str, touched: &[Touched]) -> Result<(), StoreError> {
        if !touched.is_empty() {
            // Delivered at the commit, not before.
            sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(area).execute(&mut *self.0).await?;
        }
        Ok(self.0.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_no_password() {
        assert_eq!(without_password("postgres://a:b@c@host/db"), "postgres://…@host/db");
        assert_eq!(without_password("postgres://host/db"), "postgres://host/db");
    }
}
