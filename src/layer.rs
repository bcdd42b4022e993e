//! The layers that go in through `import` and come out through `export`, links and the map.

use std::{fmt, str::FromStr};

macro_rules! layers {
    ($($variant:ident => $name:literal),+ $(,)?) => {
        /// One kind of record that files carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Layer { $($variant),+ }

        impl Layer {
            /// Every layer, in the order in which they depend on each other.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name on the command line, in links and in files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

layers! {
    Villages => "villages",
    Grids => "grids",
    MicroGrids => "microgrids",
    Squares => "squares",
    Facilities => "facilities",
    Households => "households",
    Devices => "devices",
    Persons => "persons",
    Posts => "posts",
    Reports => "reports",
    CaseEvents => "case-events",
    Visits => "visits",
    Activities => "activities",
    Patrols => "patrols",
}

/// The text names no layer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no layer is called {0:?}; the layers are {names}", names = Layer::ALL.iter().map(|l| l.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownLayer(pub String);

impl FromStr for Layer {
    type Err = UnknownLayer;

    fn from_str(text: &str) -> Result<Self, UnknownLayer> {
        Self::ALL.iter().copied().find(|layer| layer.name() == text).ok_or_else(|| UnknownLayer(text.to_owned()))
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
