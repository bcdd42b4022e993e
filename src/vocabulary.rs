//! `vocabulary!`: a closed set of words, the same in the code, the store and the files.

/// The text is not one of the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no {what}; it is one of {words}")]
pub struct UnknownWord {
    pub what: &'static str,
    pub given: String,
    pub words: String,
}

/// Defines an enum whose variants each have one stable word, a Chinese label and an English one. Parsing takes the word or
/// either label, and what else offices write for it: `| "已办结", "办结"`.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident, $what:literal {
        $($variant:ident => $word:literal, $zh:literal, $en:literal $(| $($also:literal),+)?;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in the store and in files.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
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

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let text = text.trim();
                let also = |it: Self| -> &'static [&'static str] { match it { $(Self::$variant => &[$($($also),+)?]),+ } };
                let means = |it: &Self| {
                    let labels = [it.word(), it.zh(), it.en()];
                    labels.iter().chain(also(*it)).any(|label| text.eq_ignore_ascii_case(label))
                };
                Self::ALL
                    .iter()
                    .copied()
                    .find(means)
                    .ok_or_else(|| $crate::vocabulary::UnknownWord {
                        what: $what,
                        given: text.to_owned(),
                        words: Self::ALL.iter().map(|it| format!("{} ({})", it.word(), it.zh())).collect::<Vec<_>>().join(", "),
                    })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use vocabulary;
