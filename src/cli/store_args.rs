//! Where the data are: the flags that every command on a store takes.

use crate::{service::Service, store::Target};
use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

const DEFAULT_DATA: &str = "wangge-data";

/// A GeoPackage in a directory, or a PostGIS database.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct StoreArgs {
    /// Directory of the GeoPackage [default: wangge-data]
    #[arg(long, env = "WANGGE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// PostGIS instead of a GeoPackage: `postgres://user:password@host/database`
    #[arg(long, env = "WANGGE_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Key of the area, where the store holds several: a county code or a word
    #[arg(long, env = "WANGGE_AREA", value_name = "KEY")]
    pub area: Option<String>,
}

impl StoreArgs {
    /// What is not given here comes from a configuration file.
    #[must_use]
    pub fn or(self, data: Option<PathBuf>, database: Option<String>, area: Option<String>) -> Self {
        let named = self.data.is_some() || self.database.is_some();
        Self {
            data: self.data.or(if named { None } else { data }),
            database: self.database.or(if named { None } else { database }),
            area: self.area.or(area),
        }
    }

    /// # Errors
    /// Both a directory and a database.
    pub fn target(&self) -> Result<Target> {
        match (&self.data, &self.database) {
            (Some(_), Some(_)) => bail!("--data and --database name two stores; give one of them"),
            (_, Some(url)) => Ok(url.parse()?),
            (data, None) => Ok(Target::Directory(data.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_DATA)))),
        }
    }
}

/// # Errors
/// The store cannot be opened; the message says why.
pub async fn open_service(args: &StoreArgs) -> Result<Arc<Service>> {
    Ok(Service::open(args.target()?, args.area.as_deref()).await?)
}

/// As [`open_service`], for commands that only read: they make no store where there is none.
///
/// # Errors
/// There is no store, or it cannot be opened.
pub async fn open_existing(args: &StoreArgs) -> Result<Arc<Service>> {
    if let Target::Directory(directory) = args.target()?
        && !directory.is_dir()
    {
        bail!("{} is no store: there is no such directory; --data DIR or --database URL names one", directory.display());
    }
    open_service(args).await
}

/// Reads a TOML file whose keys are all known.
///
/// # Errors
/// The file cannot be read, or says something unknown.
pub fn load_config<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("in the configuration {}", path.display()))
}
