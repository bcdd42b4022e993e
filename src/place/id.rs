//! Permanent opaque identity.

use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The permanent id of a record. It says nothing about the record: codes and names are attributes that may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Id(Uuid);

impl Id {
    /// A new id, larger than those made before it on this machine (UUID version 7), so that indexes grow at one end.
    #[must_use]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// The id that always belongs to `name` in `namespace` (UUID version 5): for seeded data.
    #[must_use]
    pub fn derived(namespace: &str, name: &str) -> Self {
        let root = Uuid::new_v5(&Uuid::NAMESPACE_OID, namespace.as_bytes());
        Self(Uuid::new_v5(&root, name.as_bytes()))
    }
}

impl Default for Id {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::parse_str(text).map(Self)
    }
}
