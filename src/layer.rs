//! The layers that go in through `import` and come out through `export`, links and the map.

use std::{fmt, str::FromStr};

macro_rules! layers {
    ($($variant:ident => $name:literal, $zh:literal, $en:literal;)+) => {
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

            /// The Chinese label.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }

            /// The English label.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }
        }
    };
}

layers! {
    Villages => "villages", "村社区", "villages";
    Grids => "grids", "网格", "grids";
    MicroGrids => "microgrids", "微网格", "micro-grids";
    Squares => "squares", "小广场", "squares";
    Facilities => "facilities", "设施", "facilities";
    Households => "households", "住户", "households";
    Devices => "devices", "设备", "devices";
    Persons => "persons", "人员", "persons";
    Posts => "posts", "岗位", "posts";
    Reports => "reports", "上报事件", "reports";
    CaseEvents => "case-events", "事件流转", "case events";
    Visits => "visits", "走访", "visits";
    Activities => "activities", "活动", "activities";
    Patrols => "patrols", "巡查", "patrols";
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
